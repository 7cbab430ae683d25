"""The provider that deploys and the Python classes that describe resources speak of the same properties."""

import ast
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi import _types as sdk

import toolchain
from toolchain import PROVIDER_VERSION, pins

Schema = dict[str, Any]

MODULE = "pulumi_databricks"


def used_classes() -> list[str]:
    """Return the names of the resource classes in the program, read from its source."""
    files = [pins.CHECKOUT / "__main__.py", *(pins.CHECKOUT / "monitoring").rglob("*.py")]
    return sorted(set().union(*(_used_in(ast.parse(file.read_text())) for file in files if file.exists())))


def _used_in(module: ast.Module) -> set[str]:
    nodes = list(ast.walk(module))
    imports = [node for node in nodes if isinstance(node, ast.Import)]
    aliases = {name.asname for node in imports for name in node.names if name.name == MODULE}
    names = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases
    }
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == MODULE:
            names |= {name.name for name in node.names}
    return {name for name in names if name[0].isupper() and not name.endswith("Args")}


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    """Give the provider's schema, building the toolchain if it is missing (about 10 minutes, once)."""
    found = toolchain.install()
    if found.plugin is not None:
        text = (found.plugin / "schema.json").read_text()
    else:
        text = subprocess.run(
            ("pulumi", "package", "get-schema", f"databricks@{PROVIDER_VERSION}"),
            env={**os.environ, **toolchain.environment(tmp_path_factory.mktemp("home"))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    parsed: Schema = json.loads(text)
    return parsed


def definition(schema: Schema, name: str) -> Schema:
    found: Schema = schema["provider"] if name == "Provider" else schema["resources"][token(name)]
    return found


def token(name: str) -> str:
    return f"databricks:index/{name[0].lower()}{name[1:]}:{name}"


def python_class(name: str) -> Any:  # noqa: ANN401 - the SDK's thousand modules are not type-checked
    import pulumi_databricks  # noqa: PLC0415 - takes two seconds, and collecting tests should not

    return getattr(pulumi_databricks, name)


def nested_types(schema: Schema, properties: Schema) -> set[str]:
    """Return the tokens of all object types below some properties."""
    found: set[str] = set()
    waiting = [json.dumps(properties)]
    while waiting:
        parts = waiting.pop().split('"#/types/')[1:]
        new = {part.split('"', 1)[0] for part in parts} - found
        found |= new
        waiting += [json.dumps(schema["types"][one].get("properties", {})) for one in new]
    return found


def test_program_uses_the_resources_that_these_tests_compare() -> None:
    assert {"DataQualityMonitor", "Provider", "QualityMonitor", "Schema"} <= set(used_classes())


@pytest.mark.parametrize("name", used_classes())
def test_every_used_class_is_a_resource_of_the_provider(schema: Schema, name: str) -> None:
    assert issubclass(python_class(name), pulumi.CustomResource)
    assert name == "Provider" or token(name) in schema["resources"]


@pytest.mark.parametrize("name", used_classes())
def test_inputs_have_the_names_of_the_installed_python_package(schema: Schema, name: str) -> None:
    ours = set(definition(schema, name)["inputProperties"])
    theirs = set(sdk.input_type_py_to_pulumi_names(python_class(f"{name}Args")).values())
    assert ours == theirs


@pytest.mark.parametrize("name", [name for name in used_classes() if name != "Provider"])
def test_outputs_have_the_names_of_the_installed_python_package(schema: Schema, name: str) -> None:
    ours = set(definition(schema, name)["properties"])
    theirs = set(sdk.resource_py_to_pulumi_names(python_class(name)).values())
    assert ours == theirs


@pytest.mark.parametrize("name", used_classes())
def test_nested_objects_have_the_names_of_the_installed_python_package(schema: Schema, name: str) -> None:
    types = {
        one.rsplit(":", 1)[1]: schema["types"][one]
        for one in nested_types(schema, definition(schema, name)["inputProperties"])
    }
    ours = {nested: set(found.get("properties", {})) for nested, found in types.items()}
    theirs = {
        nested: set(sdk.input_type_py_to_pulumi_names(python_class(f"{nested}Args")).values())
        for nested in types
    }
    assert ours == theirs


def test_built_plugin_reports_the_version_of_the_python_package() -> None:
    found = toolchain.install()
    if found.plugin is None:
        pytest.skip("the official CLI fetches the plugin of the version that the Python package asks for")
    answer = subprocess.run(
        (str(found.plugin / "pulumi-resource-databricks"), "--version"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == PROVIDER_VERSION


def test_versions_are_those_of_the_requirements() -> None:
    pinned = (pins.CHECKOUT / "requirements.txt").read_text()
    assert f"pulumi=={toolchain.CLI_VERSION} " in pinned
    assert f"pulumi-databricks=={PROVIDER_VERSION} " in pinned
    assert (
        Path(pins.CHECKOUT / "toolchain" / "cli" / "go.mod")
        .read_text()
        .count(f"github.com/pulumi/pulumi/sdk/v3 v{toolchain.CLI_VERSION}\n")
        == 1
    )


def test_engine_finds_the_plugin_in_a_home_of_its_own(tmp_path: Path) -> None:
    if toolchain.install().plugin is None:
        pytest.skip("the official CLI fetches the plugin when a deployment first needs it")
    answer = subprocess.run(
        ("pulumi", "plugin", "ls", "--json"),
        env={**os.environ, **toolchain.environment(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    plugins = [(plugin["name"], plugin["version"]) for plugin in json.loads(answer.stdout)]
    assert plugins == [("databricks", PROVIDER_VERSION)]
