"""The real files, read without the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import duckdb
from sqlglot import exp

from local_workspace.names import quoted
from monitoring.metrics import Kind
from tests.local_workspace.real_data.expressions import as_moment, parsed

if TYPE_CHECKING:
    from pathlib import Path

    from monitoring.domain import Domain
    from tests.local_workspace.real_data.expressions import Row

_DATES: Final = ("DATE", "TIMESTAMP")


@dataclass(frozen=True)
class SourceFile:
    """A parquet file for a domain's gold table."""

    file: Path
    domain: Domain

    @property
    def relation(self) -> str:
        """DuckDB SQL that reads it."""
        return f"read_parquet('{self.file}')"

    @property
    def types(self) -> dict[str, str]:
        """DuckDB type by column."""
        return {name: kind for name, kind, *_ in _answer(f"DESCRIBE SELECT * FROM {self.relation}")}

    @property
    def dates(self) -> list[str]:
        """Columns that hold moments."""
        return [name for name, kind in self.types.items() if kind in _DATES]

    def first(self) -> datetime:
        """The moment of its first row."""
        return self._moment(f"min({quoted(self.domain.timestamp_column)})")

    def weeks_to(self, now: datetime) -> int:
        """By how many whole weeks its newest moment of any column lies before the last week before `now`."""
        newest = max(self._moment(f"max({quoted(name)})") for name in self.dates)
        return (now - newest) // timedelta(weeks=1)

    def used_columns(self) -> list[str]:
        """The columns that the domain's windows, slices and aggregates read."""
        texts = [metric.definition for metric in self.domain.metrics if metric.kind is Kind.AGGREGATE]
        texts += [self.domain.timestamp_column, *self.domain.slices]
        return sorted({column.name for text in texts for column in parsed(text).find_all(exp.Column)})

    def rows(self, weeks: int) -> list[Row]:
        """The values of the used columns, dates moved by so many weeks."""
        names = self.used_columns()
        moved = [name in self.dates for name in names]
        found = _answer(f"SELECT {', '.join(quoted(name) for name in names)} FROM {self.relation}")
        if not weeks:
            return list(found)
        by = timedelta(weeks=weeks)
        return [
            tuple(
                value + by if is_date and value is not None else value
                for value, is_date in zip(row, moved, strict=True)
            )
            for row in found
        ]

    def _moment(self, what: str) -> datetime:
        value: date = _answer(f"SELECT {what} FROM {self.relation}")[0][0]
        moment = as_moment(value)
        assert moment is not None
        return moment.replace(tzinfo=UTC)


def _answer(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(query).fetchall()
