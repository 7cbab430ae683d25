"""The data file: one DuckDB database in which each `catalog.schema` is a schema of that name.

Opened once, then closed to everything outside: no statement can reach files, the network or extensions, or
change a setting but the two limits of `limit` and the number of threads. Files come in only through the folder `incoming`, into which `loader.py` copies them.
"""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb

from local_workspace.engine.dialect import MACROS, RUNTIME_SETTINGS
from local_workspace.engine.planning import CHANGED_SETTING
from local_workspace.engine.progress import create_state
from local_workspace.engine.stored_columns import stored_columns
from local_workspace.errors import ExhaustedError, InvalidParameterError
from local_workspace.limits import bytes_of_disk, bytes_of_memory
from local_workspace.names import SchemaName, TableName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPILL_FOLDER: Final = "spill"
"""Folder, in the state folder, for what does not fit into memory."""

_MANY_TABLES: Final = (
    "SET GLOBAL checkpoint_threshold = '256 MB'",
    "SET GLOBAL catalog_error_max_schemas = 0",
)
"""DuckDB settings that keep refreshes fast when there are thousands of small tables: see `docs/decisions/many-tables.md`."""


class DataFileBusyError(Exception):
    """Another process has the data file open."""


@dataclass(frozen=True)
class StoredColumn:
    """A column as the data file holds it: DuckDB type text, comment, position from 0."""

    name: str
    type: str
    comment: str | None
    position: int
    nullable: bool


@dataclass(frozen=True)
class StoredTable:
    """A table or view as the data file holds it; `view_sql` is None for a table."""

    name: TableName
    comment: str | None
    view_sql: str | None


