"""Changes the rows of a table by those of a query: MERGE."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.engine.dialect import (
    AnalysisError,
    Parameter,
    bind,
    parse_expression,
    to_duckdb_sql,
    translate,
)
from local_workspace.engine.dialect_errors import unknown_column
from local_workspace.engine.progress import record_rewrite
from local_workspace.engine.types import BIGINT
from local_workspace.names import quoted
from local_workspace.sql.cells import Rows
from local_workspace.sql.commands import MergeAction
from local_workspace.sql.queries import translated
from local_workspace.sql.rows import existing_table

if TYPE_CHECKING:
    from local_workspace.sql import commands
    from local_workspace.sql.session import Session

_COUNTED = (MergeAction.UPDATE, MergeAction.DELETE, MergeAction.INSERT)


def merge(session: Session, command: commands.Merge, parameters: tuple[Parameter, ...]) -> Rows:
    """MERGE; a row of the table may be met by one row of the source only."""
    table = existing_table(session, command.name)
    query = translated(session, command.source, parameters)
    types = session.catalog.databricks_columns(table)
    given = {name: kind.text for name, kind in query.columns}
    merging = _Merging(command, types, given, parameters)
    target = f"{table.relation} AS {quoted(command.alias)}"
    source = f"({query.sql}) AS {quoted(command.source_alias)}"
    condition = merging.expression(f"({command.condition})")
    clauses = " ".join(merging.clause(clause) for clause in command.clauses)
    with session.data.transaction() as cursor:
        row = f"{quoted(command.alias)}.rowid"
        met_twice = (
            f"SELECT 1 FROM {target} JOIN {source} ON {condition} GROUP BY {row} HAVING count(*) > 1 LIMIT 1"
        )
        if cursor.execute(met_twice).fetchall():
            raise AnalysisError(
                "[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE] Cannot perform Merge as multiple source "
                "rows matched and attempted to modify the same target row in the Delta table in possibly "
                "conflicting ways. SQLSTATE: 21506"
            )
        record_rewrite(cursor, table)
        cursor.execute(f"MERGE INTO {target} USING {source} ON {condition} {clauses} RETURNING merge_action")
        done = Counter(action for (action,) in cursor.fetchall())
    session.catalog.touch(table)
    counts = {f"num_{action.lower().removesuffix('e')}ed_rows": done[action] for action in _COUNTED}
    named = {"num_affected_rows": sum(counts.values()), **counts}
    return Rows(tuple((name, BIGINT) for name in named), (tuple(str(count) for count in named.values()),))


@dataclass(frozen=True)
class _Merging:
    """Translates the parts of a MERGE, in which both sides can be named."""

    command: commands.Merge
    types: dict[str, str]
    given: dict[str, str]
    parameters: tuple[Parameter, ...]

    def expression(self, sql: str, *, new_row: bool = False) -> str:
        """An expression over both sides, over the source alone for a row that is not in the table."""
        tables = {} if new_row else {self.command.alias: self.types}
        tables = {**tables, self.command.source_alias: self.given}
        return to_duckdb_sql(translate(bind(parse_expression(sql), self.parameters), tables))

    def clause(self, clause: commands.MergeClause) -> str:
        """WHEN … THEN …, all columns named."""
        inserts = clause.action is MergeAction.INSERT
        when = "WHEN NOT MATCHED" if inserts else "WHEN MATCHED"
        if clause.condition is not None:
            when += f" AND {self.expression(f'({clause.condition})', new_row=inserts)}"
        if clause.action is MergeAction.DELETE:
            return f"{when} THEN DELETE"
        written = [(self._known(column), value) for column, value in clause.values or self._all()]
        casts = [
            (quoted(column), self.expression(f"CAST(({value}) AS {self.types[column]})", new_row=inserts))
            for column, value in written
        ]
        if inserts:
            columns, values = (", ".join(side) for side in zip(*casts, strict=True))
            return f"{when} THEN INSERT ({columns}) VALUES ({values})"
        return f"{when} THEN UPDATE SET {', '.join(f'{column} = {value}' for column, value in casts)}"

    def _all(self) -> list[tuple[str, str]]:
        """The columns of the table with those of the source of the same name."""
        return [(column, f"`{self.command.source_alias}`.`{column}`") for column in self.types]

    def _known(self, column: str) -> str:
        by_lower = {name.lower(): name for name in self.types}
        if column.lower() not in by_lower:
            raise unknown_column([column], self.types)
        return by_lower[column.lower()]
