"""Which groups of source rows there are: for each kind of window the whole table, each slicing expression, each model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.temporary import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local_workspace.engine.source import Source

KEYS: Final = {
    "frame": "INTEGER",
    "start": "TIMESTAMP",
    "slice": "INTEGER",
    "value": "VARCHAR",
    "model": "VARCHAR",
}
"""Column -> DuckDB type of what tells the groups apart; slice and value are NULL for the whole table."""

ALL_MODELS: Final = "*"
"""What stands for all models together, in the column of the model id."""


@dataclass(frozen=True)
class KeyPart:
    """One part of the keys that differs from group to group.

    Attributes:
        value: DuckDB SQL of a row's value.
        rows: DuckDB SQL that says whether a row belongs to a group.
        code: DuckDB SQL of a small whole number that tells the values of such rows apart, in their order, and is NULL
            for others; None where there is none yet.
        with_null: whether NULL is the value of a group; else it is that of the rows that belong to none.
    """

    value: str
    rows: str
    code: str | None = None
    with_null: bool = False


@dataclass(frozen=True, eq=False)
class Selection:
    """The rows of one grouping.

    Attributes:
        frame: number of the kind of window.
        slice_number: number of the slicing expression; None for the whole table.
        by_model: whether models are told apart.
        values: for each of `KEYS` DuckDB SQL of a row's value.
        parts: those that differ from group to group.
    """

    frame: int
    slice_number: int | None
    by_model: bool
    values: Mapping[str, str]
    parts: Mapping[str, KeyPart]

    @property
    def is_whole(self) -> bool:
        """Whether it is no slice."""
        return self.slice_number is None

    @property
    def keys(self) -> str:
        """DuckDB SQL of the keys of a row's group, named."""
        return ", ".join(f"{sql} AS {identifier(name)}" for name, sql in self.values.items())

    @property
    def rows(self) -> str:
        """FROM and WHERE."""
        conditions = [part.rows for part in self.parts.values()] or ["TRUE"]
        return f"FROM {SOURCE} WHERE {' AND '.join(conditions)}"


def selections(source: Source, *, by_model: bool) -> Iterator[Selection]:
    """Every grouping; those of one slicing expression one after the other, the whole table first.

    Args:
        source: the rows.
        by_model: whether each model has groups of its own beside those of all models.
    """
    for slice_number in (None, *range(len(source.slices))):
        for frame in range(len(source.frames)):
            yield _selection(source, frame, slice_number, f"'{ALL_MODELS}'" if by_model else "NULL")
            if by_model:
                yield _selection(source, frame, slice_number, source.model, by_model=True)


def _selection(
    source: Source, number: int, slice_number: int | None, model: str, *, by_model: bool = False
) -> Selection:
    frame = source.frames[number]
    chosen = None if slice_number is None else source.slices[slice_number]
    given = {
        "frame": str(number),
        "start": frame.start,
        "slice": "NULL" if slice_number is None else str(slice_number),
        "value": chosen.value if chosen else "NULL",
        "model": model,
    }
    values = {name: f"CAST({sql} AS {KEYS[name]})" for name, sql in given.items()}
    parts = {}
    if frame.granularity is not None:
        parts["start"] = KeyPart(values["start"], frame.rows)
    if chosen is not None:
        parts["value"] = KeyPart(chosen.value, chosen.rows, chosen.code, chosen.with_null)
    if by_model:
        parts["model"] = KeyPart(values["model"], f"{model} IS NOT NULL")
    return Selection(number, slice_number, by_model, values, parts)
