"""Virtual environments of tools that the benchmark compares with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import environments
from benchmarks.results import BenchError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environments, "RIVALS", tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")


def test_an_environment_is_made_once(tmp_path: Path) -> None:
    (tmp_path / "nothing.txt").write_text("# nothing\n")
    said: list[str] = []
    python = environments.python_of("nothing", said.append)
    assert python.exists()
    assert environments.python_of("nothing", said.append) == python
    assert len(said) == 1


def test_a_package_that_cannot_be_installed_is_named(tmp_path: Path) -> None:
    (tmp_path / "missing.txt").write_text("no-such-package==1.0\n")
    with pytest.raises(BenchError, match=r"missing cannot be installed for Python 3\S+: .*no-such-package"):
        environments.python_of("missing", lambda _: None)
