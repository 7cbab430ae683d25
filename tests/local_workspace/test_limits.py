"""Memory and disk that a workspace may take: set, kept, and what becomes of a refresh that needs more."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

import duckdb
import pytest

from local_workspace.data import SPILL_FOLDER, Data
from local_workspace.limits import bytes_of_disk, disk_size, memory_size
from local_workspace.monitoring_engine import memory_need
from local_workspace.names import TableName
from local_workspace.switches import MEMORY_VARIABLE
from local_workspace.workspace import Workspace
from tests.local_workspace.target import (
    MONITOR,
    SMALLEST_MONITOR,
    USAGE,
    Target,
    in_process,
    make_usage_table,
)

if TYPE_CHECKING:
    from pathlib import Path

SWITCHES: Final = "/__local/switches"
PROFILE: Final = "main.gold_monitoring.usage_profile_metrics"


def limit_of(workspace: Workspace, setting: str) -> str:
    with workspace.data.cursor() as cursor:
        row = cursor.execute("SELECT value FROM duckdb_settings() WHERE name = ?", [setting]).fetchone()
    assert row is not None
    return str(row[0])


def fill(workspace: Workspace, rows: int) -> None:
    """Add rows of different texts, each an hour old at most."""
    with workspace.data.cursor() as cursor:
        cursor.execute(
            'INSERT INTO "main.gold".usage SELECT now()::TIMESTAMP - INTERVAL 1 HOUR, md5(i::VARCHAR) || md5((i + 1)::VARCHAR), '
            f"i / 7, i FROM range({rows}) AS t(i)"
        )


def written(workspace: Workspace) -> list[Any]:
    """The rows of the profile table."""
    with workspace.data.cursor() as cursor:
        return cursor.execute('FROM "main.gold_monitoring".usage_profile_metrics ORDER BY ALL').fetchall()


@pytest.mark.parametrize("text", ["4 GB", "512MB", "0.5 GB", "50%", "100%"])
def test_a_size_of_memory(text: str) -> None:
    assert memory_size(text) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("much", "'much' is no size; write it like '4 GB' or '50%'"),
        ("10 MB", "'10 MB' is too small; the least is 64 MB"),
        ("0%", "'0%' is too small; the least is 64 MB"),
        ("150%", "'150%' is more than there is; write at most '100%'"),
        ("4 GB'; DROP", "'4 GB'; DROP' is no size; write it like '4 GB' or '50%'"),
    ],
)
def test_what_is_no_size_of_memory_is_refused_with_the_way_to_write_one(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"size|small|more") as refused:
        memory_size(text)
    assert str(refused.value) == message


def test_a_size_of_disk_space_may_be_nothing_or_a_part_of_what_is_free(tmp_path: Path) -> None:
    assert bytes_of_disk(disk_size("0 GB"), tmp_path) == 0
    assert bytes_of_disk("20 GB", tmp_path) == 20 * 10**9
    assert 0 < bytes_of_disk("1%", tmp_path) < bytes_of_disk("50%", tmp_path)


def test_limits_hold_at_once_and_after_a_restart(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with in_process(workspace) as target:
        target.post(SWITCHES, {"memory_limit": "512 MB", "spill_limit": "1 GB"})
        assert limit_of(workspace, "memory_limit") == "488.2 MiB"
    workspace = Workspace(tmp_path)
    with in_process(workspace) as target:
        assert limit_of(workspace, "memory_limit") == "488.2 MiB"
        assert limit_of(workspace, "max_temp_directory_size") == "953.6 MiB"
        target.post("/__local/reset")
        assert limit_of(workspace, "memory_limit") != "488.2 MiB"


def test_the_environment_gives_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY_VARIABLE, "300 MB")
    workspace = Workspace(tmp_path)
    with in_process(workspace) as target:
        assert limit_of(workspace, "memory_limit") == "286.1 MiB"
        target.post(SWITCHES, {"memory_limit": "512 MB"})
        assert limit_of(workspace, "memory_limit") == "488.2 MiB"
        target.post(SWITCHES, {"memory_limit": None})
        assert limit_of(workspace, "memory_limit") == "286.1 MiB"


def test_a_limit_that_is_none_is_refused_and_the_old_one_stays(local: Target) -> None:
    answer = local.post(SWITCHES, {"memory_limit": "10 MB"})
    assert answer.json()["message"] == "memory_limit: '10 MB' is too small; the least is 64 MB"
    assert local.get(SWITCHES).json()["switches"]["memory_limit"]["value"] == "2 GB"


@pytest.mark.parametrize("text", ["64 MB", "300 MB", "2 GB", "50 GB", "3 TB"])
def test_the_limit_that_holds_is_known_in_bytes(tmp_path: Path, text: str) -> None:
    number, unit = text.split()
    data = Data(tmp_path)
    data.limit(text, "0 GB")
    assert data.memory_limit == pytest.approx(
        int(number) * {"MB": 1e6, "GB": 1e9, "TB": 1e12}[unit], rel=0.04
    )
    data.close()


def needs_all(workspace: Workspace, definition: dict[str, Any], table: str = USAGE) -> bool:
    return memory_need(workspace, TableName.parse(table), {"definition": definition}).is_all


@pytest.mark.parametrize(
    ("rows", "granularities", "memory", "alone"),
    [
        (1_000, 1, "2 GB", False),
        (100_000, 1, "2 GB", True),
        (100_000, 1, "200 GB", False),
        (300_000, 1, "200 GB", True),
        (1_000, 100, "2 GB", True),
        (1_000, 1, "64 MB", True),
    ],
)
def test_a_refresh_runs_alone_that_may_need_much_of_the_memory(
    tmp_path: Path, rows: int, granularities: int, memory: str, *, alone: bool
) -> None:
    workspace = Workspace(tmp_path)
    with in_process(workspace) as target:
        make_usage_table(target)
        fill(workspace, rows)
        workspace.data.limit(memory, "0 GB")
        series = {**SMALLEST_MONITOR["time_series"], "granularities": ["1 day"] * granularities}
        assert needs_all(workspace, {**SMALLEST_MONITOR, "time_series": series}) is alone
        baseline = {"snapshot": {}, "baseline_table_name": USAGE}
        target.rows("CREATE TABLE main.gold.empty (a INT)")
        assert needs_all(workspace, {"snapshot": {}}, "main.gold.empty") is False
        if granularities == 1:
            assert needs_all(workspace, baseline, "main.gold.empty") is alone


def test_a_refresh_of_a_view_runs_alone_and_one_of_a_table_that_is_gone_does_not(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with in_process(workspace) as target:
        make_usage_table(target)
        target.rows(f"CREATE VIEW main.gold.seen AS SELECT * FROM {USAGE}")
        assert needs_all(workspace, SMALLEST_MONITOR, "main.gold.seen")
        assert not needs_all(workspace, SMALLEST_MONITOR, "main.gold.gone")
        assert not needs_all(workspace, {"snapshot": {}, "baseline_table_name": "no name"})


def test_what_a_killed_process_put_on_disk_is_removed(tmp_path: Path) -> None:
    left = tmp_path / SPILL_FOLDER / "duckdb_temp_storage-0.tmp"
    left.parent.mkdir()
    left.write_bytes(b"rows")
    data = Data(tmp_path)
    assert not left.exists()
    data.close()
    assert not left.parent.exists()


def test_no_statement_can_raise_a_limit(local: Target) -> None:
    assert local.failure("SET memory_limit = '100 GB'") == "SET statements are not supported"


def test_a_request_without_memory_for_it_is_to_be_repeated(
    local: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(_: Data) -> NoReturn:
        raise duckdb.OutOfMemoryException("Out of Memory Error")

    monkeypatch.setattr(Data, "cursor", exhausted)
    answer = local.get(f"{MONITOR}/refreshes")
    assert (answer.status_code, answer.json()["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")
    assert "memory_limit" in answer.json()["message"]


def test_a_refresh_that_needs_more_memory_fails_with_the_reason_and_leaves_the_tables(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with in_process(workspace) as target:
        make_usage_table(target)
        fill(workspace, 10)
        target.post(MONITOR, SMALLEST_MONITOR)
        assert target.wait_for_refresh()["state"] == "SUCCESS"
        before = written(workspace)
        fill(workspace, 400_000)
        target.post(SWITCHES, {"memory_limit": "64 MB", "spill_limit": "0 GB"})
        target.post(f"{MONITOR}/refreshes")
        refresh = target.wait_for_refresh()
        assert refresh["state"] == "FAILED"
        assert refresh["message"].startswith(
            "The memory is not enough: its limit is 61.0 MiB, and nothing may go to disk ("
        )
        assert "Raise the switches memory_limit or spill_limit and refresh again." in refresh["message"]
        assert written(workspace) == before
        target.post(SWITCHES, {"memory_limit": None, "spill_limit": None})
        target.post(f"{MONITOR}/refreshes")
        assert target.wait_for_refresh()["state"] == "SUCCESS"
        assert target.rows(f"SELECT max(count) FROM {PROFILE}") == [["400010"]]


FULL: Final = """
import json, resource, sys
from pathlib import Path
from local_workspace.workspace import Workspace
from tests.local_workspace.target import MONITOR, SMALLEST_MONITOR, in_process, make_usage_table
from tests.local_workspace.test_limits import fill, written

