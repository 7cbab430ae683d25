"""Incidents as they are labelled, in generated data and in files, before anybody knows which slices they touch."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from evaluation.firing import Slice

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from local_workspace.sample_data import Incident

LABELS_FILE = "incidents.csv"
_COLUMNS = ("table", "slice_key", "slice_value", "start", "end")
WITHOUT_END = timedelta(minutes=10)
"""How long an incident is taken to last whose end is not published."""


class LabelError(ValueError):
    """A label that cannot be read; the text names file, line, value and what is expected."""


@dataclass(frozen=True)
class Label:
    """An incident as it is labelled.

    Attributes:
        name: what people call it.
        table: the file's name without its ending, or the gold table.
        part: the slice in which it should show; None is the whole table.
        start: its first moment; UTC.
        end: the first moment after it; UTC.
    """

    name: str
    table: str
    part: Slice | None
    start: datetime
    end: datetime


def labels_of(incidents: Iterable[Incident]) -> list[Label]:
    """The labels of generated incidents."""
    return [
        Label(incident.name, incident.table, _part(incident), incident.start, incident.end)
        for incident in incidents
    ]


def read_labels(folder: Path) -> list[Label]:
    """The labels of the files in a folder; none where it has no ``incidents.csv``.

    Raises:
        LabelError: a column is missing or a time cannot be read.
    """
    file = folder / LABELS_FILE
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise LabelError(
                f"{file} has no column {', '.join(missing)}; its first line must name {', '.join(_COLUMNS)}"
            )
        return [_label(file, reader.line_num, row) for row in reader]


def _label(file: Path, line: int, row: dict[str, str]) -> Label:
    start = _moment(file, line, "start", row["start"])
    end = _moment(file, line, "end", row["end"]) if row["end"] else start + WITHOUT_END
    if end <= start:
        raise LabelError(f"{file}, line {line}: end '{row['end']}' is not after start '{row['start']}'")
    part = Slice(row["slice_key"], row["slice_value"]) if row["slice_key"] else None
    kind = f" {row['kind']}" if row.get("kind") else ""
    return Label(
        f"{row['slice_value'] or 'whole table'} {start:%Y-%m-%d %H:%M}{kind}", row["table"], part, start, end
    )


def _moment(file: Path, line: int, field: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise LabelError(
            f"{file}, line {line}: {field} '{text}' is no time; write it like 2026-08-01 06:00:00"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _part(incident: Incident) -> Slice | None:
    if incident.slice_key is None or incident.slice_value is None:
        return None
    return Slice(incident.slice_key, incident.slice_value)
