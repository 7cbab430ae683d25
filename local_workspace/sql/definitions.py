"""Parts that several statements share: columns and properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.dialect import UnsupportedSQLError
from local_workspace.engine.types import UnknownTypeError, parse_type
from local_workspace.sql.commands import ColumnDefinition

if TYPE_CHECKING:
    from local_workspace.sql.reader import Reader

_NOT_COLUMNS = ("CONSTRAINT", "PRIMARY", "FOREIGN")


def column_definition(reader: Reader) -> ColumnDefinition:
    """Take `name type [NOT NULL] [COMMENT '…']`."""
    for word in _NOT_COLUMNS:
        if reader.ahead(word):
            raise UnsupportedSQLError("constraints (PRIMARY KEY, FOREIGN KEY, CHECK) are not supported")
    name = reader.identifier()
    kind = reader.type_text()
    try:
        parse_type(kind)
    except UnknownTypeError as error:
        raise UnsupportedSQLError(
            f'[UNSUPPORTED_DATATYPE] Unsupported data type "{kind}" of column `{name}`. SQLSTATE: 0A000'
        ) from error
    nullable, comment = True, None
    while not any(reader.ahead(end) for end in (",", ")", ";")) and reader.next is not None:
        if reader.accept("NOT", "NULL"):
            nullable = False
        elif reader.accept("COMMENT"):
            comment = reader.string()
        else:
            raise UnsupportedSQLError(f"column {name}: {reader.identifier().upper()} is not supported")
    return ColumnDefinition(name, kind, nullable, comment)


def properties(reader: Reader) -> dict[str, str]:
    """Take `('key' = 'value', …)`."""
    return dict(reader.listed(lambda: (property_name(reader), _property_value(reader))))


def property_name(reader: Reader) -> str:
    """Take a property's name: a text or dotted words."""
    return reader.string() if reader.is_string() else ".".join(reader.name())


def _property_value(reader: Reader) -> str:
    reader.accept("=")
    return reader.value()
