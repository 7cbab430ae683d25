"""Which rows of the monitored table belong to which window and slice: what a first refresh must find."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.local_workspace.real_data.expressions import as_moment, as_text, compiled, parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.domain import Domain
    from tests.local_workspace.real_data.expressions import Row

LOOK_BACK: Final = timedelta(days=30)
SLICE_VALUES: Final = 100
LENGTHS: Final = {"1 hour": timedelta(hours=1), "1 day": timedelta(days=1)}
"""The granularities of the eight domains."""


class Key(NamedTuple):
    """What a row of an output table is about, apart from its column; no slice means the whole table."""

    granularity: str
    slice_key: str | None
    slice_value: str | None
    start: datetime

    @property
    def end(self) -> datetime:
        """Where the window ends; it does not belong to it."""
        return self.start + LENGTHS[self.granularity]

    @property
    def before(self) -> Key:
        """The same of the window directly before."""
        return self._replace(start=self.start - LENGTHS[self.granularity])


def grouped(
    domain: Domain, columns: Sequence[str], rows: Sequence[Row], first: datetime
) -> dict[Key, list[int]]:
    """The numbers of the rows of every window of the whole table and of each slice.

    Args:
        domain: gives the timestamp column, the granularities and the slicing expressions.
        columns: names of the rows' values.
        rows: the monitored table.
        first: rows before this moment are not read.
    """
    timestamp = compiled(parsed(domain.timestamp_column), columns)
    moments = [as_moment(timestamp(row)) for row in rows]
    read = [number for number, moment in enumerate(moments) if moment is not None and moment >= first]
    groups: dict[Key, list[int]] = defaultdict(list)
    for slice_key in (None, *domain.slices):
        values = _slice_values(slice_key, columns, rows, read)
        for number, value in values.items():
            moment = moments[number]
            assert moment is not None
            for granularity in domain.granularities:
                groups[Key(granularity, slice_key, value, _start(granularity, moment))].append(number)
    return dict(groups)


def _slice_values(
    slice_key: str | None, columns: Sequence[str], rows: Sequence[Row], read: Sequence[int]
) -> dict[int, str | None]:
    """Slice value by row number: NULL is no slice, and the most frequent values count, first by text in a tie."""
    if slice_key is None:
        return dict.fromkeys(read)
    evaluate = compiled(parsed(slice_key), columns)
    values = {number: text for number in read if (text := as_text(evaluate(rows[number]))) is not None}
    counted = sorted(Counter(values.values()).items(), key=lambda item: (-item[1], item[0]))
    kept = {value for value, _ in counted[:SLICE_VALUES]}
    return {number: value for number, value in values.items() if value in kept}


def _start(granularity: str, moment: datetime) -> datetime:
    length = LENGTHS[granularity]
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // length * length
