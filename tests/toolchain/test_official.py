import os
import subprocess
import sys
from pathlib import Path

import pytest

import toolchain
from toolchain import ToolchainError, WrongUse, installed, official, pins


def install_cli(folder: Path, answer: str, *, language_host: bool = True) -> Path:
    folder.mkdir()
    (folder / "pulumi").write_text(f"#!/bin/sh\n{answer}\n")
    (folder / "pulumi").chmod(0o755)
    if language_host:
        (folder / "pulumi-language-python").write_text("#!/bin/sh\n")
        (folder / "pulumi-language-python").chmod(0o755)
    return folder


@pytest.fixture
def only(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let the test choose PATH and the kind of toolchain; the cache is empty."""
    assert not own_cache.exists()
    monkeypatch.delenv(installed.CHOICE)
    return monkeypatch


@pytest.mark.parametrize("version", ["v3.256.0", "3.256.0", "v3.300.1", "v3.257.0-alpha.1"])
def test_new_enough_cli_is_used_and_nothing_is_built(
    only: pytest.MonkeyPatch, tmp_path: Path, version: str
) -> None:
    folder = install_cli(tmp_path / "bin", f"echo {version}")
    only.setenv("PATH", str(folder))
    assert toolchain.install() == installed.Toolchain(folder, plugin=None)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("echo v3.255.9", "it is version v3.255.9, and 3.256.0 or newer is needed"),
        ("echo v4.0.0", "it is version v4.0.0, and 3.256.0 or newer is needed"),
        ("echo hello; exit 3", "`pulumi version` ended with code 3 and 'hello'"),
    ],
)
def test_cli_that_does_not_suit_is_passed_over_with_the_reason(
    tmp_path: Path, answer: str, reason: str
) -> None:
    folder = install_cli(tmp_path / "bin", answer)
    assert official.search(str(folder), tmp_path / "cache") == official.Search(
        None, (f"{folder / 'pulumi'} is not used: {reason}",)
    )


def test_cli_without_language_host_is_passed_over(tmp_path: Path) -> None:
    folder = install_cli(tmp_path / "bin", "echo v3.256.0", language_host=False)
    assert official.search(str(folder), tmp_path / "cache").rejected == (
        f"{folder / 'pulumi'} is not used: it has no pulumi-language-python beside it",
    )


def test_second_cli_on_the_path_is_used_when_the_first_is_too_old(tmp_path: Path) -> None:
    old = install_cli(tmp_path / "old", "echo v3.1.0")
    new = install_cli(tmp_path / "new", "echo v3.256.0")
    assert official.search(f"{old}{os.pathsep}{new}", tmp_path / "cache").folder == new


def test_built_cli_on_the_path_is_not_taken_for_an_official_one(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    folder = install_cli(tmp_path / "cache" / "bin", "echo v3.256.0")
    assert official.search(str(folder), tmp_path / "cache") == official.Search(None, ())


def test_official_cli_may_download_plugins_and_homes_share_them(
    only: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only.setenv("PATH", str(install_cli(tmp_path / "bin", "echo v3.256.0")))
    only.setenv("PULUMI_HOME", str(tmp_path / "users"))
    variables = toolchain.environment(tmp_path / "project")
    assert "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION" not in variables
    assert (tmp_path / "project" / "plugins").readlink() == tmp_path / "users" / "plugins"


def test_insisting_on_built_ignores_the_official_cli(only: pytest.MonkeyPatch, tmp_path: Path) -> None:
    only.setenv("PATH", str(install_cli(tmp_path / "bin", "echo v3.256.0")))
    only.setenv(installed.CHOICE, "built")
    assert installed.find() is None


def test_insisting_on_official_without_one_says_why_it_does_not_suit(
    only: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = install_cli(tmp_path / "bin", "echo v3.1.0")
    only.setenv("PATH", str(folder))
    only.setenv(installed.CHOICE, "official")
    with pytest.raises(ToolchainError) as problem:
        toolchain.install()
    assert str(problem.value) == (
        "LAKEHOUSE_MONITORS_TOOLCHAIN=official, but no suitable pulumi 3.256.0 or newer is on PATH: "
        "install it, or unset LAKEHOUSE_MONITORS_TOOLCHAIN to build one\n"
        f"{folder / 'pulumi'} is not used: it is version v3.1.0, and 3.256.0 or newer is needed"
    )


def test_unknown_choice_is_wrong_use(only: pytest.MonkeyPatch) -> None:
    only.setenv(installed.CHOICE, "newest")
    with pytest.raises(WrongUse, match="LAKEHOUSE_MONITORS_TOOLCHAIN=newest: write official or built"):
        installed.find()


def test_python_that_is_too_old_says_so_without_a_traceback() -> None:
    program = "import sys; sys.version_info = (3, 10, 2); import toolchain"
    answer = subprocess.run(
        (sys.executable, "-c", program), cwd=pins.CHECKOUT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert answer.stderr == (
        f"lakehouse-monitors needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}. "
        "Install a newer one and name it, for example: make PYTHON=python3.12 test\n"
    )
