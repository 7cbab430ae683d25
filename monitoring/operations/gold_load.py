"""Loads the gold tables from the system tables on a SQL warehouse; meant to run before the refreshes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring.gold.loads import LOADS, load_statements
from monitoring.operations.statements import StatementFailedError, find_warehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from databricks.sdk import WorkspaceClient

    from monitoring.gold.loads import DayRange, LoadSettings

LOAD_SECONDS = 3600.0
"""How long the load of one table may take; the first one reads weeks of billing and audit records."""


class GoldLoadError(Exception):
    """Loads failed; ``reasons`` has the text of each, by table. The other tables are loaded."""

    def __init__(self, reasons: dict[str, str], tables: int) -> None:
        self.reasons = reasons
        lines = "".join(f"\n{table}: {reason}" for table, reason in reasons.items())
        super().__init__(f"{len(reasons)} of {tables} gold tables could not be loaded:{lines}")


def load(
    client: WorkspaceClient,
    settings: LoadSettings,
    days: DayRange,
    today: date,
    *,
    tables: Sequence[str] = tuple(LOADS),
    warehouse_id: str = "",
    say: Callable[[str], None] = print,
) -> None:
    """Bring ``days`` of the gold ``tables`` to what the system tables say; doing it again changes nothing.

    A load that fails leaves its table as it was and does not stop the others.

    Args:
        client: a workspace whose principal may read the system tables and change the gold tables.
        settings: names and sources.
        days: the days to load, UTC; `monitoring.gold.loads.last_days` gives the usual ones.
        today: the current UTC day.
        tables: names of gold tables.
        warehouse_id: the SQL warehouse; without one, the first that is running.
        say: gets a line for each table.

    Raises:
        DaysError: a load would empty days that its source has lost; nothing was loaded.
        NoWarehouseError: no warehouse was named and none is running; nothing was loaded.
        GoldLoadError: at least one load failed.
    """
    statements = load_statements(settings, days, tuple(tables), today)
    warehouse = find_warehouse(client, warehouse_id, seconds=LOAD_SECONDS)
    reasons: dict[str, str] = {}
    for table, statement in statements.items():
        try:
            warehouse.run(statement)
        except StatementFailedError as error:
            reasons[table] = str(error)
        say(f"{table}: {'failed' if table in reasons else 'loaded'}, {days.start} to {days.end}")
    if reasons:
        raise GoldLoadError(reasons, len(statements))