workspace = Workspace(Path(sys.argv[1]))
with in_process(workspace) as target:
    make_usage_table(target)
    fill(workspace, 10)
    target.post(MONITOR, SMALLEST_MONITOR | {"slicing_exprs": ["team"]})
    target.wait_for_refresh()
    before = written(workspace)
    target.post("/__local/switches", {"slice_values": 100000, "slice_frequent_items": True})
    fill(workspace, 100_000)
    with workspace.data.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    size = max(file.stat().st_size for file in Path(sys.argv[1]).iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1_000_000, resource.RLIM_INFINITY))
    target.post(f"{MONITOR}/refreshes")
    refresh = target.wait_for_refresh()
    after = written(workspace)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(json.dumps({**refresh, "unchanged": before == after, "rows": len(before)}))
"""
"""A program in which no file can become larger than it is: what a full disk is to the data file."""


def test_a_refresh_on_a_full_disk_fails_with_the_reason_and_leaves_the_tables(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert found["state"] == "FAILED", found
    assert found["message"].startswith("The disk is full: ")
    assert "Make room beside the workspace's folder and refresh again." in found["message"]
    assert found["unchanged"]
    with in_process(Workspace(tmp_path)) as target:
        assert len(target.rows(f"SELECT * FROM {PROFILE}")) == found["rows"]
        target.post(SWITCHES, {"slice_values": None, "slice_frequent_items": None})
        target.post(f"{MONITOR}/refreshes")
        assert target.wait_for_refresh()["state"] == "SUCCESS"
