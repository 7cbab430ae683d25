"""What a statement asks for, once it is read. Names are as written: one to three parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

Name = tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """SELECT, WITH, VALUES: translated as a whole."""

    sql: str


@dataclass(frozen=True)
class ColumnDefinition:
    """A column in CREATE TABLE or ADD COLUMNS."""

    name: str
    type: str
    nullable: bool = True
    comment: str | None = None


@dataclass(frozen=True)
class CreateSchema:
    """CREATE SCHEMA."""

    name: Name
    if_not_exists: bool
    comment: str | None = None
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CreateTable:
    """CREATE TABLE, with columns or with a query."""

    name: Name
    columns: tuple[ColumnDefinition, ...]
    query: str | None
    if_not_exists: bool
    or_replace: bool
    comment: str | None
    properties: dict[str, str]
    clustering: tuple[str, ...]
    partitioning: tuple[str, ...]


@dataclass(frozen=True)
class CreateView:
    """CREATE VIEW; `columns` are (name, comment), empty when the query names them."""

    name: Name
    columns: tuple[tuple[str, str | None], ...]
    query: str
    if_not_exists: bool
    or_replace: bool
    comment: str | None
    properties: dict[str, str]


@dataclass(frozen=True)
class DropSchema:
    """DROP SCHEMA."""

    name: Name
    if_exists: bool
    cascade: bool


@dataclass(frozen=True)
class DropTable:
    """DROP TABLE and DROP VIEW."""

    name: Name
    if_exists: bool
    view: bool


@dataclass(frozen=True)
class CommentOn:
    """COMMENT ON; `kind` is CATALOG, SCHEMA, TABLE or COLUMN; no text removes the comment."""

    kind: str
    name: Name
    text: str | None


@dataclass(frozen=True)
class AddColumns:
    """ALTER TABLE … ADD COLUMNS."""

    columns: tuple[ColumnDefinition, ...]


@dataclass(frozen=True)
class DropColumns:
    """ALTER TABLE … DROP COLUMNS."""

    names: tuple[str, ...]
    if_exists: bool


@dataclass(frozen=True)
class RenameColumn:
    """ALTER TABLE … RENAME COLUMN."""

    old: str
    new: str


@dataclass(frozen=True)
class RenameTable:
    """ALTER TABLE … RENAME TO."""

    new: Name


@dataclass(frozen=True)
class CommentColumns:
    """ALTER TABLE … ALTER COLUMN a COMMENT '…', b COMMENT '…'."""

    comments: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RequireValues:
    """ALTER TABLE … ALTER COLUMN … SET NOT NULL or DROP NOT NULL."""

    column: str
    required: bool


@dataclass(frozen=True)
class SetProperties:
    """ALTER TABLE … SET TBLPROPERTIES."""

    properties: dict[str, str]


@dataclass(frozen=True)
class UnsetProperties:
    """ALTER TABLE … UNSET TBLPROPERTIES."""

    names: tuple[str, ...]
    if_exists: bool


@dataclass(frozen=True)
class SetOwner:
    """ALTER TABLE … OWNER TO."""

    owner: str


@dataclass(frozen=True)
class ClusterBy:
    """ALTER TABLE … CLUSTER BY."""

    columns: tuple[str, ...]


Alteration = (
    AddColumns
    | DropColumns
    | RenameColumn
    | RenameTable
    | CommentColumns
    | RequireValues
    | SetProperties
    | UnsetProperties
    | SetOwner
    | ClusterBy
)


@dataclass(frozen=True)
class AlterTable:
    """ALTER TABLE with one change."""

    name: Name
    change: Alteration


@dataclass(frozen=True)
class Insert:
    """INSERT INTO and INSERT OVERWRITE; no columns means all, in order.

    `replaced` is the condition of REPLACE WHERE: rows for which it is true are replaced by those of the query.
    """

    name: Name
    columns: tuple[str, ...]
    query: str
    overwrite: bool
    replaced: str | None = None


@dataclass(frozen=True)
class Delete:
    """DELETE FROM."""

    name: Name
    condition: str | None


@dataclass(frozen=True)
class Update:
    """UPDATE … SET column = expression."""

    name: Name
    values: tuple[tuple[str, str], ...]
    condition: str | None


class MergeAction(StrEnum):
    """What a clause of MERGE does with a row."""

    DELETE = "DELETE"
    INSERT = "INSERT"
    UPDATE = "UPDATE"


@dataclass(frozen=True)
class MergeClause:
    """WHEN [NOT] MATCHED [AND condition] THEN …; no values means all columns, by name."""

    action: MergeAction
    condition: str | None
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Merge:
    """MERGE INTO … USING … ON …; the clauses of matched and of other rows are tried in order."""

    name: Name
    alias: str
    source: str
    """A query."""
    source_alias: str
    condition: str
    clauses: tuple[MergeClause, ...]


@dataclass(frozen=True)
class Truncate:
    """TRUNCATE TABLE."""

    name: Name


@dataclass(frozen=True)
class Show:
    """SHOW CATALOGS, SCHEMAS, TABLES, VIEWS, COLUMNS or TBLPROPERTIES; `pattern` as in LIKE of SHOW."""

    what: str
    within: Name = ()
    pattern: str | None = None


@dataclass(frozen=True)
class Describe:
    """DESCRIBE TABLE and its EXTENDED and DETAIL forms."""

    name: Name
    extended: bool = False
    detail: bool = False


Command = (
    Query
    | CreateSchema
    | CreateTable
    | CreateView
    | DropSchema
    | DropTable
    | CommentOn
    | AlterTable
    | Insert
    | Delete
    | Update
    | Merge
    | Truncate
    | Show
    | Describe
)
