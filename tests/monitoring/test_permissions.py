"""Who gets what: exactly the named principals, and no personal data; the page says the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES
from monitoring.permissions import as_markdown, schema_grants, shared_tables
from monitoring.settings import Settings

if TYPE_CHECKING:
    from monitoring.domain import Domain

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


def stack(**values: object) -> Settings:
    needed = {"catalog": "main", "gold_schema": "gold", "host": "https://x.example"}
    return Settings.from_stack("dev", needed | values, {})


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == as_markdown(DOMAINS), (
        "write it anew: python -m monitoring permissions > docs/permissions.md"
    )


def test_a_stack_that_names_nobody_grants_nothing() -> None:
    assert schema_grants(stack()) == {}


def test_readers_get_the_schema_only_when_gold_has_no_personal_data() -> None:
    assert schema_grants(stack(readers=["analysts"])) == {"analysts": ("USE_SCHEMA",)}
    assert schema_grants(stack(readers=["analysts"], personal_data_in_gold=False)) == {
        "analysts": ("USE_SCHEMA", "SELECT")
    }


def test_writers_of_comments_may_not_read_rows() -> None:
    assert schema_grants(stack(comment_writers=["jobs"])) == {"jobs": ("USE_SCHEMA", "MODIFY")}


def test_who_reads_and_writes_gets_one_grant() -> None:
    settings = stack(readers=["a", "b"], comment_writers=["b"], personal_data_in_gold=False)
    assert schema_grants(settings) == {
        "a": ("USE_SCHEMA", "SELECT"),
        "b": ("USE_SCHEMA", "SELECT", "MODIFY"),
    }


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_of_tables_with_personal_data_only_the_totals_are_shared(domain: Domain) -> None:
    shared = shared_tables(stack(), domain)
    if domain.personal_columns:
        assert shared.names == (f"main.gold_monitoring.{domain.gold_table}_totals",)
        assert [view.full_name for view in shared.views] == list(shared.names)
        assert not {"slice_value", "frequent_items"} & set(shared.views[0].columns)
    else:
        assert shared.views == ()
        assert shared.names == (
            f"main.gold_monitoring.{domain.profile_table}",
            f"main.gold_monitoring.{domain.drift_table}",
        )


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_personal_columns_are_those_that_the_gold_table_calls_so(domain: Domain) -> None:
    marked = {
        column.name
        for column in GOLD_TABLES[domain.gold_table].columns
        if column.comment.endswith("Personal data.")
    }
    assert set(domain.personal_columns) == marked


def test_slices_with_personal_values_are_known() -> None:
    personal = {name for domain in DOMAINS for name in set(domain.slices) - set(domain.impersonal_slices)}
    assert personal == {"executed_by", "user_identity_email", "created_by"}
