"""Fills the gold tables with sample data."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local_workspace.names import SchemaName, TableName
from local_workspace.sql.runner import run

if TYPE_CHECKING:
    from local_workspace.workspace import Workspace

GOLD = SchemaName("main", "gold")
"""Where the sample data goes."""

DEFAULT_DAYS = 60
DEFAULT_SEED = 1


@dataclass(frozen=True)
class SeededTable:
    """One table after seeding."""

    table: str
    rows: int


def seed(workspace: Workspace, days: int = DEFAULT_DAYS, number: int = DEFAULT_SEED) -> list[SeededTable]:
    """Make the gold tables where they are missing and put sample data in place of their rows.

    Each table changes as a whole. The data ends at the last full hour of the workspace's clock, so that seeding again
    within that hour changes nothing.

    Args:
        workspace: where to.
        days: how many days the data spans.
        number: seed of the random numbers.
    """
    from local_workspace.sample_data import create_table_statements, generate  # noqa: PLC0415 - loaded when it is needed

    session = workspace.session(GOLD.catalog, GOLD.schema)
    run(session, f"CREATE SCHEMA IF NOT EXISTS {GOLD}")
    statements = create_table_statements(GOLD.catalog, GOLD.schema)
    for statement in statements.values():
        run(session, statement)
    end = workspace.clock.now().replace(minute=0, second=0, microsecond=0)
    sample = generate(end=end, days=days, seed=number)
    with tempfile.TemporaryDirectory(dir=workspace.data.incoming) as folder:
        sample.write_parquet(Path(folder))
        return [
            _replace(workspace, TableName(GOLD.catalog, GOLD.schema, name), Path(folder))
            for name in statements
        ]


def _replace(workspace: Workspace, table: TableName, folder: Path) -> SeededTable:
    file = str((folder / f"{table.table}.parquet").resolve()).replace("'", "''")
    with workspace.data.transaction() as cursor:
        cursor.execute(f"DELETE FROM {table.relation}")
        cursor.execute(f"INSERT INTO {table.relation} BY NAME SELECT * FROM read_parquet('{file}')")
        rows = int(cursor.fetchall()[0][0])
    workspace.catalog.touch(table)
    return SeededTable(str(table), rows)
