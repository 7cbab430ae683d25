"""The workspace's control state: JSON documents in SQLite that survive a kill at any moment.

Knows nothing of HTTP. A document is found by its kind (`monitor`, `schema`, `grant` …) and its key. What a
method has returned from is on disk: the database runs in WAL mode with full synchronisation.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Document = dict[str, Any]

_GREATEST = "\U0010ffff"
"""The character that is sorted behind all others."""

_FOUND_BY: Final = ("next_fire", "output", "table")
"""Fields of documents that have an index: what is asked of them does not take longer with the number of documents."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class Store:
    """Documents by kind and key, and a few facts of the workspace."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        indexes = "".join(
            f"CREATE INDEX IF NOT EXISTS document_{field} ON document (kind, {_value(field)}) WHERE {_value(field)} IS NOT NULL;"
            for field in _FOUND_BY
        )
        self._database.executescript(f"BEGIN; {_SCHEMA} {indexes} COMMIT;")

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes inside happen or none does; other threads wait. May be nested."""
        with self._lock:
            if self._database.in_transaction:
                yield
                return
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def get(self, kind: str, key: str) -> Document | None:
        """The document, or None."""
        with self._lock:
            row = self._database.execute(
                "SELECT body FROM document WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return None if row is None else _document(row[0])

    def put(self, kind: str, key: str, body: Document) -> None:
        """Write the document, in place of an older one."""
        with self.transaction():
            self._database.execute(
                "INSERT INTO document VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = "
                "excluded.body",
                (kind, key, json.dumps(body, ensure_ascii=False)),
            )

    def delete(self, kind: str, key: str) -> bool:
        """Remove the document; False when there was none."""
        with self.transaction():
            removed = self._database.execute("DELETE FROM document WHERE kind = ? AND key = ?", (kind, key))
            return removed.rowcount > 0

    def delete_all(self, *kinds: str) -> None:
        """Remove every document of these kinds."""
        with self.transaction():
            for kind in kinds:
                self._database.execute("DELETE FROM document WHERE kind = ?", (kind,))

    def all(self, kind: str, prefix: str = "") -> list[tuple[str, Document]]:
        """Documents of a kind whose key starts with `prefix`, in the order of their keys."""
        return self._rows(
            # The key is compared as a whole too, for which there is an index.
            "WHERE kind = ? AND key >= ? AND key <= ? AND substr(key, 1, ?) = ? ORDER BY key",
            kind,
            prefix,
            prefix + _GREATEST * 8,
            len(prefix),
            prefix,
        )

    def with_field(self, kind: str, field: str, value: str) -> list[tuple[str, Document]]:
        """Documents of a kind with a text in a field, which is one of those with an index, in the order of their keys."""
        return self._rows(f"{_found_by(field)} = ? ORDER BY key", kind, value)

    def up_to(self, kind: str, field: str, most: float) -> list[tuple[str, Document]]:
        """Documents of a kind with at most this number in a field, which is one of those with an index, by their keys."""
        return self._rows(f"{_found_by(field)} <= ? ORDER BY key", kind, most)

    def least(self, kind: str, field: str) -> float | None:
        """The least number that a document of a kind has in a field, which is one of those with an index."""
        first = self._rows(f"{_found_by(field)} IS NOT NULL ORDER BY {_value(field)} LIMIT 1", kind)
        return float(first[0][1][field]) if first else None

    def _rows(self, condition: str, *values: object) -> list[tuple[str, Document]]:
        with self._lock:
            rows = self._database.execute(f"SELECT key, body FROM document {condition}", values).fetchall()
        return [(key, _document(body)) for key, body in rows]

    def fact(self, name: str, default: str) -> str:
        """A fact that never changes once read: `default` is kept on the first call."""
        with self._lock:
            row = self._database.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        if row is not None:
            return str(row[0])
        with self.transaction():
            self._database.execute("INSERT OR IGNORE INTO fact VALUES (?, ?)", (name, default))
            return str(self._database.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()[0])

    def set_fact(self, name: str, value: str) -> None:
        """Change a fact."""
        with self.transaction():
            self._database.execute(
                "INSERT INTO fact VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    def next_number(self, sequence: str) -> int:
        """1, 2, 3 … for each name of a sequence, across restarts."""
        with self.transaction():
            number = int(self.fact(f"sequence:{sequence}", "0")) + 1
            self.set_fact(f"sequence:{sequence}", str(number))
            return number

    @property
    def workspace_id(self) -> int:
        """The number that clients know the workspace by; made once."""
        return int(self.fact("workspace_id", str(uuid.uuid4().int % 10**15 + 10**15)))

    @property
    def metastore_id(self) -> str:
        """UUID of the metastore; made once."""
        return self.fact("metastore_id", str(uuid.uuid4()))


def _found_by(field: str) -> str:
    """SQL that chooses documents of a kind by a field with an index, up to the comparison."""
    if field not in _FOUND_BY:
        raise ValueError(f"documents are not found by '{field}', but by {', '.join(_FOUND_BY)}")
    return f"INDEXED BY document_{field} WHERE kind = ? AND {_value(field)} IS NOT NULL AND {_value(field)}"


def _value(field: str) -> str:
    """SQL of a field's value; a text that is no JSON to SQLite, as one with NaN, has none."""
    return f"CASE WHEN json_valid(body) THEN json_extract(body, '$.{field}') END"


def _document(body: str) -> Document:
    document: Document = json.loads(body)
    return document
