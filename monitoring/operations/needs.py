"""What a monitor needs before it can be created, looked at without changing anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound
from sqlglot import exp

from monitoring.compile import check
from monitoring.rules.expressions import parse

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

    from monitoring.domain import Domain


class MonitorNotPossibleError(Exception):
    """A monitor cannot be as it is defined; the text says why."""


@dataclass(frozen=True)
class Needs:
    """What a monitor needs to work: right definitions, and columns of its gold table with their use."""

    problems: tuple[str, ...]
    columns: dict[str, str]

    @classmethod
    def of(cls, domain: Domain) -> Needs:
        """The needs of a domain's monitor; asks nobody."""
        problems = tuple(str(problem) for problem in check([domain]))
        columns = {domain.timestamp_column: "timestamp column"}
        for text in () if problems else domain.slices:
            columns |= {column.name: "slice" for column in parse(text).find_all(exp.Column)}
        return cls(problems, columns)

    def look_for(self, client: WorkspaceClient, table: str) -> None:
        """Nothing, when everything is there.

        Raises:
            MonitorNotPossibleError: naming every wrong definition, or the table or columns that are missing.
            DatabricksError: the table cannot be looked at.
        """
        if self.problems:
            raise MonitorNotPossibleError("; ".join(self.problems))
        try:
            columns = client.tables.get(table).columns or []
        except NotFound as error:
            raise MonitorNotPossibleError(f"the gold table {table} is not there ({error})") from error
        known = {(column.name or "").casefold() for column in columns}
        missing = [f"{name} ({use})" for name, use in self.columns.items() if name.casefold() not in known]
        if missing:
            raise MonitorNotPossibleError(f"{table} lacks columns: {', '.join(missing)}")
