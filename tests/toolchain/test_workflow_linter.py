import os
from pathlib import Path

import pytest

from tests.toolchain.conftest import FakeGo
from toolchain import ToolchainError, cache, pins, workflow_linter


@pytest.fixture(autouse=True)
def go(own_cache: Path, fake_go: FakeGo, monkeypatch: pytest.MonkeyPatch) -> FakeGo:  # noqa: ARG001 - moves the cache
    monkeypatch.setenv("PATH", f"{fake_go.folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_GO", str(fake_go.folder))
    return fake_go


def test_it_is_built_once_and_found_again(go: FakeGo) -> None:
    program = workflow_linter.install()
    assert os.access(program, os.X_OK)
    assert program.parent.parent == cache.root()
    assert [path.name for path in program.parent.iterdir()] == ["actionlint"]
    assert workflow_linter.install() == program
    assert go.builds == 1


def test_it_does_not_build_pulumi_anew() -> None:
    before = cache.toolchain_folder()
    assert workflow_linter.install().parent != before
    assert cache.toolchain_folder() == before
    assert workflow_linter.BUILD_FOLDER.name not in pins.BUILD_FOLDERS


def test_a_build_that_fails_leaves_nothing_and_says_why(go: FakeGo, own_cache: Path) -> None:
    go.fail_with("go: missing go.sum entry\n")
    with pytest.raises(ToolchainError, match="could not build actionlint"):
        workflow_linter.install()
    assert [path for path in own_cache.iterdir() if path.is_dir()] == []
    go.repair()
    assert os.access(workflow_linter.install(), os.X_OK)
