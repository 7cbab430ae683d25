"""Figures as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluation.figures import Figures

COLUMNS = {
    "data": "data",
    "monitor": "monitor",
    "windows": "windows",
    "incidents": "incidents",
    "judgeable": "judgeable",
    "found": "found",
    "in_their_slice": "in their slice",
    "median_delay_hours": "median delay",
    "longest_delay_hours": "longest",
    "months": "months",
    "false_alarms": "false alarms",
    "false_alarms_a_month": "a month",
    "days_in_false_alarms": "days in them",
}
"""Heading by figure."""
_TEXTS = ("data", "monitor", "windows")


def cells(row: Figures) -> list[str]:
    """The figures of a row as they are shown; a figure that does not exist is a dash."""
    shown = {**row, "windows": ", ".join(row["granularities"])}
    for name in ("median_delay_hours", "longest_delay_hours"):
        shown[name] = "-" if row[name] is None else f"{row[name]:g} h"
    if not row["incidents"]:
        shown |= dict.fromkeys(("judgeable", "found", "in_their_slice"), "-")
    return [str(shown[name]) for name in COLUMNS]


def table(title: str, rows: Sequence[Figures]) -> Table:
    """One line per monitor and set of data."""
    made = Table(title=title, title_justify="left")
    for name, heading in COLUMNS.items():
        made.add_column(heading, justify="left" if name in _TEXTS else "right", overflow="fold")
    for row in rows:
        made.add_row(*map(Text, cells(row)))
    return made
