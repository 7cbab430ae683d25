"""What was measured, kept as JSON beside the page, so that a later run of one part leaves the others on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter

from benchmarks.markdown import page
from benchmarks.results import Section  # noqa: TC001 - pydantic reads the annotations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Circumstances:
    """What a report has to say about the measuring of a part.

    Attributes:
        command: the command that measured it.
        commit: what was measured, as git abbreviates it; `+` behind it says that files were changed.
        machine: what it ran on.
        versions: of Python and packages.
        load: average load of the machine before it began.
        day: ISO date on which it ran.
        minutes: how long the part took.
    """

    command: str
    commit: str
    machine: str
    versions: str
    load: float
    day: str
    minutes: float


@dataclass(frozen=True)
class Record:
    """A part that was measured.

    Attributes:
        part: its name on the command line.
        section: what was found.
        circumstances: when and how.
    """

    part: str
    section: Section
    circumstances: Circumstances


_RECORDS: Final = TypeAdapter(list[Record])


def read_records(path: Path) -> list[Record]:
    """The parts kept in a file; none when it is not there."""
    return _RECORDS.validate_json(path.read_bytes()) if path.exists() else []


def write_record(path: Path, record: Record, parts: Sequence[str]) -> None:
    """Keep a part in place of what was known of it, and write the page again.

    Args:
        path: the page; the file with its data lies beside it, with the ending `.json`.
        record: the part.
        parts: names of all parts, in the order of the page.
    """
    data = path.with_suffix(".json")
    kept = {each.part: each for each in read_records(data)} | {record.part: record}
    records = [kept[name] for name in parts if name in kept]
    data.write_bytes(_RECORDS.dump_json(records, indent=1) + b"\n")
    path.write_text(page_of(records, parts), encoding="utf-8")


def page_of(records: Sequence[Record], parts: Sequence[str]) -> str:
    """The page that says what was measured, and which of all parts were not."""
    measured = {each.part for each in records}
    return page(records, [name for name in parts if name not in measured])
