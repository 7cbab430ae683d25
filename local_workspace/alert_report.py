"""What alerts found, as tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STYLES = {"OK": "green", "TRIGGERED": "bold red", "ERROR": "bold yellow", "UNKNOWN": "dim"}
_SHOWN_ROWS = 12


def alert_tables(found: Sequence[dict[str, Any]]) -> Iterator[Table]:
    """One table of all alerts, then the rows of each that fired, at most a dozen of them.

    Args:
        found: what `/__local/alerts` answers.
    """
    yield _overview(found)
    for alert in found:
        if alert["state"] == "TRIGGERED":
            yield _rows(alert)


def _overview(found: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="Alerts", title_justify="left")
    for column in ("alert", "state", "evaluated at", "rows", "why"):
        table.add_column(column, overflow="fold", justify="right" if column == "rows" else "left")
    for alert in found:
        table.add_row(
            Text(alert["name"]),
            Text(alert["state"], _STYLES[alert["state"]]),
            Text(alert["evaluated_at"] or "not yet"),
            Text(str(alert["row_count"])),
            Text(alert["message"] or ""),
        )
    return table


def _rows(alert: dict[str, Any]) -> Table:
    left_out = alert["row_count"] - _SHOWN_ROWS
    caption = f"and {left_out} more" if left_out > 0 else None
    table = Table(title=Text(alert["name"]), title_justify="left", caption=caption, caption_justify="left")
    for column in alert["columns"]:
        table.add_column(Text(column), overflow="fold")
    for row in alert["rows"][:_SHOWN_ROWS]:
        table.add_row(*(Text("NULL", "dim") if cell is None else Text(_short(cell)) for cell in row))
    return table


def _short(cell: str) -> str:
    """A cell without what nobody reads: fractions of a second, digits beyond the third after the point."""
    if cell.endswith(":00.000Z"):
        return cell.removesuffix(":00.000Z").replace("T", " ")
    whole, point, fraction = cell.partition(".")
    is_number = whole.lstrip("-").isdecimal() and fraction.isdecimal()
    return f"{float(cell):,.3f}" if point and is_number else cell
