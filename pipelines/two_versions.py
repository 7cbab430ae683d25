"""Sets up the monitors of two versions of the program, one after the other, on one local workspace.

Without Pulumi: the values come from the monitors alone, and the setup job brings them about in a fraction of the
time. Workspace, sample data and installed packages are those of this checkout for both.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.stack_file import PROJECT, read_stack_file
from pipelines.values import ValueComparison, compared, read_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipelines.values import Row, Values

PLACE = PROJECT / ".local" / "values"
STACK = "local"
SET_UP = f"""
import sys
from monitoring.jobs import setup
from monitoring.jobs.parameters import SETUP
from monitoring.stack_file import read_stack_file
values = SETUP.defaults(read_stack_file("{STACK}"))
sys.argv[1:] = [f"--{{name}}={{value}}" for name, value in values.items()]
setup.main()
"""
"""Runs the setup job of the version in whose folder it is run, with the values of its stack."""


class VersionError(Exception):
    """A version cannot be had, set up or read; the text says which step failed and what it said."""


@dataclass(frozen=True)
class SampleWorkspace:
    """A local workspace with sample data.

    Attributes:
        state: its folder.
        variables: address and token, as the Databricks SDK reads them.
    """

    state: Path
    variables: dict[str, str]

    @classmethod
    @contextmanager
    def running(cls, state: Path) -> Iterator[SampleWorkspace]:
        """A new one, ended afterwards."""
        shutil.rmtree(state, ignore_errors=True)
        # From the environment, so that it need not be read from the folder.
        token = secrets.token_hex(16)
        own = {"LOCAL_WORKSPACE_TOKEN": token, "DATABRICKS_TOKEN": token}
        own |= {"DATABRICKS_AUTH_TYPE": "pat", "DATABRICKS_CONFIG_FILE": os.devnull}
        workspace = cls(state, own)
        try:
            said = workspace.command("start")
            (own["DATABRICKS_HOST"],) = re.findall(r"http://\S+", said)
            workspace.command("seed")
            yield workspace
        finally:
            workspace.command("stop")

    def command(self, *words: str) -> str:
        """Run a command of its command line."""
        return _python(PROJECT, self.variables, "-m", "local_workspace", *words, "--state", str(self.state))

    def query(self, statement: str) -> Sequence[Row]:
        """The rows of a statement."""
        rows: list[Row] = json.loads(self.command("sql", statement, "--json"))
        return rows

    def values(self, version: Path) -> Values:
        """Set the monitors of a version up, wait for their refreshes, and read the values."""
        _python(version, self.variables, "-c", SET_UP)
        return read_values(read_stack_file(STACK, environment=self.variables), self.query)


def compare_with(base: str) -> ValueComparison:
    """Compare the values of this checkout with those of another version.

    Args:
        base: a commit, tag or branch.
    """
    try:
        with (
            checked_out(base, PLACE / "base") as folder,
            SampleWorkspace.running(PLACE / "workspace") as workspace,
        ):
            before = workspace.values(folder)
            return compared(base, before, workspace.values(PROJECT))
    except VersionError as error:
        return ValueComparison(base, failure=str(error))


@contextmanager
def checked_out(base: str, folder: Path, project: Path = PROJECT) -> Iterator[Path]:
    """Another version of the project in a folder, gone afterwards.

    Raises:
        VersionError: there is no such version.
    """
    shutil.rmtree(folder, ignore_errors=True)
    _finished(["git", "worktree", "prune"], project)
    _finished(["git", "worktree", "add", "--detach", str(folder), base], project)
    try:
        yield folder
    finally:
        _finished(["git", "worktree", "remove", "--force", str(folder)], project)


def _python(folder: Path, variables: dict[str, str], *words: str) -> str:
    return _finished([sys.executable, *words], folder, variables)


def _finished(command: Sequence[str], folder: Path, variables: dict[str, str] | None = None) -> str:
    answer = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(variables or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        words = " ".join(word for word in command[:4] if "\n" not in word)
        raise VersionError(f"{words} failed in {folder.name}:\n{(answer.stdout + answer.stderr).strip()}")
    return answer.stdout
