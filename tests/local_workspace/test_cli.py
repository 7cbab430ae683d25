"""The command line: background server, data, statements, exit codes."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from local_workspace.background import running_workspace
from local_workspace.serving import LASTING_PORTS, ServerInfo, listening_socket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class CommandLine:
    """Runs `python -m local_workspace` on one state folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """What it prints, both streams; the exit code must be as expected."""
        done = subprocess.run(
            [sys.executable, "-m", "local_workspace", *arguments, "--state", str(self.folder)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert "Traceback" not in said
        return said.strip()


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CommandLine]:
    monkeypatch.delenv("LOCAL_WORKSPACE_TOKEN", raising=False)
    command = CommandLine(tmp_path / "state")
    yield command
    command("stop")


def test_server_starts_once_answers_and_stops(command: CommandLine) -> None:
    started = command("start")
    assert started.startswith("local workspace ready at http://127.0.0.1:")
    found = running_workspace(command.folder)
    assert found is not None
    assert int(found.url.rpartition(":")[2]) in LASTING_PORTS
    assert command("start") == f"local workspace is already running at {found.url} (process {found.pid})"
    assert command("status") == f"local workspace runs at {found.url} (process {found.pid})"
    assert stat.S_IMODE((command.folder / "token").stat().st_mode) == 0o600
    assert found.token == (command.folder / "token").read_text().strip()
    second = command("serve", "--port", "0", code=1)
    assert second.startswith("Error: ")
    assert "is open in another process; stop the workspace that uses it" in second
    assert command("stop") == "local workspace stopped"
    assert command("status", code=1) == f"no local workspace runs on {command.folder}"
    assert command("start").split()[4] == found.url


def test_server_that_was_killed_counts_as_stopped(command: CommandLine) -> None:
    command.folder.mkdir()
    ServerInfo(pid=os.getpid(), url="http://127.0.0.1:1").write(command.folder)
    assert command("status", code=1) == f"no local workspace runs on {command.folder}"
    assert command("start").startswith("local workspace ready at ")


def test_a_workspace_whose_port_was_taken_meanwhile_gets_another(command: CommandLine) -> None:
    command("start")
    before = running_workspace(command.folder)
    assert before is not None
    command("stop")
    with listening_socket(int(before.url.rpartition(":")[2])):
        assert command("start").split()[4] != before.url


def test_taken_port_is_named(command: CommandLine) -> None:
    with listening_socket(0) as taken:
        port = str(taken.getsockname()[1])
        said = command("start", "--port", port, code=1)
    assert said == (
        f"Error: port {port} of 127.0.0.1 is not available (Address already in use); "
        "choose another --port, or 0 for a free one"
    )


@pytest.mark.parametrize("running", [True, False], ids=["running", "stopped"])
def test_data_and_statements_with_and_without_a_server(
    command: CommandLine, tmp_path: Path, *, running: bool
) -> None:
    if running:
        command("start")
    file = tmp_path / "prices.csv"
    file.write_text("day,price\n2024-01-01,1.5\n")
    assert command("load", "main.default.prices", str(file)) == "main.default.prices created with 1 rows"
    moved = command("load", "main.default.prices", str(file), "--shift-to-now")
    assert moved.startswith("main.default.prices grew by 1 rows; dates moved by +")
    assert json.loads(command("sql", "SELECT count(*) AS n, min(day) AS d FROM prices", "--json")) == [
        {"n": "2", "d": "2024-01-01"}
    ]
    shown = command("sql", "SELECT NULL AS nothing, '[bold]x' AS text")
    assert "NULL" in shown
    assert "[bold]x" in shown
    assert shown.endswith("1 row")
    assert command("sql", "SELECT * FROM nothing", code=1).startswith("Error: [TABLE_OR_VIEW_NOT_FOUND]")
    assert command("load", "prices", str(file), code=2) == (
        "Error: 'prices' is not a full table name; write catalog.schema.table"
    )
    missing = command("load", "main.default.prices", str(tmp_path / "no.csv"), code=2)
    assert missing == f"Error: there is no file '{tmp_path / 'no.csv'}'"


def test_result_that_is_cut_is_not_taken_for_the_whole(command: CommandLine) -> None:
    command("start")
    megabytes = ", ".join(f"({number})" for number in range(26))
    statement = f"SELECT REPEAT('x', 1048576) FROM VALUES {megabytes}"
    assert command("sql", statement, "--json", code=1) == (
        "Error: the result is larger than 25 MiB, the most that a statement gives; ask for fewer rows or columns"
    )


def test_unknown_option_is_wrong_use(command: CommandLine) -> None:
    assert "No such option" in command("status", "--colour", code=2)


def test_seed_gives_the_same_rows_again(command: CommandLine) -> None:
    first = command("seed", "--days", "2")
    fingerprint = "SELECT count(*) AS n, sum(list_cost) AS cost FROM main.gold.fact_usage"
    content = command("sql", fingerprint, "--json")
    assert first.splitlines()[-1].endswith("rows in 8 tables")
    command("seed", "--days", "2")
    assert command("sql", fingerprint, "--json") == content
    assert (
        command("sql", "SELECT comment FROM main.information_schema.tables WHERE comment IS NULL", "--json")
        == "[]"
    )
