"""What was answered with 200 is there after a kill at any moment, and the workspace is the same one."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.local_workspace.target import (
    CATALOG,
    MONITOR,
    SMALLEST_MONITOR,
    USAGE,
    Server,
    Target,
    make_usage_table,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WRITERS = 3


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "state")
    yield server
    server.kill()


def write_until_killed(target: Target, warehouse: str, writer: int, done: list[str]) -> None:
    """Make schemas, tables and comments one after the other; note each that was answered."""
    with contextlib.suppress(httpx.TransportError):
        for number in range(10_000):
            name = f"w{writer}_{number}"
            answer = target.post(
                f"{CATALOG}/schemas", {"name": name, "catalog_name": "main", "comment": name}
            )
            if answer.status_code == 200:
                done.append(f"schema {name}")
            statement = f"CREATE TABLE main.default.{name} (a INT COMMENT 'of {name}')"
            answer = target.post(
                "/api/2.0/sql/statements", {"statement": statement, "warehouse_id": warehouse}
            )
            if answer.json()["status"]["state"] == "SUCCEEDED":
                done.append(f"table {name}")


@pytest.mark.parametrize("written", [1, 20])
def test_everything_answered_before_a_kill_is_there_afterwards(server: Server, written: int) -> None:
    target = server.start()
    number, warehouse = target.sdk.get_workspace_id(), target.warehouse_id
    done: list[str] = []
    threads = [
        threading.Thread(target=write_until_killed, args=(target, warehouse, writer, done))
        for writer in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    until(lambda: len(done), lambda count: count >= written)
    server.kill()
    for thread in threads:
        thread.join()
    target.raw.close()
    again = server.start()
    assert again.sdk.get_workspace_id() == number
    assert again.warehouse_id == warehouse
    for kind, name in (entry.split() for entry in done):
        if kind == "schema":
            assert again.get(f"{CATALOG}/schemas/main.{name}").json()["comment"] == name
        else:
            assert again.column_comments(f"main.default.{name}") == {"a": f"of {name}"}
    again.raw.close()


def test_killed_refresh_is_carried_out_after_the_restart(server: Server) -> None:
    target = server.start()
    make_usage_table(target)
    target.post("/__local/transitions", {"tables_after_seconds": 3600})
    target.post(MONITOR, SMALLEST_MONITOR)
    target.post("/__local/clock", {"advance_seconds": 3601})
    server.kill()
    target.raw.close()
    again = server.start()
    assert again.wait_for_refresh()["state"] == "SUCCESS"
    monitor = again.get(MONITOR).json()
    assert monitor["output_schema_name"] == "main.gold_monitoring"
    assert again.get(f"{CATALOG}/tables/main.gold_monitoring.usage_profile_metrics").status_code == 200
    again.raw.close()


def test_kill_in_the_middle_of_a_refresh_leaves_whole_tables(server: Server) -> None:
    target = server.start()
    target.post("/__local/seed", {"days": 5})
    target.post(f"{CATALOG}/schemas", {"name": "gold_monitoring", "catalog_name": "main"})
    table = "main.gold.fact_query_history"
    path = f"{CATALOG}/tables/{table}/monitor"
    series = {"timestamp_col": "start_time", "granularities": ["1 hour", "1 day"]}
    slices = ["workspace_id", "execution_status"]
    target.post(path, {**SMALLEST_MONITOR, "time_series": series, "slicing_exprs": slices})
    assert target.wait_for_refresh(path)["state"] == "SUCCESS"
    rows = (
        "SELECT COUNT(*), SUM(count), COUNT(DISTINCT window.start) "
        "FROM main.gold_monitoring.fact_query_history_profile_metrics"
    )
    before = target.rows(rows)
    target.rows(f"UPDATE {table} SET statement_type = 'SELECT' WHERE statement_type = 'nothing'")
    target.post(f"{path}/refreshes")

    def state(of: Target) -> str:
        return str(of.get(f"{path}/refreshes").json()["refreshes"][0]["state"])

    until(lambda: state(target), lambda seen: seen == "RUNNING")
    server.kill()
    target.raw.close()
    again = server.start()
    assert again.rows(rows) == before
    assert again.wait_for_refresh(path)["state"] == "SUCCESS"
    assert again.rows(rows) == before
    again.raw.close()


def test_ids_grants_monitors_and_clock_survive_a_stop(server: Server) -> None:
    target = server.start()
    make_usage_table(target)
    target.post(MONITOR, SMALLEST_MONITOR)
    target.patch(f"{CATALOG}/permissions/table/{USAGE}", {"changes": [{"principal": "g", "add": ["SELECT"]}]})
    target.post("/__local/clock", {"now": "2030-01-01T00:00:00Z"})
    target.wait_for_refresh()
    places = (
        MONITOR,
        f"{MONITOR}/refreshes",
        f"{CATALOG}/tables/{USAGE}",
        f"{CATALOG}/permissions/table/{USAGE}",
    )
    before = [target.get(place).json() for place in places]
    server.stop()
    target.raw.close()
    again = server.start()
    assert [again.get(place).json() for place in places] == before
    assert again.get("/__local/clock").json()["now"].startswith("2030-01-01T00:00")
    again.raw.close()
