"""All aggregates of all columns and metrics, one wide row for each window, slice and model.

In each pass over the rows (for the whole table, for one or more slicing expressions) they are put into the finest groups;
those of each grouping, each kind of window, of all models together and of each alone are put together from them. What does not follow from finer groups is
computed beside it and joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.engine.cells import alone_query, cells_query, combined_query, direct_query
from local_workspace.engine.coercion import identifier
from local_workspace.engine.custom_metric import INPUT_COLUMN, MetricKind
from local_workspace.engine.decomposition import Decomposition, decomposed
from local_workspace.engine.described_columns import described_columns
from local_workspace.engine.failures import failing
from local_workspace.engine.metric_sql import metric_sql
from local_workspace.engine.model_quality import OWNER, quality_aggregates
from local_workspace.engine.ordered_statistics import Counted, OrderedStatistics, Wishes
from local_workspace.engine.passes import passes
from local_workspace.engine.selections import KEYS, Selection, selections
from local_workspace.engine.statement_cache import run
from local_workspace.engine.statistics import FREQUENT_ITEMS, Wanted
from local_workspace.engine.temporary import CELLS, GROUPS, NUMBER, ROWS, SOURCE, rows_made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    import duckdb

    from local_workspace.engine.categories import CountedColumn
    from local_workspace.engine.custom_metric import CustomMetric
    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.number_lists import Points
    from local_workspace.engine.source import Source
    from local_workspace.engine.switches import Switches

_Attempts = list[tuple[str, str]]
"""What is computed, and a query that computes it alone."""


@dataclass(frozen=True)
class _Aggregate:
    """An aggregate over a group's rows, and whose it is."""

    alias: str
    sql: str
    owner: str