class Data:
    """Opens the data file, gives cursors and looks at what is there."""

    def __init__(self, folder: Path) -> None:
        path = folder / "data.duckdb"
        self._folder = folder
        self.incoming = folder / "incoming"
        self.incoming.mkdir(exist_ok=True)
        try:
            self._database = duckdb.connect(str(path))
        except duckdb.IOException as error:
            raise DataFileBusyError(
                f"{path} is open in another process; stop the workspace that uses it "
                f"(python -m local_workspace stop --state {folder}) or choose another --state folder"
            ) from error
        remove_spilled(folder)
        self._memory = "80%"
        """What `limit` allows; until it is called, DuckDB's own limit."""
        self.defining = threading.RLock()
        """Held while schemas and tables are made, changed or dropped: each sees what the last one left."""
        create_state(self._database)
        for statement in (*_MANY_TABLES, *RUNTIME_SETTINGS, *MACROS, *_sandbox(folder, self.incoming)):
            self._database.execute(statement)

    def close(self) -> None:
        """Write everything down and release the file."""
        self._database.close()
        remove_spilled(self._folder)

    def limit(self, memory: str, spill: str) -> None:
        """Bound the memory that is taken, and the disk space for what does not fit into it.

        Args:
            memory: such as `4 GB`, or `50%` of the machine's.
            spill: such as `20 GB`, or `50%` of what is free.

        Raises:
            InvalidParameterError: more is taken already.
        """
        size = bytes_of_disk(spill, self._folder)
        with self.cursor() as cursor:
            try:
                cursor.execute(f"SET GLOBAL max_temp_directory_size = '{size}B'")
                cursor.execute(f"SET GLOBAL memory_limit = '{memory}'")
                self._memory = memory
            except duckdb.Error as error:
                reason = str(error).split("\n", 1)[0]
                raise InvalidParameterError(
                    f"memory_limit: '{memory}' cannot be set while more is in use ({reason}); try again when no refresh runs"
                ) from error

    @contextmanager
    def within(self, size: int) -> Iterator[bool]:
        """Bound the memory to fewer bytes than `limit` allows while the block runs, one at a time; says whether it does.

        It does not where `limit` allows no more, or where more is in use already.
        """
        is_less = size < self.memory_limit
        if is_less:
            with self.cursor() as cursor:
                try:
                    cursor.execute(f"SET GLOBAL memory_limit = '{size}B'")
                except duckdb.Error:
                    is_less = False
        try:
            yield is_less
        finally:
            if is_less:
                with self.cursor() as cursor:
                    cursor.execute(f"SET GLOBAL memory_limit = '{self._memory}'")

    @property
    def memory_limit(self) -> int:
        """Bytes of memory that are taken at most."""
        return bytes_of_memory(self._rows("SELECT current_setting('memory_limit')")[0][0])

    @property
    def threads(self) -> int:
        """Threads that a statement is carried out by at most; as many as there are cores unless it was set."""
        return int(self._rows("SELECT current_setting('threads')")[0][0])

    @threads.setter
    def threads(self, number: int) -> None:
        with self.cursor() as cursor:
            cursor.execute(f"SET GLOBAL threads = {number}")

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of its own for one piece of work."""
        cursor = self._database.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor whose changes happen together or not at all."""
        with self.cursor() as cursor:
            cursor.begin()
            try:
                yield cursor
            except BaseException:
                cursor.rollback()
                raise
            cursor.commit()

    def schema_exists(self, name: SchemaName) -> bool:
        """Whether the schema is there."""
        return bool(self._rows("SELECT 1 FROM duckdb_schemas() WHERE schema_name = ?", str(name)))

    def schemas(self, catalog: str) -> list[SchemaName]:
        """Schemas of a catalog, by name."""
        rows = self._rows(
            "SELECT schema_name FROM duckdb_schemas() WHERE starts_with(schema_name, ?) "
            "AND database_name = current_database() ORDER BY 1",
            f"{catalog}.",
        )
        return [SchemaName.parse(row[0]) for row in rows]

    def tables(self, schema: SchemaName) -> list[StoredTable]:
        """Tables and views of a schema, by name."""
        rows = self._rows(
            "SELECT table_name, comment, NULL FROM duckdb_tables() WHERE schema_name = $1 UNION ALL "
            "SELECT view_name, comment, sql FROM duckdb_views() WHERE schema_name = $1 ORDER BY 1",
            str(schema),
        )
        return [StoredTable(TableName(schema.catalog, schema.schema, row[0]), row[1], row[2]) for row in rows]

    def table(self, name: TableName) -> StoredTable | None:
        """The table or view, or None."""
        key = str(name.in_schema), name.table
        rows = self._rows(
            "SELECT comment, NULL FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", *key
        ) or self._rows(
            "SELECT comment, sql FROM duckdb_views() WHERE schema_name = ? AND view_name = ?", *key
        )
        return StoredTable(name, *rows[0]) if rows else None

    def exists(self, name: TableName) -> bool:
        """Whether a table or view of that name is there."""
        return bool(self.column_types(name))

    def column_types(self, name: TableName) -> dict[str, str]:
        """DuckDB type text by column of a table or view in order; empty when it is not there.

        Takes the same however many tables there are, other than `table` and `columns`, which look for comments.
        """
        with _answered(), self.cursor() as cursor:
            return stored_columns(cursor, str(name.in_schema), name.table)

    def count_rows(self, name: TableName) -> int | None:
        """Rows of a table, which it knows without reading them; None for a view and for what is not there."""
        with _answered(), self.cursor() as cursor:
            try:
                found = cursor.execute(f"SELECT count(*) FROM (SELECT rowid FROM {name.relation})").fetchone()
            except (duckdb.BinderException, duckdb.CatalogException):  # a view numbers no rows
                return None
            return None if found is None else int(found[0])

    def columns(self, name: TableName) -> list[StoredColumn]:
        """Columns of a table or view in order; empty when it is not there."""
        rows = self._rows(
            "SELECT column_name, data_type, comment, column_index, is_nullable FROM duckdb_columns() "
            "WHERE schema_name = ? AND table_name = ? ORDER BY column_index",
            str(name.in_schema),
            name.table,
        )
        return [StoredColumn(row[0], row[1], row[2], row[3] - 1, row[4]) for row in rows]

    def _rows(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        with _answered(), self.cursor() as cursor:
            return list(cursor.execute(statement, list(values)).fetchall())


@contextmanager
def _answered() -> Iterator[None]:
    """Say in words when there is not even the memory to look at what is there."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise ExhaustedError(
            "a refresh or a statement takes all the memory that the switch memory_limit allows; "
            "repeat the request, or raise the switch"
        ) from error


def remove_spilled(folder: Path) -> None:
    """Remove what a process that was killed had put on disk for want of memory."""
    shutil.rmtree(folder / SPILL_FOLDER, ignore_errors=True)


def _sandbox(folder: Path, incoming: Path) -> tuple[str, ...]:
    def text(path: Path) -> str:
        return "'" + str(path.resolve()).replace("'", "''") + "'"

    return (
        f"SET temp_directory = {text(folder / SPILL_FOLDER)}",
        f"SET allowed_configs = ['memory_limit', 'max_temp_directory_size', 'threads', '{CHANGED_SETTING}']",
        f"SET allowed_directories = [{text(incoming)}]",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    )
