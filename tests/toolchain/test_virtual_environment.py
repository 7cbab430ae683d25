import io
import subprocess
from pathlib import Path

import pytest

from toolchain import ToolchainError, virtual_environment
from toolchain.console import Console

# Stands in for the environment's Python: notes what it is asked, and fails like pip if a file says so.
FAKE_PYTHON = """#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/calls"
case "$*" in *pip\\ install*) [ ! -e "$here/fail" ] || { cat "$here/fail"; exit 1; } ;; esac
"""
INSTALLATION = "-m pip install --progress-bar off -r requirements-dev.txt"


@pytest.fixture
def checkout(tmp_path: Path, own_cache: Path) -> Path:
    """Give a folder with requirement files and a `.venv` that was made by hand."""
    assert not own_cache.exists()
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    return tmp_path


def make(checkout: Path) -> str:
    stream = io.StringIO()
    assert virtual_environment.make(checkout, Console(stream)) == checkout / ".venv"
    return stream.getvalue()


def installations(checkout: Path) -> int:
    calls = (checkout / ".venv" / "bin" / "calls").read_text().splitlines()
    return calls.count(INSTALLATION)


def test_packages_are_installed_into_an_environment_that_is_there(checkout: Path) -> None:
    assert make(checkout).startswith("install requirements-dev.txt, about 1 minute the first time ...\n")
    assert installations(checkout) == 1


def test_second_run_does_and_says_nothing(checkout: Path) -> None:
    make(checkout)
    calls = (checkout / ".venv" / "bin" / "calls").read_text()
    assert make(checkout) == ""
    assert (checkout / ".venv" / "bin" / "calls").read_text() == calls


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_changed_requirements_are_installed(checkout: Path, name: str) -> None:
    make(checkout)
    (checkout / name).write_text("# another version\n")
    make(checkout)
    assert installations(checkout) == 2


def test_failed_installation_says_why_and_is_done_again(checkout: Path) -> None:
    fail = checkout / ".venv" / "bin" / "fail"
    fail.write_text("ERROR: No matching distribution found for duckdb==2.0.1\n")
    with pytest.raises(ToolchainError) as problem:
        make(checkout)
    message = str(problem.value).splitlines()
    assert message[:2] == [
        f"could not install requirements-dev.txt: `{checkout}/.venv/bin/python` ended with code 1",
        "    ERROR: No matching distribution found for duckdb==2.0.1",
    ]
    assert message[2].startswith("Check the network and the disk, and run this again. The whole log: ")
    fail.unlink()
    make(checkout)
    assert installations(checkout) == 2


def test_failure_after_a_success_does_not_leave_the_old_stamp(checkout: Path) -> None:
    make(checkout)
    before = (checkout / "requirements.txt").read_text()
    (checkout / "requirements.txt").write_text("# another version\n")
    (checkout / ".venv" / "bin" / "fail").write_text("ERROR: disk\n")
    with pytest.raises(ToolchainError):
        make(checkout)
    (checkout / ".venv" / "bin" / "fail").unlink()
    (checkout / "requirements.txt").write_text(before)
    make(checkout)
    assert installations(checkout) == 3


def test_environment_is_created_with_pip_and_replaces_a_broken_one(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to(checkout / "a-python-that-was-removed")
    (checkout / "requirements-dev.txt").write_text("")
    assert make(checkout).startswith(f"create {checkout / '.venv'}, about 5 seconds the first time ...\n")
    subprocess.run((str(python), "-m", "pip", "--version"), check=True, capture_output=True)
