import os
from pathlib import Path

import pytest

import toolchain
from toolchain import PROVIDER_VERSION, ToolchainError, cache, installed, pins


def test_path_begins_with_the_virtual_environment_and_the_toolchain(built: Path, tmp_path: Path) -> None:
    path = toolchain.environment(tmp_path / "home")["PATH"].split(os.pathsep)
    assert path[:2] == [str(installed.virtual_environment()), str(built / "bin")]
    assert path[2:] == [entry for entry in os.environ["PATH"].split(os.pathsep) if entry not in path[:2]]


def test_built_toolchain_neither_downloads_plugins_nor_asks_for_updates(built: Path, tmp_path: Path) -> None:
    variables = toolchain.environment(tmp_path / "home")
    assert built.exists()
    assert {name: value for name, value in variables.items() if name != "PATH"} == {
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def test_plugin_is_a_real_folder_of_links_in_every_home(built: Path, tmp_path: Path) -> None:
    for home in (tmp_path / "one", tmp_path / "two"):
        toolchain.environment(home)
        folder = home / "plugins" / f"resource-databricks-v{PROVIDER_VERSION}"
        # The engine skips a plugin folder that is itself a link.
        assert not folder.is_symlink()
        assert {link.name: link.readlink() for link in folder.iterdir()} == {
            name: built / "home" / "plugins" / pins.PLUGIN / name for name in pins.PLUGIN_FILES
        }


def test_links_to_an_earlier_toolchain_are_renewed(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "plugins" / pins.PLUGIN
    folder.mkdir(parents=True)
    (folder / "schema.json").symlink_to(tmp_path / "gone" / "schema.json")
    toolchain.environment(tmp_path / "home")
    assert (folder / "schema.json").readlink().is_relative_to(built)


def test_plugin_that_the_user_installed_is_kept(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "plugins" / pins.PLUGIN
    folder.mkdir(parents=True)
    for name in pins.PLUGIN_FILES:
        (folder / name).write_text("the user's")
    toolchain.environment(tmp_path / "home")
    assert built.exists()
    assert {file.read_text() for file in folder.iterdir()} == {"the user's"}


def test_without_a_home_the_users_own_is_used(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "mine"))
    assert "PULUMI_HOME" not in toolchain.environment()
    assert built.exists()
    assert (tmp_path / "mine" / "plugins" / pins.PLUGIN / "pulumi-resource-databricks").exists()


def test_missing_toolchain_is_an_error_that_says_what_to_run(own_cache: Path) -> None:
    with pytest.raises(ToolchainError) as problem:
        toolchain.environment(own_cache / "home")
    assert str(problem.value) == (
        "the toolchain is not installed: run `make toolchain` (about 10 minutes, once)"
    )


def test_cache_follows_xdg_and_ignores_a_relative_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache.root() == Path("/somewhere/lakehouse-monitors")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache.root() == Path.home() / ".cache" / "lakehouse-monitors"
