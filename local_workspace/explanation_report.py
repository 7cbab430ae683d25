"""An explanation of a monitor's refreshes, for the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_STYLES: Final = {"SUCCESS": "green", "FAILED": "bold red", "CANCELED": "bold yellow", "RUNNING": "cyan"}


def explanation_parts(found: Mapping[str, Any]) -> Iterator[Text | Table]:
    """The last refresh and its steps, then the rows that the next one will write.

    Args:
        found: what `/__local/explain/{table}` answers.
    """
    last, success = found["last_refresh"], found["last_success"]
    yield Text(f"{found['table']}: monitor of version {found['monitor_version']}")
    if last is None:
        yield Text("It was not refreshed yet.")
    elif success is None or success["refresh_id"] != last["refresh_id"]:
        yield _headline("Last refresh", last)
    if success is not None:
        yield _headline("Last successful refresh" if success is not last else "Last refresh", success)
        yield _steps(success["report"].get("steps") or [])
    yield from _next(found["next_refresh"])


def _headline(what: str, refresh: Mapping[str, Any]) -> Text:
    began = datetime.fromtimestamp(refresh["start_time_ms"] / 1000, UTC)
    report = refresh.get("report") or {}
    took = f" in {report['seconds']:,.1f} s" if "seconds" in report else ""
    text = Text(f"{what}, number {refresh['refresh_id']} of {began:%Y-%m-%d %H:%M:%S} UTC: ")
    text.append(refresh["state"], _STYLES.get(refresh["state"], ""))
    if "profile_rows" in report:
        took += f"; {report['profile_rows']:,} profile and {report['drift_rows']:,} drift rows"
    return text.append(f"{took}{': ' + refresh['message'] if refresh.get('message') else ''}")


def _steps(steps: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("step", "rows", "seconds", left=1)
    for step in steps:
        rows = "" if step["rows"] is None else f"{step['rows']:,}"
        table.add_row(Text(step["what"]), rows, f"{step['seconds']:,.2f}")
    return table


def _next(refresh: Mapping[str, Any]) -> Iterator[Text | Table]:
    if "would_fail" in refresh:
        yield Text(f"The next refresh would fail: {refresh['would_fail']}", "bold red")
        return
    which = (
        "computes all windows" if refresh["computes_everything"] else "computes windows that received rows"
    )
    yield Text(
        f"The next refresh {which} and writes {refresh['profile_rows']:,} profile and {refresh['drift_rows']:,} drift "
        f"rows: one for the table and {refresh['columns']:,} for its columns in each group."
    )
    table = _table(
        "granularity", "slicing expression", "windows", "groups", "profile rows", "drift rows", left=2
    )
    for share in refresh["shares"]:
        granularity = share["granularity"] or (
            "baseline" if share["log_type"] == "BASELINE" else "whole table"
        )
        numbers = (share[name] for name in ("windows", "groups", "profile_rows", "drift_rows"))
        table.add_row(
            Text(granularity),
            Text(share["slice_key"] or "none", "" if share["slice_key"] else "dim"),
            *(f"{number:,}" for number in numbers),
        )
    yield table


def _table(*columns: str, left: int) -> Table:
    table = Table()
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < left else "right", overflow="fold")
    return table
