"""How many rows a refresh writes at most, as far as a domain's definition tells: the data decides how many of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from monitoring.gold import GOLD_TABLES
from monitoring.rules.expressions import ExpressionError, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitoring.domain import Domain

MOST_SLICE_VALUES: Final = 100
"""Values of a slicing expression that the service keeps, the most frequent ones (documented)."""
_TRUTH_VALUES: Final = 2

WINDOWS_A_DAY: Final = {
    "5 minutes": 288.0,
    "30 minutes": 48.0,
    "1 hour": 24.0,
    "1 day": 1.0,
    "1 week": 1 / 7,
    "2 weeks": 1 / 14,
    "3 weeks": 1 / 21,
    "4 weeks": 1 / 28,
    "1 month": 12 / 365,
    "1 year": 1 / 365,
}
"""Windows that begin in a day, by granularity; months and years on the average of 365 days."""


@dataclass(frozen=True)
class OutputRows:
    """The most rows that windows of one granularity have.

    Attributes:
        domain: name of the domain.
        granularity: as the monitor has it.
        columns: columns of the gold table; each has a row in each group, and so has the table as a whole.
        groups_a_window: the whole table, and the most values that each slice can have.
        rows_a_window: of the profile table, and of the drift table where a window lies directly before.
        windows_a_day: windows that begin in a day.
    """

    domain: str
    granularity: str
    columns: int
    groups_a_window: int
    rows_a_window: int
    windows_a_day: float

    @property
    def rows_a_day(self) -> int:
        """Of each of the two tables, for a day of data."""
        return round(self.rows_a_window * self.windows_a_day)


def output_rows(domains: Iterable[Domain]) -> Iterator[OutputRows]:
    """The bounds of each domain and granularity; domains whose gold table or granularity is unknown have none."""
    for domain in domains:
        table = GOLD_TABLES.get(domain.gold_table)
        if table is None:
            continue
        types = table.column_types
        groups = 1 + sum(
            _TRUTH_VALUES if _is_truth_value(text, types) else MOST_SLICE_VALUES for text in domain.slices
        )
        for granularity in domain.granularities:
            if granularity in WINDOWS_A_DAY:
                rows = (len(types) + 1) * groups
                yield OutputRows(
                    domain.name, granularity, len(types), groups, rows, WINDOWS_A_DAY[granularity]
                )


def _is_truth_value(text: str, types: dict[str, str]) -> bool:
    """Whether a slicing expression is true or false."""
    try:
        tree = parse(text).unnest()
    except ExpressionError:
        return False
    if isinstance(tree, exp.Column):
        return types.get(tree.name) == "BOOLEAN"
    return isinstance(tree, exp.Predicate | exp.Connector | exp.Not)
