from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from monitoring.settings import ALLOWED, SettingsError
from monitoring.stack_file import PROJECT, read_stack_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(
        "config:\n  p:catalog: main\n  p:gold_schema: gold\n  p:output_schema: ''\n"
        "  p:host: http://127.0.0.1:1\n  p:domains: [cost]\n  other:key: x\n"
    )
    return tmp_path


def test_a_stack_file_gives_the_settings_of_the_stack(folder: Path) -> None:
    settings = read_stack_file("dev", folder, {})
    assert (settings.stack, settings.output_schema_name) == ("dev", "main.gold_monitoring")
    assert [domain.name for domain in settings.domains] == ["cost"]


def test_the_environment_gives_the_host_that_the_file_leaves_out() -> None:
    assert read_stack_file("local", environment={"DATABRICKS_HOST": "http://127.0.0.1:7"}).host.endswith(":7")


def test_a_stack_without_file_is_named_with_the_nearest_one(folder: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        read_stack_file("dve", folder, {})
    assert raised.value.problems == ["stack: there is no Pulumi.dve.yaml; did you mean 'dev'?"]


def test_a_file_that_is_no_yaml_is_named(folder: Path) -> None:
    (folder / "Pulumi.dev.yaml").write_text("config: [")
    with pytest.raises(SettingsError, match=r"Pulumi\.dev\.yaml: cannot be read: while parsing"):
        read_stack_file("dev", folder, {})


@pytest.mark.parametrize("configuration", ["config: text", "config: [a, b]"])
def test_a_configuration_that_is_no_object_is_named(folder: Path, configuration: str) -> None:
    (folder / "Pulumi.dev.yaml").write_text(configuration)
    with pytest.raises(SettingsError) as raised:
        read_stack_file("dev", folder, {})
    assert raised.value.problems == ["Pulumi.dev.yaml: config is not an object of keys and values"]


def test_a_key_that_is_no_text_belongs_to_somebody_else(folder: Path) -> None:
    with (folder / "Pulumi.dev.yaml").open("a") as file:
        file.write("  5: x\n")
    assert read_stack_file("dev", folder, {}).stack == "dev"


def test_a_warehouse_id_of_digits_only_is_read_as_text(folder: Path) -> None:
    with (folder / "Pulumi.dev.yaml").open("a") as file:
        file.write("  p:warehouse_id: 1234567890123456\n")
    assert read_stack_file("dev", folder, {}).warehouse_id == "1234567890123456"


@pytest.mark.parametrize("stack", ["local", "dev", "prod"])
def test_every_stack_file_of_the_project_is_right(stack: str) -> None:
    assert read_stack_file(stack, environment={"DATABRICKS_HOST": "http://127.0.0.1:7"}).stack == stack


def test_the_project_describes_every_key_that_the_settings_take() -> None:
    configuration = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]
    own = {key: value for key, value in configuration.items() if ":" not in key}
    assert own.keys() == ALLOWED.keys()
    assert all(value["description"] for value in own.values())
    assert {key for key, value in own.items() if "default" not in value} == {"catalog", "gold_schema"}
