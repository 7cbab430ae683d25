"""Genie spaces: kept and shown, not asked."""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING, Any

from local_workspace.errors import ChangedMeanwhileError, InvalidParameterError, NotFoundError
from local_workspace.names import TableName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local_workspace.catalog import Catalog
    from local_workspace.clock import Clock
    from local_workspace.store import Document, Store

VERSION = 2
_RENAMED = {
    "get_example_values": "enable_format_assistance",
    "build_value_dictionary": "enable_entity_matching",
}
"""Fields of a column in version 1, and what they are called in version 2."""
_TEXT_LISTS = ("question", "content", "sql")
_ID = re.compile(r"[0-9a-f]{32}")


class GenieSpaces:
    """Makes, changes, shows and trashes spaces."""

    def __init__(self, store: Store, catalog: Catalog, clock: Clock) -> None:
        self._store = store
        self._catalog = catalog
        self._clock = clock

    def all(self) -> list[Document]:
        """Every space by title, without its content."""
        found = [_shown(record, content=False) for _, record in self._store.all("genie_space")]
        return sorted(found, key=lambda space: (space["title"], space["space_id"]))

    def create(self, body: Document) -> Document:
        """Make a space.

        Args:
            body: `warehouse_id`, `serialized_space`, perhaps `title`, `description` and `parent_path`.

        Raises:
            InvalidParameterError: the content is none of a space, or names a table that is not there.
        """
        now = self._now()
        record = {
            "title": "New space",
            **body,
            "space_id": uuid.uuid4().hex,
            "serialized_space": self._version_2(body["serialized_space"]),
            "etag": uuid.uuid4().hex,
            "create_time": now,
            "update_time": now,
        }
        self._put(record)
        return _shown(record)

    def get(self, space_id: str, *, content: bool = False) -> Document:
        """A space; its `serialized_space` and `etag` only with `content`.

        Raises:
            NotFoundError: it is not there, or in the trash.
        """
        return _shown(self._record(space_id), content=content)

    def update(self, space_id: str, changes: Document) -> Document:
        """Write new values over a space; a new `serialized_space` replaces the old one as a whole.

        Raises:
            NotFoundError: it is not there.
            ChangedMeanwhileError: an `etag` is of an older state.
            InvalidParameterError: as for `create`.
        """
        with self._store.transaction():
            record = self._record(space_id)
            if changes.get("etag") not in {None, "", record["etag"]}:
                raise ChangedMeanwhileError(
                    f"Space {space_id} has changed: its etag is '{record['etag']}', not '{changes['etag']}'; "
                    "read it again"
                )
            record |= {field: value for field, value in changes.items() if value is not None}
            if changes.get("serialized_space") is not None:
                record["serialized_space"] = self._version_2(changes["serialized_space"])
            record |= {"etag": uuid.uuid4().hex, "update_time": self._now()}
            self._put(record)
        return _shown(record)

    def trash(self, space_id: str) -> None:
        """Put a space into the trash, where nothing here finds it.

        Raises:
            NotFoundError: it is not there.
        """
        if not self._store.delete("genie_space", space_id):
            raise _missing(space_id)

    def read_by_genie(self, space_id: str) -> list[Document]:
        """The comments that Genie would read: `identifier`, `comment` and comments of `columns` of each table.

        A table that has gone since has none.

        Raises:
            NotFoundError: the space is not there.
        """
        content = json.loads(self._record(space_id)["serialized_space"])
        return [self._comments(entry["identifier"]) for entry in _tables(content)]

    def _comments(self, identifier: str) -> Document:
        name = TableName.parse(identifier)
        if not self._catalog.exists(name):
            return {"identifier": identifier, "comment": None, "columns": {}}
        table = self._catalog.table(name)
        columns = {column["name"]: column.get("comment") for column in table["columns"]}
        return {"identifier": identifier, "comment": table.get("comment"), "columns": columns}

    def _version_2(self, text: str) -> str:
        """The content as the service keeps it: checked, in version 2."""
        try:
            content = json.loads(text)
        except ValueError as error:
            raise InvalidParameterError(f"serialized_space: is not JSON: {error}") from error
        if not isinstance(content, dict):
            raise InvalidParameterError("serialized_space: must be a JSON object")
        if content.get("version") not in {1, VERSION}:
            raise InvalidParameterError(
                f"serialized_space: version {content.get('version')!r} is not known; expected 1 or {VERSION}"
            )
        for entry in _entries(content):
            _check(entry)
        for table in _tables(content):
            self._check_table(str(table.get("identifier")))
            for column in table.get("column_configs", []):
                for old, new in _RENAMED.items():
                    if old in column:
                        column[new] = column.pop(old)
        return json.dumps({**content, "version": VERSION}, ensure_ascii=False)

    def _check_table(self, identifier: str) -> None:
        try:
            name = TableName.parse(identifier)
        except ValueError as error:
            raise InvalidParameterError(f"serialized_space: {error}") from error
        if not self._catalog.exists(name):
            raise InvalidParameterError(f"serialized_space: table '{identifier}' does not exist")

    def _record(self, space_id: str) -> Document:
        record = self._store.get("genie_space", space_id)
        if record is None:
            raise _missing(space_id)
        return record

    def _put(self, record: Document) -> None:
        self._store.put("genie_space", record["space_id"], record)

    def _now(self) -> str:
        return self._clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _missing(space_id: str) -> NotFoundError:
    return NotFoundError(f"Unable to find space [{space_id}].")


def _tables(content: Document) -> list[Document]:
    sources = content.get("data_sources") or {}
    tables = sources.get("tables", []) if isinstance(sources, dict) else None
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InvalidParameterError("serialized_space: 'data_sources.tables' must be a list of objects")
    return tables


def _entries(value: Any) -> Iterator[Document]:  # noqa: ANN401 - JSON holds any value
    """Every object with an id, wherever it is."""
    if isinstance(value, dict):
        if "id" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _entries(one)


def _check(entry: Document) -> None:
    if not _ID.fullmatch(str(entry["id"])):
        raise InvalidParameterError(
            f"serialized_space: id '{entry['id']}' is not allowed; expected 32 hexadecimal digits in lower case"
        )
    for field in _TEXT_LISTS:
        if field in entry and not isinstance(entry[field], list):
            raise InvalidParameterError(f"Expected an array for {field}")


def _shown(record: Document, *, content: bool = True) -> Document:
    hidden = set() if content else {"serialized_space", "etag"}
    return {field: value for field, value in record.items() if field not in hidden}