class Groups:
    """The table of groups, made of the rows of a source.

    Attributes:
        source: where the rows are from.
        statistics: the columns that are described, in order.
        keys: names of the columns that tell groups apart.
        selections: the groupings; the first one's groups have every column.
        size: how many groups there are.
        passes: how often the rows were read for their aggregates.
        categories: how often each value of the columns occurs that are compared by them; by name.
    """

    keys = tuple(KEYS)

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        definition: MonitorDefinition,
        source: Source,
        *,
        switches: Switches,
        now: datetime,
    ) -> None:
        self.source = source
        self.statistics = described_columns(connection, definition, source, switches=switches, now=now)
        self.selections = tuple(selections(source, by_model=definition.inference is not None))
        self.size = self.passes = 0
        self.categories: dict[str, CountedColumn] = {}
        self._connection = connection
        self._switches = switches
        self._metrics = [
            _Aggregate(
                metric_alias(metric, name),
                metric_sql(metric, {**definition.template_columns, INPUT_COLUMN: name}, source.columns, now),
                f"custom metric '{metric.name}'",
            )
            for metric in definition.metrics(MetricKind.AGGREGATE)
            for name in metric.input_columns
        ]
        self._quality = [
            _Aggregate(name, sql, OWNER) for name, sql in quality_aggregates(definition, source).items()
        ]

    def compute(self, proceed: Callable[[], None]) -> None:
        """Fill the table; `proceed` is called between steps and may raise.

        Raises:
            RefreshFailed: a metric failed; the text names it.
        """
        parts = {is_whole: self._decomposition(is_whole=is_whole) for is_whole in (True, False)}
        ordered = OrderedStatistics(
            self._connection,
            {
                each: Wishes(
                    parts[each.is_whole].ordered,
                    self._points(is_whole=each.is_whole),
                    self._counted(is_whole=each.is_whole),
                )
                for each in self.selections
            },
            {each.value: each.number for each in self.statistics},
            place=self.source.place,
            size=self.source.size,
            linear=self._switches.quantile_method == "linear",
        )
        ordered.compute(proceed, lambda: self._alone(self.selections[0]))
        whole = self._wanted(is_whole=True)
        self.categories = {
            each.name: ordered.categories(each.text)
            for each in self.statistics
            if each.compares_categories(whole)
        }
        together = passes(self._connection, self.selections, place=self.source.place, size=self.source.size)
        for chosen in together:
            self.passes += 1
            proceed()
            # Slices have the same partials as the whole table, fewer of what does not follow from them.
            cells = cells_query(parts[chosen[0].is_whole].partials, chosen)
            is_one = len(chosen) == 1
            if not is_one:
                self._run(f"CREATE OR REPLACE TEMP TABLE {CELLS} AS {cells}", chosen[0])
            for selection in chosen:
                decomposition = parts[selection.is_whole]
                is_alone = is_one or self._is_alone(selection)
                combined = combined_query(
                    decomposition, selection, f"({cells})" if is_one else CELLS, is_alone=is_alone
                )
                is_first = selection is self.selections[0]
                made = (
                    f"CREATE OR REPLACE TEMP TABLE {GROUPS} AS"
                    if is_first
                    else f"INSERT INTO {GROUPS} BY NAME"
                )
                with ordered.relation(selection) as beside:
                    query = self._query(selection, decomposition, combined, beside)
                    self.size += self._run(f"{made} {query}", selection)
                proceed()
            if not self.source.size:
                return

    def stored(self, position: int) -> dict[str, str]:
        """What is kept of a column, at its position in `statistics`: name -> column of the table."""
        wanted = self._wanted(is_whole=True)
        every = self.statistics[position].finished(self._made(position, wanted))
        return {"rows": ROWS} | {name: _column(name, position) for name in every}

    def _wanted(self, *, is_whole: bool) -> Wanted:
        switches = self._switches
        return Wanted(
            quantiles=is_whole or switches.slice_quantiles,
            frequent_items=is_whole or switches.slice_frequent_items,
            distribution=is_whole or switches.slice_drift_tests,
        )

    def _decomposition(self, *, is_whole: bool) -> Decomposition:
        """What has to be computed of each group."""
        expressions = tuple((each.alias, each.sql) for each in self._aggregates(is_whole=is_whole))
        of_metrics = decomposed(expressions).ordered.values()
        irregular = self._irregular(each.value for each in of_metrics if each.share is not None)
        wanted = self._wanted(is_whole=is_whole)
        ordered = tuple(
            (_alias(name, position), each)
            for position, statistics in enumerate(self.statistics)
            for name, each in statistics.ordered(wanted).items()
        )
        return decomposed(expressions, ordered, irregular)

    def _points(self, *, is_whole: bool) -> dict[str, Points]:
        """The lists of numbers of each group."""
        wanted = self._wanted(is_whole=is_whole)
        return {
            _alias(name, position): each
            for position, statistics in enumerate(self.statistics)
            for name, each in statistics.points(wanted).items()
        }

    def _counted(self, *, is_whole: bool) -> dict[str, Counted]:
        """The columns whose values are counted in each group, by the name of the list of the most frequent ones."""
        wanted, most = self._wanted(is_whole=is_whole), self._switches.frequent_values
        return {
            _alias(FREQUENT_ITEMS, position): Counted(
                each.text,
                most if each.lists_items(wanted) else 0,
                each.compares_categories(wanted),
            )
            for position, each in enumerate(self.statistics)
            if each.lists_items(wanted) or each.compares_categories(wanted)
        }

    def _irregular(self, values: Iterable[str]) -> frozenset[str]:
        """Those of the values that are NaN or infinite on some row."""
        tests = {value: f"coalesce(bool_or(NOT isfinite({value})), FALSE)" for value in dict.fromkeys(values)}
        if not tests:
            return frozenset()
        with failing(lambda: self._alone(self.selections[0]), self._connection):
            row = run(self._connection, f"SELECT {', '.join(tests.values())} FROM {SOURCE}").fetchone() or ()
        return frozenset(value for value, found in zip(tests, row, strict=True) if found)

    def _aggregates(self, *, is_whole: bool) -> list[_Aggregate]:
        wanted = self._wanted(is_whole=is_whole)
        found = [_Aggregate("rows", "count(*)", "")]
        for position, statistics in enumerate(self.statistics):
            owner = f"statistics of column '{statistics.name}'"
            found += [
                _Aggregate(_alias(name, position), sql, owner)
                for name, sql in statistics.aggregates(wanted).items()
            ]
        return [*found, *self._quality, *self._metrics]

    def _alone(self, selection: Selection) -> _Attempts:
        """Each aggregate of a grouping in a query of its own."""
        grouped = f"GROUP BY {', '.join(str(place) for place in range(1, len(KEYS) + 1))}"
        return [
            (each.owner, f"SELECT {selection.keys}, {each.sql} {selection.rows} {grouped}")
            for each in self._aggregates(is_whole=selection.is_whole)
            if each.owner
        ]

    def _run(self, statement: str, selection: Selection) -> int:
        """How many rows a statement makes."""
        with failing(lambda: self._alone(selection), self._connection):
            return rows_made(self._connection, statement)

    def _is_alone(self, selection: Selection) -> bool:
        """Whether each group of a grouping is one of the finest groups."""
        ((found,),) = run(self._connection, alone_query(selection)).fetchall()
        return bool(found)

    def _made(self, position: int, wanted: Wanted) -> dict[str, str]:
        statistics = self.statistics[position]
        names = [
            *statistics.aggregates(wanted),
            *statistics.ordered(wanted),
            *statistics.points(wanted),
            *([FREQUENT_ITEMS] if statistics.lists_items(wanted) else []),
        ]
        return {name: _column(name, position) for name in names}

    def _query(
        self, selection: Selection, decomposition: Decomposition, combined: str, beside: str | None
    ) -> str:
        """The query of one grouping, over the query of what follows from cells and the relation of what is computed beside it."""
        made = f"({combined}) AS made"
        same = " AND ".join(
            f"made.{identifier(name)} IS NOT DISTINCT FROM beside.{identifier(name)}"
            for name in selection.parts
        )
        if beside is not None:
            made += f" JOIN {beside} AS beside ON {same or 'TRUE'}"
        if decomposition.direct:
            condition = same.replace("beside.", "direct.") or "TRUE"
            made += f" JOIN ({direct_query(decomposition, selection)}) AS direct ON {condition}"
        keys = ", ".join(f"made.{identifier(name)}" for name in KEYS)
        counted = self._counted(is_whole=selection.is_whole)
        listed = [name for name, each in counted.items() if each.most]
        listed += self._points(is_whole=selection.is_whole)
        made_beside = [f"beside.{identifier(name)}" for name in listed]
        number = f"beside.{NUMBER}" if counted else "CAST(NULL AS BIGINT)"
        values = ", ".join(
            [
                *(f"{sql} AS {identifier(name)}" for name, sql in decomposition.finished.items()),
                *made_beside,
                f"{number} AS {NUMBER}",
            ]
        )
        wanted = self._wanted(is_whole=selection.is_whole)
        kept = [ROWS, NUMBER]
        for position, statistics in enumerate(self.statistics):
            finished = statistics.finished(self._made(position, wanted))
            kept += [f"{sql} AS {_column(name, position)}" for name, sql in finished.items()]
        kept += [identifier(each.alias) for each in (*self._quality, *self._metrics)]
        names = ", ".join(identifier(name) for name in KEYS)
        return f"SELECT {names}, {', '.join(kept)} FROM (SELECT {keys}, {values} FROM {made})"


def metric_alias(metric: CustomMetric, column: str) -> str:
    """The column of the table that holds an AGGREGATE metric of one of its input columns."""
    return f"metric {metric.name} {column}"


def _alias(name: str, position: int) -> str:
    return f"{name} {position}"


def _column(name: str, position: int) -> str:
    return identifier(_alias(name, position))
