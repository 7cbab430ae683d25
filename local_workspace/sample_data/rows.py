"""Columns of equal length, and the few operations that generators and incidents need on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Values = npt.NDArray[Any]
"""One column: text as Python strings or None, times as datetime64[us] in UTC, numbers with NaN for empty."""
Mask = npt.NDArray[np.bool_]


class Rows(Mapping[str, Values]):
    """Named columns of equal length. Never changed in place: every operation gives new rows."""

    def __init__(self, columns: Mapping[str, Values]) -> None:
        lengths = {name: len(values) for name, values in columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns differ in length: {lengths}; give every column one value per row")
        self._columns = dict(columns)
        self.count = next(iter(lengths.values()), 0)

    def __getitem__(self, name: str) -> Values:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def within(self, column: str, start: datetime, end: datetime) -> Mask:
        """Rows whose time lies in the half-open interval."""
        values = self[column]
        inside: Mask = (values >= moment(start)) & (values < moment(end))
        return inside

    def replace(self, **columns: Values) -> Rows:
        """The same rows with other, or more, columns."""
        return Rows({**self._columns, **columns})

    def where(self, mask: Mask, **columns: Values | str | float | None) -> Rows:
        """The same rows with other values where the mask is true: one value, or one per row of the mask."""
        changed = {}
        for name, values in columns.items():
            column = self[name].copy()
            column[mask] = values
            changed[name] = column
        return self.replace(**changed)

    def take(self, selection: Mask | npt.NDArray[np.integer]) -> Rows:
        """Only the selected rows: by a mask, or by positions, which may repeat."""
        return Rows({name: values[selection] for name, values in self._columns.items()})

    def followed_by(self, more: Rows) -> Rows:
        """These rows, then others with the same columns."""
        return Rows({name: np.concatenate([values, more[name]]) for name, values in self._columns.items()})


def moment(time: datetime) -> np.datetime64:
    """A time with time zone as NumPy holds it: microseconds in UTC."""
    if time.tzinfo is None:
        raise ValueError(
            f"{time} has no time zone; give a time in UTC, such as datetime(2026, 7, 1, tzinfo=UTC)"
        )
    return np.datetime64(int(time.timestamp() * 1_000_000), "us")


def texts(values: Sequence[str | None]) -> Values:
    """A text column; None is empty."""
    column = np.empty(len(values), dtype=object)
    column[:] = list(values)
    return column


def identifiers(rng: np.random.Generator, count: int, pattern: str = "{:016x}") -> Values:
    """Unique-looking ids from 64 random bits each."""
    return texts([pattern.format(number) for number in rng.integers(0, 2**63, count).tolist()])


def sometimes(rng: np.random.Generator, count: int, share: float) -> Mask:
    """True in about the given share of the rows."""
    drawn: Mask = rng.random(count) < share
    return drawn
