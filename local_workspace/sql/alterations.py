"""Reads what follows `ALTER TABLE name`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.dialect import UnsupportedSQLError
from local_workspace.sql import commands
from local_workspace.sql.definitions import column_definition, properties, property_name

if TYPE_CHECKING:
    from local_workspace.sql.reader import Reader


def alter_table(reader: Reader) -> commands.Alteration:  # noqa: PLR0911 - one case per kind of change
    """The one change of an ALTER TABLE statement."""
    if reader.accept("ADD"):
        return _add_columns(reader)
    if reader.accept("DROP"):
        return _drop_columns(reader)
    if reader.accept("RENAME", "COLUMN"):
        old = reader.identifier()
        reader.expect("TO")
        return commands.RenameColumn(old, reader.identifier())
    if reader.accept("RENAME", "TO"):
        return commands.RenameTable(reader.name())
    if reader.accept("ALTER") or reader.accept("CHANGE"):
        reader.accept("COLUMN")
        return _alter_columns(reader)
    if reader.accept("SET", "TBLPROPERTIES"):
        return commands.SetProperties(properties(reader))
    if reader.accept("UNSET", "TBLPROPERTIES"):
        if_exists = reader.accept("IF", "EXISTS")
        return commands.UnsetProperties(reader.listed(lambda: property_name(reader)), if_exists)
    if reader.accept("SET", "OWNER", "TO") or reader.accept("OWNER", "TO"):
        return commands.SetOwner(reader.identifier())
    if reader.accept("CLUSTER", "BY"):
        none = reader.accept("NONE") or reader.accept("AUTO")
        return commands.ClusterBy(() if none else reader.listed(reader.identifier))
    raise UnsupportedSQLError(f"ALTER TABLE … {reader.rest().split()[0].upper()} is not supported")


def _add_columns(reader: Reader) -> commands.AddColumns:
    if not (reader.accept("COLUMN") or reader.accept("COLUMNS")):
        raise UnsupportedSQLError("ALTER TABLE … ADD of anything but columns is not supported")
    if reader.ahead("("):
        return commands.AddColumns(reader.listed(lambda: column_definition(reader)))
    return commands.AddColumns(reader.commas(lambda: column_definition(reader)))


def _drop_columns(reader: Reader) -> commands.DropColumns:
    if not (reader.accept("COLUMN") or reader.accept("COLUMNS")):
        raise UnsupportedSQLError("ALTER TABLE … DROP of anything but columns is not supported")
    if_exists = reader.accept("IF", "EXISTS")
    listed = reader.ahead("(")
    names = reader.listed(reader.identifier) if listed else reader.commas(reader.identifier)
    return commands.DropColumns(names, if_exists)


def _alter_columns(reader: Reader) -> commands.CommentColumns | commands.RequireValues:
    column = reader.identifier()
    if reader.accept("SET", "NOT", "NULL"):
        return commands.RequireValues(column, required=True)
    if reader.accept("DROP", "NOT", "NULL"):
        return commands.RequireValues(column, required=False)
    comments = [(column, _comment(reader))]
    while reader.accept(","):
        comments.append((reader.identifier(), _comment(reader)))
    return commands.CommentColumns(tuple(comments))


def _comment(reader: Reader) -> str:
    if not reader.accept("COMMENT"):
        raise UnsupportedSQLError(
            "ALTER COLUMN with anything but COMMENT, SET NOT NULL and DROP NOT NULL is not supported"
        )
    return reader.string()
