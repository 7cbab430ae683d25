"""What the last refresh of a monitor did, and what its next one will write."""

from __future__ import annotations

from dataclasses import asdict
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from local_workspace.errors import NotFoundError
from local_workspace.monitoring_engine import estimate_refresh
from local_workspace.names import TableName
from local_workspace.refreshes import RefreshFailedError

if TYPE_CHECKING:
    from local_workspace.store import Document
    from local_workspace.workspace import Workspace

_NAMED = 10
"""How many monitored tables an error names at most."""


def explain(workspace: Workspace, table: str) -> dict[str, Any]:
    """The plan of a table's monitor.

    Args:
        workspace: holds the monitor.
        table: `catalog.schema.table`; the table's own name is enough where only one monitored table has it.

    Returns:
        `table`, `monitor_version`; `last_refresh`, the newest that has begun, and `last_success`, the newest that
        succeeded, with its steps (None where there is none); `next_refresh`, the rows it will write by granularity and
        slicing expression, or why it would fail.

    Raises:
        NotFoundError: the table has no monitor; the text names the nearest that has one.
    """
    name = _monitored(workspace, table)
    record = workspace.monitors.record(name)
    newest_first = [report for report in workspace.monitors.reports() if report["table"] == str(name)][::-1]
    return {
        "table": str(name),
        "monitor_version": record["version"],
        "last_refresh": next((each for each in newest_first if each["state"] != "PENDING"), None),
        "last_success": next((each for each in newest_first if each["state"] == "SUCCESS"), None),
        "next_refresh": _next(workspace, name, record),
    }


def _monitored(workspace: Workspace, table: str) -> TableName:
    """The monitored table that is meant."""
    known, written = workspace.monitors.tables(), table.lower()
    meant = [name for name in known if written in {name, _own_name(name)}]
    if len(meant) == 1:
        return TableName.parse(meant[0])
    if meant:
        raise NotFoundError(
            f"several monitored tables are called '{table}': {', '.join(meant)}; write the whole name"
        )
    spellings = {name: name for name in known} | {_own_name(name): name for name in known}
    near = get_close_matches(written, spellings, n=1) or get_close_matches(_own_name(written), spellings, n=1)
    listed = f"tables with a monitor: {', '.join(known[:_NAMED])}" if known else "no table has one"
    hint = f"did you mean {spellings[near[0]]}?" if near else listed
    raise NotFoundError(f"table '{table}' has no monitor; {hint}")


def _own_name(table: str) -> str:
    return table.rsplit(".", 1)[-1]


def _next(workspace: Workspace, name: TableName, record: Document) -> dict[str, Any]:
    try:
        found = estimate_refresh(workspace, name, record)
    except RefreshFailedError as error:
        return {"would_fail": str(error)}
    return {
        "computes_everything": found.computes_everything,
        "columns": found.columns,
        "profile_rows": found.profile_rows,
        "drift_rows": found.drift_rows,
        "shares": [asdict(share) for share in found.shares],
    }
