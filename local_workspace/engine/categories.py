"""How often each value of the categorical columns occurs in each group: held as arrays beside the table of groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

from local_workspace.engine.coercion import identifier, text_literal
from local_workspace.engine.output_columns import CATEGORIES
from local_workspace.engine.parts import parts
from local_workspace.engine.temporary import GROUPS, NUMBER, PLACE, registered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from local_workspace.engine.ordered_groups import Counts

_AT_ONCE: Final = 2_000_000
"""Values that are made into lists at once."""
_COUNTED: Final = "refresh_counted_values"


@dataclass(frozen=True)
class CountedColumn:
    """A column whose values are counted in each group.

    Attributes:
        counts: one row for each group, by its `NUMBER`, one column for each code.
        dictionary: DuckDB relation of `code` and `value`, a text.
    """

    counts: csr_array
    dictionary: str

    def lists(self, connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[str]:
        """Queries of `PLACE`, `column_name` and `CATEGORIES` of the groups that have values, part by part.

        Args:
            connection: runs each query before the next is asked for.
            name: the `column_name`.
        """
        for first, end in parts(self.counts.indptr[:-1].astype(np.int64) // _AT_ONCE):
            rows = self.counts[first:end]
            columns = {
                NUMBER: np.repeat(np.arange(first, end), np.diff(rows.indptr)),
                "code": rows.indices,
                "count": rows.data.astype(np.int64),
            }
            items = "list(struct_pack(item := value, count := count))"
            with registered(connection, _COUNTED, columns):
                yield (
                    f"SELECT groups.rowid AS {identifier(PLACE)}, {text_literal(name)} AS column_name, "
                    f"items AS {identifier(CATEGORIES)} FROM (SELECT {NUMBER}, {items} AS items "
                    f"FROM {_COUNTED} JOIN {self.dictionary} USING (code) GROUP BY {NUMBER}) "
                    f"JOIN {GROUPS} AS groups USING ({NUMBER})"
                )


def counted_column(counts: Sequence[Counts], size: int, dictionary: str) -> CountedColumn:
    """Put the counts of several groupings under each other.

    Args:
        counts: of the groupings in the order of their numbers.
        size: codes are below it.
        dictionary: as in `CountedColumn`.
    """
    ends = np.cumsum([each.first[-1] for each in counts])
    first = np.concatenate(
        [[0], *(each.first[1:] + end - each.first[-1] for each, end in zip(counts, ends, strict=True))]
    )
    data = np.concatenate([each.counts for each in counts])
    codes = np.concatenate([each.codes for each in counts])
    return CountedColumn(csr_array((data, codes, first), shape=(len(first) - 1, max(size, 1))), dictionary)
