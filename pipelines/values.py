"""How the values of metrics differ between two versions of the program, on the same data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitoring.settings import Settings

Row = Mapping[str, str | None]
Query = Callable[[str], Sequence[Row]]
"""Runs one statement and gives its rows, every cell as text."""
Values = Mapping[str, Mapping[str, str | None]]
"""Value by window, by ``domain.metric``."""

RELATIVE_TOLERANCE = 1e-9
"""Sums of floating point numbers differ in their last digits from run to run."""


@dataclass(frozen=True)
class ValueChange:
    """A metric whose values differ.

    Attributes:
        metric: ``domain.metric``.
        is_new: whether the first version has no such metric.
        differing: number of windows in which the values differ.
        compared: number of windows.
        window: the newest of those that differ: granularity and start, UTC.
        before: the value there in the first version; None for NULL.
        after: the value there in the second version.
    """

    metric: str
    is_new: bool
    differing: int
    compared: int
    window: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class ValueComparison:
    """What became of the values.

    Attributes:
        base: the version they were compared with.
        metrics: number of metrics that were compared.
        changes: those that differ, by name.
        failure: why the values are not known; empty when they are.
    """

    base: str
    metrics: int = 0
    changes: tuple[ValueChange, ...] = ()
    failure: str = ""


def read_values(settings: Settings, query: Query) -> dict[str, dict[str, str | None]]:
    """The values of every metric over the whole table, no slices, by the newest version of its monitor."""
    schema = settings.output_schema_name
    there = {f"{schema}.{row['tableName']}" for row in query(f"SHOW TABLES IN {schema}")}
    values: dict[str, dict[str, str | None]] = {}
    for domain in settings.domains:
        for table, names, kind in (
            (settings.profile_table_name(domain), domain.profile_metrics, "log_type = 'INPUT'"),
            (settings.drift_table_name(domain), domain.drift_metrics, "drift_type = 'CONSECUTIVE'"),
        ):
            rows = query(_statement(table, kind)) if table in there else []
            for row in sorted(rows, key=lambda row: int(row["monitor_version"] or 0)):
                for metric in names:
                    if metric.name in row:
                        place = values.setdefault(f"{domain.name}.{metric.name}", {})
                        place[f"{row['granularity']} {row['window_start']}"] = row[metric.name]
    return values


def _statement(table: str, kind: str) -> str:
    return (
        f"SELECT *, CAST(window.start AS STRING) AS window_start FROM {table} "
        f"WHERE column_name = ':table' AND slice_key IS NULL AND {kind}"
    )


def compared(base: str, before: Values, after: Values) -> ValueComparison:
    """The metrics of ``after`` whose values differ from ``before``; a window that one lacks is no difference."""
    changes = []
    for metric in sorted(after):
        old, new = before.get(metric, {}), after[metric]
        windows = sorted(old.keys() & new.keys() if old else new.keys(), key=_start)
        differing = [window for window in windows if not old or _differ(old[window], new[window])]
        if differing:
            newest = differing[-1]
            change = ValueChange(
                metric, not old, len(differing), len(windows), newest, old.get(newest), new[newest]
            )
            changes.append(change)
    return ValueComparison(base, len(after), tuple(changes))


def _start(window: str) -> tuple[str, str]:
    """A window by its start, which is the last 19 characters."""
    return window[-19:], window


def _differ(before: str | None, after: str | None) -> bool:
    if before == after:
        return False
    try:
        return not math.isclose(float(before or ""), float(after or ""), rel_tol=RELATIVE_TOLERANCE)
    except ValueError:
        return True
