"""Comments of tables and columns: what is wanted, what is there, what differs, and writing just that.

Knows nothing of Pulumi. Comments of columns that nobody asked for are never touched: the service owns them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from databricks.sdk.errors import NotFound

from monitoring.descriptions import TableText
from monitoring.gold.table import quote_identifier, quote_text
from monitoring.operations.statements import StatementFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from databricks.sdk import WorkspaceClient

    from monitoring.operations.statements import Warehouse

LONGEST_COMMENT = 4000
"""Characters; the limit of the service is not published."""
COLUMNS_PER_STATEMENT = 100
PARSE_ERROR = "PARSE_SYNTAX_ERROR"
LONGEST_PAUSE = 2.0


class State(StrEnum):
    """How far the comments of a table are."""

    PENDING = "pending"
    """The table is not there yet: the first refresh of its monitor makes it."""
    PARTIAL = "partial"
    """Columns are not there yet: the next successful refresh adds them."""
    READY = "ready"


class CommentNotKeptError(Exception):
    """A comment that was written reads differently afterwards."""


@dataclass(frozen=True)
class Plan:
    """What has to be written to one table."""

    full_name: str
    table: str | None
    """Its new comment; None when it is right already."""
    columns: dict[str, str]
    """New comments by column."""
    missing: tuple[str, ...]
    """Columns that are wanted but not there, sorted."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return self.table is None and not self.columns

    def statements(self, columns_per_statement: int = COLUMNS_PER_STATEMENT) -> list[str]:
        """The SQL that writes it."""
        table = quoted(self.full_name)
        statements = [] if self.table is None else [f"COMMENT ON TABLE {table} IS {quote_text(self.table)}"]
        names = list(self.columns)
        for start in range(0, len(names), columns_per_statement):
            parts = [
                f"{quote_identifier(name)} COMMENT {quote_text(self.columns[name])}"
                for name in names[start : start + columns_per_statement]
            ]
            statements.append(f"ALTER TABLE {table} ALTER COLUMN {', '.join(parts)}")
        return statements


@dataclass(frozen=True)
class Outcome:
    """The comments of one table after the work."""

    state: State
    live: TableText
    """What is in the table now, wanted columns only."""
    missing: tuple[str, ...]
    written: int
    """Comments that were changed."""


class Catalog(Protocol):
    """What the reconciler needs of a workspace."""

    def read(self, full_name: str) -> TableText | None:
        """All comments of a table, empty where there is none; None when the table is not there."""
        ...

    def run(self, statement: str) -> None:
        """Run a statement; raises StatementFailedError."""
        ...


class WorkspaceCatalog:
    """The catalog of a real or local workspace: read over REST, written in SQL because REST cannot."""

    def __init__(self, client: WorkspaceClient, warehouse: Callable[[], Warehouse]) -> None:
        self._client = client
        self._warehouse = warehouse

    def read(self, full_name: str) -> TableText | None:
        """All comments of a table, empty where there is none; None when the table is not there."""
        try:
            table = self._client.tables.get(full_name)
        except NotFound:
            return None
        columns = {column.name or "": column.comment or "" for column in table.columns or []}
        return TableText(table.comment or "", columns)

    def run(self, statement: str) -> None:
        """Run a statement on the warehouse, which is looked up only now: reading needs none."""
        self._warehouse().run(statement)


