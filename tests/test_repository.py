"""The repository keeps its own rules: what is collected, pinned and imported, and what a file may hold."""

from __future__ import annotations

import ast
import os
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]

from toolchain import pins

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("monitoring", "local_workspace", "evaluation", "benchmarks", "pipelines", "toolchain")
MOST_LINES = 400
LONG = {
    "local_workspace/engine/expressions.py",
    "local_workspace/engine/statements.py",
    "local_workspace/engine/types.py",
}
"""Files that wait to be divided. Nothing is added here."""

NETWORK = {"databricks", "requests", "httpx", "urllib", "urllib3", "http", "socket", "grpc"}
PULUMI = {"pulumi", "pulumi_databricks"}


def files(suffix: str = "") -> Iterator[Path]:
    """The files of the repository with that suffix; caches, environments and local state are left out."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if is_ours(name)]
        yield from (Path(folder, name) for name in names if name.endswith(suffix) and name != ".git")


def is_ours(folder: str) -> bool:
    return folder in {".ci", ".github"} or not folder.startswith((".", "__pycache__"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def python(*packages: str) -> dict[str, ast.Module]:
    """The parsed Python files in these packages, by module name."""
    return {
        name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): parsed(path)
        for path in files(".py")
        if name_of(path).split("/")[0] in packages
    }


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


SOURCES = python(*PRODUCT, "__main__.py")


def imports(module: str) -> set[str]:
    """What ``module`` imports anywhere in its text: modules, and the names taken from packages."""
    found: set[str] = set()
    for node in ast.walk(SOURCES[module]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports relatively"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def own_modules(module: str) -> set[str]:
    """The modules of the product that ``module`` imports."""
    return {name for name in imports(module) if name in SOURCES}


def reached(module: str) -> set[str]:
    """``module`` and the modules of the product that it imports directly or through others."""
    found, waiting = {module}, [module]
    while waiting:
        new = own_modules(waiting.pop()) - found
        found |= new
        waiting += new
    return found


def top(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def within(package: str) -> list[str]:
    return [name for name in SOURCES if name == package or name.startswith(f"{package}.")]


RIVALS = within("benchmarks.rivals")
"""Scripts that run with other packages, in virtual environments of their own."""


def test_every_file_with_a_test_in_it_is_collected() -> None:
    holding = [
        name_of(path)
        for path in files(".py")
        if any(
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
            for node in ast.walk(parsed(path))
        )
    ]
    assert [name for name in holding if not re.fullmatch(r"tests/(.+/)?test_\w+\.py", name)] == []
    assert name_of(Path(__file__)) in holding


def test_every_folder_of_tests_is_a_package_so_that_files_of_one_name_can_be_told_apart() -> None:
    folders = {path.parent for path in files(".py") if name_of(path).startswith("tests/")}
    assert sorted(name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()) == []


def requirement_lines(file: str) -> list[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-r "))]


def pinned(file: str) -> dict[str, str]:
    """Version by normal name of the package."""
    pairs = [line.partition("#")[0].strip().split("==") for line in requirement_lines(file)]
    return {normal(name): version for name, version in pairs}


def normal(package: str) -> str:
    """The one spelling of a package's name, as the packaging standard has it."""
    return re.sub("[-_.]+", "-", package).lower()


REQUIREMENTS = pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])


@REQUIREMENTS
def test_every_dependency_is_pinned_to_one_version_and_has_a_reason(file: str) -> None:
    wanted = r"[A-Za-z0-9._-]+==\d+(\.\w+)+ +# \S.*"
    assert [line for line in requirement_lines(file) if not re.fullmatch(wanted, line)] == []


def test_no_dependency_is_pinned_twice() -> None:
    assert pinned("requirements.txt").keys() & pinned("requirements-dev.txt").keys() == set()


def test_pulumi_and_its_provider_have_the_versions_of_the_toolchain() -> None:
    versions = pinned("requirements.txt")
    assert (versions["pulumi"], versions["pulumi-databricks"]) == (pins.CLI_VERSION, pins.PROVIDER_VERSION)


def test_the_project_asks_for_the_pulumi_that_the_toolchain_makes() -> None:
    project = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    assert project["requiredPulumiVersion"] == f">={pins.CLI_VERSION}"


def test_the_toolchain_builds_the_pinned_pulumi() -> None:
    modules = (ROOT / "toolchain" / "cli" / "go.mod").read_text(encoding="utf-8")
    assert f"\tgithub.com/pulumi/pulumi/pkg/v3 v{pins.CLI_VERSION}\n" in modules
    assert f"\tgithub.com/pulumi/pulumi/sdk/v3 v{pins.CLI_VERSION}\n" in modules


