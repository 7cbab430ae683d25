"""Fills the gold tables with sample data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from local_workspace.engine.progress import record_rewrite
from local_workspace.names import SchemaName, TableName
from local_workspace.sql.runner import run

if TYPE_CHECKING:
    from local_workspace.workspace import Workspace

GOLD = SchemaName("main", "gold")
"""Where the sample data goes."""


@dataclass(frozen=True)
class SeededTable:
    """One table after seeding."""

    table: str
    rows: int


@dataclass(frozen=True)
class Seeding:
    """What the sample data in the gold tables was made from.

    Attributes:
        end: its newest moment as ISO text with time zone.
        days: whole days before the day of the end.
        seed: seed of its random numbers.
    """

    end: str
    days: int
    seed: int

    @property
    def end_time(self) -> datetime:
        """The end as a moment."""
        return datetime.fromisoformat(self.end)


_FACT = "seeding"


def seeding(workspace: Workspace) -> Seeding | None:
    """What the workspace was last seeded with; None while a seeding was never finished."""
    text = workspace.store.fact(_FACT, "")
    return Seeding(**json.loads(text)) if text else None


def forget_seeding(workspace: Workspace) -> None:
    """Say that the gold tables hold no sample data, or not all of it."""
    workspace.store.set_fact(_FACT, "")


def seed(workspace: Workspace, days: int | None = None, number: int | None = None) -> list[SeededTable]:
    """Make the gold tables where they are missing and put sample data in place of their rows.

    Each table changes as a whole. The data ends at the last full hour of the workspace's clock, so that
    seeding again within that hour changes nothing.

    Args:
        workspace: where to.
        days: how many days the data spans; None leaves it to the sample data.
        number: seed of the random numbers; None leaves it to the sample data.
    """
    from local_workspace.sample_data import DAYS, SEED, generate  # noqa: PLC0415 - loads numpy
    from local_workspace.sample_data.gold_tables import create_table_statements  # noqa: PLC0415 - see above

    end = workspace.clock.now().replace(minute=0, second=0, microsecond=0)
    made_from = Seeding(end.isoformat(), days or DAYS, SEED if number is None else number)
    sample = generate(end, days=made_from.days, seed=made_from.seed)
    forget_seeding(workspace)
    session = workspace.session(GOLD.catalog, GOLD.schema)
    run(session, f"CREATE SCHEMA IF NOT EXISTS {GOLD}")
    seeded: list[SeededTable] = []
    for name, statement in create_table_statements(GOLD.catalog, GOLD.schema).items():
        run(session, statement)
        table = TableName(GOLD.catalog, GOLD.schema, name)
        with workspace.data.transaction() as cursor:
            record_rewrite(cursor, table)
            cursor.execute(f"DELETE FROM {table.relation}")
            sample.insert_into(cursor, {name: table.relation})
        workspace.catalog.touch(table)
        seeded.append(SeededTable(str(table), sample.tables[name].count))
    workspace.store.set_fact(_FACT, json.dumps(asdict(made_from)))
    return seeded
