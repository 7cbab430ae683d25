"""Which API keeps the monitors of a stack."""

import pytest

from monitoring.api import Api
from monitoring.settings import Settings, SettingsError

NEEDED = {"catalog": "main", "gold_schema": "gold", "host": "https://example.cloud.databricks.com"}


def read(**values: object) -> Settings:
    return Settings.from_stack("dev", NEEDED | values, {})


def test_the_legacy_api_keeps_them_unless_the_stack_says_otherwise() -> None:
    assert read().api is Api.LEGACY


@pytest.mark.parametrize("api", list(Api))
def test_either_api_may_be_chosen(api: Api) -> None:
    assert read(api=api.value).api is api


def test_any_other_value_is_a_mistake_that_names_the_two() -> None:
    with pytest.raises(SettingsError) as raised:
        read(api="v2")
    assert raised.value.problems == ["api: 'v2' is not allowed; give legacy or v1"]


def test_each_api_knows_the_other() -> None:
    assert (Api.LEGACY.other, Api.V1.other) == (Api.V1, Api.LEGACY)