@pytest.mark.parametrize(
    ("package", "requirements"),
    [
        ("monitoring", ("requirements.txt",)),
        ("local_workspace", ("requirements.txt", "requirements-dev.txt")),
        ("benchmarks", ("requirements.txt", "requirements-dev.txt")),
        ("evaluation", ("requirements.txt", "requirements-dev.txt")),
        ("pipelines", ("requirements.txt", "requirements-dev.txt")),
    ],
)
def test_what_the_product_imports_is_pinned_by_name(package: str, requirements: tuple[str, ...]) -> None:
    providers = packages_distributions()
    modules = [module for module in within(package) if module not in RIVALS]
    foreign = top(set().union(*map(imports, modules))) - sys.stdlib_module_names - set(PRODUCT)
    known = set().union(*map(pinned, requirements))
    missing = [name for name in foreign if known.isdisjoint(map(normal, providers.get(name, [])))]
    assert missing == []


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_tools_look_for_mistakes_in_the_oldest_python_that_is_allowed() -> None:
    oldest = project()["project"]["requires-python"].removeprefix(">=")
    assert project()["tool"]["mypy"]["python_version"] == oldest
    assert project()["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"


@pytest.mark.parametrize(
    "module", [name for name in within("monitoring.domains") if name != "monitoring.domains"]
)
def test_a_domain_file_knows_the_vocabulary_and_nothing_else(module: str) -> None:
    assert own_modules(module) == {"monitoring.domain", "monitoring.metrics"}
    assert top(imports(module)) == {"monitoring"}


@pytest.mark.parametrize(
    "package",
    [
        "monitoring.domain",
        "monitoring.domains",
        "monitoring.metrics",
        "monitoring.gold",
        "monitoring.rules",
        "monitoring.compile",
        "monitoring.descriptions",
        "monitoring.catalogue",
        "monitoring.settings",
    ],
)
def test_what_is_checked_before_a_deployment_needs_neither_pulumi_nor_a_network(package: str) -> None:
    foreign = {
        module: top(imports(module)) & (PULUMI | NETWORK)
        for start in within(package)
        for module in reached(start)
    }
    assert {module: names for module, names in foreign.items() if names} == {}


def test_operations_know_nothing_of_pulumi() -> None:
    modules = {module for start in within("monitoring.operations") for module in reached(start)}
    assert [module for module in modules if top(imports(module)) & PULUMI] == []
    assert [module for module in modules if module.startswith("monitoring.resources")] == []


def test_only_resources_know_pulumi() -> None:
    knowing = [module for module in within("monitoring") if top(imports(module)) & PULUMI]
    assert [module for module in knowing if not module.startswith("monitoring.resources.")] == []
    assert knowing


def test_the_local_workspace_knows_a_monitor_only_through_the_api() -> None:
    crossing = {
        (module, name)
        for module in within("local_workspace")
        for name in own_modules(module)
        if top({name}) == {"monitoring"}
    }
    assert {name for module, name in crossing} == {"monitoring.gold"}
    assert [module for module, _ in crossing if not module.startswith("local_workspace.sample_data.")] == []


def test_nothing_knows_the_evaluation_which_needs_neither_pulumi_nor_resources() -> None:
    others = [module for module in SOURCES if top({module}) != {"evaluation"}]
    assert [module for module in others if "evaluation" in top(imports(module))] == []
    needed = {module for start in within("evaluation") for module in reached(start)}
    assert [module for module in needed if top(imports(module)) & PULUMI] == []
    assert [module for module in needed if module.startswith("monitoring.resources")] == []


def test_the_program_does_not_know_the_local_workspace_the_pipelines_and_the_toolchain() -> None:
    foreign = {"local_workspace", "pipelines", "toolchain"}
    assert [module for module in within("monitoring") if top(imports(module)) & foreign] == []
    assert top(imports("__main__")) == {"monitoring", "pulumi"}


def test_the_pipelines_know_the_program_alone_and_pulumi_as_a_command() -> None:
    names = set().union(*map(imports, within("pipelines")))
    assert top(names) & {*PRODUCT, *PULUMI} == {"monitoring", "pipelines"}


@pytest.mark.parametrize("module", within("toolchain"))
def test_the_toolchain_needs_python_alone(module: str) -> None:
    assert top(imports(module)) - sys.stdlib_module_names - {"toolchain"} == set()


def test_nothing_of_the_product_knows_the_benchmarks() -> None:
    product = {module for package in PRODUCT if package != "benchmarks" for module in within(package)}
    assert [module for module in (*product, "__main__") if "benchmarks" in top(imports(module))] == []


@pytest.mark.parametrize("script", RIVALS)
def test_a_rival_s_script_has_a_list_of_pinned_packages_and_nothing_of_the_product(script: str) -> None:
    name = script.rpartition(".")[2]
    lines = (ROOT / "benchmarks" / "rivals" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if not line.startswith("#")]
    assert [line for line in packages if not re.fullmatch(r"[A-Za-z0-9._-]+==[\w.]+", line)] == []
    assert top(imports(script)) & set(PRODUCT) == set()


FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.:/-])/(?:root|work|home)/"),
    "a package registry": re.compile(
        r"pypi[.]org|pythonhosted[.]org|(?:proxy|sum)[.]golang[.]org|registry[.]npmjs|crates[.]io|anaconda[.]org"
    ),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_in_the_repository_names(what: str) -> None:
    found = [
        f"{name_of(path)}:{number}"
        for path in files()
        for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), start=1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a path of one machine", "see /ho" + "me/me/file"),
        ("a path of one machine", '"/wo' + 'rk/x"'),
        ("a package registry", "https://py" + "pi.org/simple"),
    ],
)
def test_what_must_not_be_named_is_recognised(what: str, text: str) -> None:
    assert FORBIDDEN[what].search(text)


def test_no_file_of_the_product_is_longer_than_400_lines() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for suffix in (".py", ".go")
        for path in files(suffix)
        if name_of(path).startswith(PRODUCT) or path.parent == ROOT
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES and name not in LONG} == {}