class CommentReconciler:
    """Brings the comments of tables to what is wanted; doing it again writes nothing."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._catalog = catalog
        self._pause = pause
        self._clock = clock

    def reconcile(self, full_name: str, desired: TableText, wait_seconds: float = 0) -> Outcome:
        """Write what differs, read it back and compare.

        Args:
            full_name: ``catalog.schema.table``.
            desired: the wanted comments; see `problems` for what is allowed.
            wait_seconds: how long to wait for a table that is not there.

        Raises:
            CommentNotKeptError: a comment reads differently after it was written.
            StatementFailedError: a statement failed.
        """
        live = self._wait_for(full_name, wait_seconds)
        if live is None:
            return pending(desired)
        todo = plan(full_name, desired, live)
        if not todo.is_empty:
            self._write(todo)
            live = self._catalog.read(full_name)
            if live is None:
                return pending(desired)
            raise_on_difference(todo, live)
        written = len(todo.columns) + (todo.table is not None)
        return observed(desired.columns, live, written)

    def _wait_for(self, full_name: str, seconds: float) -> TableText | None:
        deadline = self._clock() + seconds
        pause = 0.2
        while (live := self._catalog.read(full_name)) is None and self._clock() < deadline:
            self._pause(min(pause, max(deadline - self._clock(), 0)))
            pause = min(pause * 2, LONGEST_PAUSE)
        return live

    def _write(self, todo: Plan) -> None:
        for statement in todo.statements():
            try:
                self._catalog.run(statement)
            except StatementFailedError as error:
                if error.condition != PARSE_ERROR or len(todo.columns) <= 1:
                    raise
                break
        else:
            return
        # A runtime before 16.3 takes one column at a time.
        for statement in todo.statements(columns_per_statement=1):
            self._catalog.run(statement)


def plan(full_name: str, desired: TableText, live: TableText) -> Plan:
    """What differs between ``desired`` and ``live``; unwanted columns of ``live`` do not count."""
    present = {name.casefold(): text for name, text in live.columns.items()}
    return Plan(
        full_name,
        None if desired.table == live.table else desired.table,
        {name: text for name, text in desired.columns.items() if present.get(name.casefold(), text) != text},
        tuple(sorted(name for name in desired.columns if name.casefold() not in present)),
    )


def observed(names: Iterable[str], live: TableText, written: int = 0) -> Outcome:
    """How the comments of the wanted columns ``names`` stand in the table that was read as ``live``."""
    wanted = sorted(set(names))
    present = {name.casefold(): text for name, text in live.columns.items()}
    found = {name: present[name.casefold()] for name in wanted if name.casefold() in present}
    missing = tuple(name for name in wanted if name not in found)
    return Outcome(State.PARTIAL if missing else State.READY, TableText(live.table, found), missing, written)


def pending(desired: TableText) -> Outcome:
    """The outcome for a table that is not there yet."""
    return Outcome(State.PENDING, TableText("", {}), tuple(sorted(desired.columns)), 0)


def raise_on_difference(written: Plan, live: TableText) -> None:
    """Nothing, when all that was written reads the same.

    Raises:
        CommentNotKeptError: naming the first table or column that does not.
    """
    present = {name.casefold(): text for name, text in live.columns.items()}
    pairs = [(f"column {name}", text, present.get(name.casefold())) for name, text in written.columns.items()]
    if written.table is not None:
        pairs.insert(0, ("the table", written.table, live.table))
    for thing, text, found in pairs:
        if text != found:
            raise CommentNotKeptError(
                f"{written.full_name}: the comment of {thing} was written as {text!r} but reads {found!r}; "
                "something else writes comments there, or the workspace changes texts"
            )


def normalise(text: str) -> str:
    """``text`` without white space at its ends and with one kind of line end, as it is stored."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def problems(full_name: str, desired: TableText) -> list[tuple[str, str]]:
    """What the service would refuse or cut off, as pairs of the thing and the reason."""
    found = []
    parts = full_name.split(".")
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - catalog, schema, table
        found.append(("full_name", f"'{full_name}' is not a full table name; give catalog.schema.table"))
    texts = {"the table": desired.table} | {f"column {name}": text for name, text in desired.columns.items()}
    for thing, text in texts.items():
        if not text:
            found.append((thing, "the comment is empty; give a text or leave it out"))
        elif len(text) > LONGEST_COMMENT:
            found.append(
                (thing, f"the comment has {len(text)} characters; at most {LONGEST_COMMENT} are kept")
            )
        elif "\0" in text:
            found.append((thing, "the comment holds a NUL character; remove it"))
    return found


def quoted(full_name: str) -> str:
    """``catalog.schema.table`` with each part in backticks."""
    return ".".join(quote_identifier(part) for part in full_name.split("."))
