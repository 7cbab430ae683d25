"""Several clients at once: one wins, nobody is told a lie."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.local_workspace.target import CATALOG, MONITOR, SMALLEST_MONITOR, Target

if TYPE_CHECKING:
    from collections.abc import Callable

CLIENTS = 6


def at_once(work: Callable[[int], int]) -> list[int]:
    with ThreadPoolExecutor(CLIENTS) as threads:
        return sorted(threads.map(work, range(CLIENTS)))


def test_one_of_several_creates_of_a_monitor_wins(usage: Target) -> None:
    codes = at_once(lambda _: usage.post(MONITOR, SMALLEST_MONITOR).status_code)
    assert codes == [200] + [409] * (CLIENTS - 1)
    usage.wait_for_refresh()
    assert len(usage.get(f"{MONITOR}/refreshes").json()["refreshes"]) == 1


def test_one_of_several_creates_of_a_schema_wins(workspace: Target) -> None:
    body = {"name": "gold", "catalog_name": "main"}
    codes = at_once(lambda _: workspace.post(f"{CATALOG}/schemas", body).status_code)
    assert codes == [200] + [409] * (CLIENTS - 1)


def test_grants_of_several_clients_all_count(workspace: Target) -> None:
    path = f"{CATALOG}/permissions/schema/main.default"
    at_once(
        lambda number: (
            workspace.patch(path, {"changes": [{"principal": f"p{number}", "add": ["SELECT"]}]}).status_code
        )
    )
    rows = workspace.get(path).json()["privilege_assignments"]
    assert sorted(row["principal"] for row in rows) == [f"p{number}" for number in range(CLIENTS)]


def test_versions_of_several_updates_all_count(usage: Target) -> None:
    usage.post(MONITOR, SMALLEST_MONITOR)
    versions = at_once(lambda _: int(usage.put(MONITOR, SMALLEST_MONITOR).json()["monitor_version"]))
    assert versions == list(range(1, CLIENTS + 1))


def test_comments_and_rows_of_several_clients_all_arrive(workspace: Target) -> None:
    columns = ", ".join(f"c{number} INT" for number in range(CLIENTS))
    workspace.rows(f"CREATE TABLE t ({columns})")

    def change(number: int) -> int:
        workspace.rows(f"ALTER TABLE t ALTER COLUMN c{number} COMMENT 'of {number}'")
        workspace.rows(f"INSERT INTO t (c{number}) VALUES ({number})")
        return number

    at_once(change)
    found = workspace.column_comments("main.default.t")
    assert found == {f"c{number}": f"of {number}" for number in range(CLIENTS)}
    assert workspace.rows("SELECT count(*) FROM t") == [[str(CLIENTS)]]
