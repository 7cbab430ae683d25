"""What needs the values of each group in order, for all groupings of the source rows: column by column, on all cores.

So do the counts of the values of categorical columns.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from local_workspace.engine.categories import CountedColumn, counted_column
from local_workspace.engine.coercion import identifier
from local_workspace.engine.encoding import Encoded, encode, encode_keys
from local_workspace.engine.failures import failing
from local_workspace.engine.frequent_items import (
    FrequentItems,
    first_items,
    flat,
    frequent_items,
    lists_query,
)
from local_workspace.engine.number_lists import NumberLists, number_list_query
from local_workspace.engine.ordered_groups import (
    Counts,
    OrderedGroups,
    RowGroups,
    counts_of,
    distinct_counts,
    no_counts,
    one_group,
)
from local_workspace.engine.statement_cache import run
from local_workspace.engine.temporary import (
    DICTIONARY,
    NUMBER,
    ORDERED,
    category_dictionary,
    key_dictionary,
    registered,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import duckdb
    import numpy.typing as npt

    from local_workspace.engine.decomposition import Ordered
    from local_workspace.engine.number_lists import Points
    from local_workspace.engine.selections import KeyPart, Selection

    Array = npt.NDArray[np.float64] | npt.NDArray[np.int64]

_Made = TypeVar("_Made")
_RESULTS: Final = "refresh_ordered_results"
_ITEMS: Final = "refresh_frequent_items"
_FEW_ROWS: Final = 50_000
"""Up to so many rows, handing work to another thread takes longer than doing it."""
_GROUP: Final = "group_number"
"""Column that counts the groups of a grouping."""


@dataclass(frozen=True)
class Counted:
    """A column whose values are counted in each group.

    Attributes:
        value: DuckDB SQL of a row's value, a text.
        most: how many of the most frequent values are listed; 0 for none.
        is_compared: whether the counts are kept, to be compared with those of other windows.
    """

    value: str
    most: int
    is_compared: bool


@dataclass(frozen=True)
class Wishes:
    """What is wanted of a grouping.

    Attributes:
        ordered: name -> what is computed of the values in order.
        points: name -> a list of numbers.
        counted: name -> what is counted; it becomes that of the list of the most frequent values.
    """

    ordered: Mapping[str, Ordered]
    points: Mapping[str, Points]
    counted: Mapping[str, Counted]

    @property
    def values(self) -> list[str]:
        """DuckDB SQL of the values that something is wanted of."""
        ordered = [each.value for each in self.ordered.values()]
        points = [each.value for each in self.points.values()]
        return [*ordered, *points, *(each.value for each in self.counted.values())]

    @property
    def numbers(self) -> set[str]:
        """Those of the values whose numbers are needed."""
        shares = {each.value for each in self.ordered.values() if each.share is not None}
        return shares | {each.value for each in self.points.values()}


@dataclass
class _Found:
    """What was computed of a grouping.

    Attributes:
        columns: name -> a number for each group.
        lists: name -> the most frequent values of each group.
        counts: value -> how often each value occurs in each group.
    """

    columns: dict[str, Array] = field(default_factory=dict)
    lists: dict[str, FrequentItems] = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)


class _AtOnce(Executor):
    """Does what it is given before it returns."""

    def submit(self, work: Callable[..., _Made], /, *arguments: Any, **named: Any) -> Future[_Made]:  # noqa: ANN401 - as Executor has it
        """Do it; what is raised is raised here."""
        done: Future[_Made] = Future()
        done.set_result(work(*arguments, **named))
        return done


class OrderedStatistics:
    """The results, held as arrays until their grouping is written; counts that are compared longer.

    Args:
        connection: holds the source rows.
        wanted: what is computed of each grouping.
        numbers: value -> DuckDB SQL of its number where that is not the value itself.
        place: DuckDB SQL of a row's number.
        size: how many rows there are.
        linear: how quantiles are taken between two numbers.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        wanted: Mapping[Selection, Wishes],
        numbers: Mapping[str, str],
        *,
        place: str,
        size: int,
        linear: bool,
    ) -> None:
        self._connection = connection
        self._wanted = {each: wishes for each, wishes in wanted.items() if wishes.values}
        self._texts = list(
            dict.fromkeys(each.value for wishes in wanted.values() for each in wishes.counted.values())
        )
        self._numbers = numbers
        self._place = place
        self._size = size
        self._linear = linear
        self._dictionaries: dict[KeyPart, str] = {}
        self._keys: dict[Selection, tuple[npt.NDArray[np.int32], ...]] = {}
        self._groups: dict[Selection, int] = {}
        self._found = {each: _Found() for each in self._wanted}
        self._values: dict[str, tuple[int, str]] = {}

    def compute(self, proceed: Callable[[], None], attempts: Callable[[], Sequence[tuple[str, str]]]) -> None:
        """Compute everything.

        Args:
            proceed: called between columns; may raise.
            attempts: gives the queries that find out what is to blame when a value cannot be computed.

        Raises:
            RefreshFailed: a value cannot be computed of some row.
        """
        values = dict.fromkeys(value for wishes in self._wanted.values() for value in wishes.values)
        if not values:
            return
        lists = NumberLists(self._connection, linear=self._linear)
        with ThreadPoolExecutor(os.cpu_count()) if self._size > _FEW_ROWS else _AtOnce() as pool:
            rows = self._group_rows(pool)
            finish: Callable[[], None] | None = None
            for value in values:
                proceed()
                # Read while the one before is worked on.
                started = self._start(pool, rows, value, self._read(value, attempts), lists)
                if finish:
                    finish()
                finish = started
            if finish:
                finish()
        lists.write()
        self._keys = {selection: each.keys for selection, each in rows.items()}
        self._groups = {selection: each.count for selection, each in rows.items()}

    @contextmanager
    def relation(self, selection: Selection) -> Iterator[str | None]:
        """DuckDB relation of the groups of a grouping while the block runs: what was computed, and the keys in `parts`.

        Where values are counted it has `NUMBER` too. None where nothing is wanted of the grouping. Each is given once.
        """
        if selection not in self._wanted:
            yield None
            return
        keys, found = self._keys.pop(selection), self._found[selection]
        made = {f"key {name}": each for name, each in zip(selection.parts, keys, strict=True)} | found.columns
        columns = [_null_for_nan(name, array) for name, array in found.columns.items()]
        joined = ""
        for name, part in selection.parts.items():
            dictionary, alias = self._dictionaries[part], identifier(f"values of {name}")
            columns.append(f"{alias}.value AS {identifier(name)}")
            joined += f" JOIN {dictionary} AS {alias} ON {alias}.code = {identifier(f'key {name}')}"
        relations = {_RESULTS: made}
        made[_GROUP] = np.arange(self._groups[selection], dtype=np.int64)
        if selection in self._sizes:
            columns.append(f"{_GROUP} + {self._first_number(selection)} AS {NUMBER}")
        if found.lists:
            relations[_ITEMS] = flat(found.lists)
            columns += map(identifier, found.lists)
            joined += f' LEFT JOIN ({lists_query(found.lists, _ITEMS)}) AS lists ON lists."group" = {_GROUP}'
        # A join for each: held side by side, all lists of a million rows' groups would not fit into their memory.
        for number, name in enumerate(self._wanted[selection].points):
            alias = identifier(f"points of {name}")
            query = number_list_query(list(self._wanted).index(selection), number)
            columns.append(f"{alias}.points AS {identifier(name)}")
            joined += f' LEFT JOIN ({query}) AS {alias} ON {alias}."group" = {_GROUP}'
        query = f"SELECT {', '.join(columns)} FROM {_RESULTS}{joined}"
        with ExitStack() as stack:
            for name, arrays in relations.items():
                stack.enter_context(registered(self._connection, name, arrays))
            if self._size <= _FEW_ROWS:
                yield f"({query})"
                return
            run(self._connection, f"CREATE OR REPLACE TEMP TABLE {ORDERED} AS {query}")
        found.columns, found.lists = {}, {}
        yield ORDERED

    def categories(self, value: str) -> CountedColumn:
        """How often each value of a column that is compared occurs in the groups, by their `NUMBER`; given once."""
        size, dictionary = self._values[value]
        counts = [
            self._found[selection].counts.pop(value, no_counts(groups))
            for selection, groups in self._sizes.items()
        ]
        return counted_column(counts, size, dictionary)

    def _group_rows(self, pool: Executor) -> dict[Selection, RowGroups]:
        """Find the groups of each grouping, by way of the cells of its slicing expression."""
        slices = dict.fromkeys(each.parts["value"] for each in self._wanted if "value" in each.parts)
        parts = dict.fromkeys(part for each in self._wanted for part in each.parts.values())
        shared = [part for part in parts if part not in slices]
        self._dictionaries = {part: key_dictionary(number) for number, part in enumerate((*shared, *slices))}
        encoded = encode_keys(self._connection, (*shared, *slices), place=self._place)
        cells = one_group(self._size)
        for each in encoded[: len(shared)]:
            cells = cells.finer(each())
        finest = {
            part: pool.submit(lambda each: cells.finer(each()), each)
            for part, each in zip(slices, encoded[len(shared) :], strict=True)
        }

        def grouped(selection: Selection) -> RowGroups:
            sliced = selection.parts.get("value")
            listed = shared if sliced is None else [*shared, sliced]
            found = cells if sliced is None else finest[sliced].result()
            return found.by([listed.index(part) for part in selection.parts.values()])

        return dict(zip(self._wanted, pool.map(grouped, self._wanted), strict=True))

    @property
    def _sizes(self) -> dict[Selection, int]:
        """How many groups each of the groupings has in which values are counted."""
        return {each: count for each, count in self._groups.items() if self._wanted[each].counted}

    def _first_number(self, selection: Selection) -> int:
        """The `NUMBER` of the first group of a grouping."""
        sizes = self._sizes
        numbered = list(sizes)
        return sum(sizes[each] for each in numbered[: numbered.index(selection)])

    def _read(self, value: str, attempts: Callable[[], Sequence[tuple[str, str]]]) -> Callable[[], Encoded]:
        is_number = any(value in wishes.numbers for wishes in self._wanted.values())
        number = self._numbers.get(value, value) if is_number else None
        is_counted = value in self._texts
        dictionary = category_dictionary(self._texts.index(value)) if is_counted else DICTIONARY
        with failing(attempts, self._connection):
            return encode(
                self._connection, dictionary, value, place=self._place, size=self._size, number=number
            )

    def _start(
        self,
        pool: Executor,
        rows: Mapping[Selection, RowGroups],
        value: str,
        read: Callable[[], Encoded],
        lists: NumberLists,
    ) -> Callable[[], None]:
        """Compute what is wanted of one column in all groupings; what is given waits for it."""
        # Before what waits for it, so that a thread is left to do it.
        column = pool.submit(read)
        started = {
            selection: pool.submit(self._compute, selection, rows[selection], value, column)
            for selection in self._wanted
        }

        def finish() -> None:
            for number, (selection, each) in enumerate(started.items()):
                ordered = each.result()
                for name, points in enumerate(self._wanted[selection].points.values()):
                    if ordered is not None and points.value == value:
                        lists.add(number, name, ordered, points)
            if value in self._texts:
                self._values[value] = column.result().size, column.result().dictionary
                self._list(rows, value, column.result())

        return finish

    def _compute(
        self, selection: Selection, rows: RowGroups, value: str, encoded: Future[Encoded]
    ) -> OrderedGroups | None:
        """Compute what is wanted of one column in one grouping, save for lists; gives what lists of points are made of."""
        wishes, found, column = self._wanted[selection], self._found[selection], encoded.result()
        wanted = {name: each.share for name, each in wishes.ordered.items() if each.value == value}
        shares = {name: share for name, share in wanted.items() if share is not None}
        has_points = any(each.value == value for each in wishes.points.values())
        ordered = OrderedGroups(column, rows) if shares or has_points else None
        if ordered is not None:
            made = ordered.quantiles(tuple(shares.values()), linear=self._linear)
            found.columns |= dict(zip(shares, made, strict=True))
        counts = None
        if any(each.value == value for each in wishes.counted.values()):
            counts = found.counts[value] = counts_of(column, rows)
        for name, share in wanted.items():
            if share is None:
                found.columns[name] = counts.sizes if counts else distinct_counts(column, rows, ordered)
        return ordered if has_points else None

    def _list(self, rows: Mapping[Selection, RowGroups], value: str, column: Encoded) -> None:
        """List the most frequent values of one column in all groupings."""
        for selection, wishes in self._wanted.items():
            found = self._found[selection]
            for name, each in wishes.counted.items():
                if each.value == value and each.most:
                    found.lists[name] = self._items(selection, rows[selection], each, column)
                if each.value == value and not each.is_compared:
                    del found.counts[value]

    def _items(
        self, selection: Selection, rows: RowGroups, counted: Counted, column: Encoded
    ) -> FrequentItems:
        if column.has_places:
            return first_items(
                self._connection,
                column,
                selection,
                rows,
                value=counted.value,
                place=self._place,
                most=counted.most,
            )
        counts = self._found[selection].counts[counted.value]
        return frequent_items(self._connection, column, counts, counted.most)


def _null_for_nan(name: str, array: Array) -> str:
    column = identifier(name)
    if array.dtype != np.float64:
        return column
    return f"CASE WHEN NOT isnan({column}) THEN {column} END AS {column}"
