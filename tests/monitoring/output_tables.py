"""Empty output tables of every domain on a local workspace, with all their columns but the built-in statistics."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from local_workspace.workspace import Workspace
from monitoring.domains import DOMAINS
from tests.local_workspace.target import CATALOG, in_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitoring.domain import Domain
    from monitoring.metrics import Metric
    from tests.local_workspace.target import Target

SCHEMA = "main.gold_monitoring"
_WINDOW = "STRUCT<start: TIMESTAMP, end: TIMESTAMP>"
_KEYS = (
    f"window {_WINDOW}, granularity STRING, monitor_version BIGINT, slice_key STRING, slice_value STRING, "
    "column_name STRING"
)


@contextmanager
def output_tables(folder: Path, domains: tuple[Domain, ...] = DOMAINS) -> Iterator[Target]:
    """A workspace in this process with the output tables of these domains."""
    with in_process(Workspace(folder / "state")) as target:
        target.post(f"{CATALOG}/schemas", {"name": "gold_monitoring", "catalog_name": "main"})
        for domain in domains:
            make_output_tables(target, domain)
        yield target


def make_output_tables(target: Target, domain: Domain) -> None:
    """Make both output tables of a domain."""
    profile = f"{_KEYS}, log_type STRING, `count` BIGINT{_columns(domain.profile_metrics)}"
    target.rows(f"CREATE TABLE {SCHEMA}.{domain.profile_table} ({profile})")
    drift = f"{_KEYS}, window_cmp {_WINDOW}, drift_type STRING{_columns(domain.drift_metrics)}"
    target.rows(f"CREATE TABLE {SCHEMA}.{domain.drift_table} ({drift})")


def _columns(metrics: tuple[Metric, ...]) -> str:
    types = {"LONG": "BIGINT", "DOUBLE": "DOUBLE"}
    return "".join(f", `{metric.name}` {types[metric.output_type]}" for metric in metrics)


def add_profile(
    target: Target,
    domain: Domain,
    day: str,
    values: dict[str, float],
    *,
    version: int = 1,
    granularity: str = "1 day",
    of: tuple[str, str] | None = None,
    column: str = ":table",
    log_type: str = "INPUT",
) -> None:
    """Add a row of the profile table; `of` is key and value of a slice, None the whole table."""
    _add(
        target,
        domain.profile_table,
        {
            "window": _window(day),
            "granularity": f"'{granularity}'",
            "monitor_version": str(version),
            **_slice(of),
            "column_name": f"'{column}'",
            "log_type": f"'{log_type}'",
            **{name: str(value) for name, value in values.items()},
        },
    )


def add_drift(
    target: Target,
    domain: Domain,
    day: str,
    values: dict[str, float],
    *,
    version: int = 1,
    of: tuple[str, str] | None = None,
    column: str = ":table",
    drift_type: str = "CONSECUTIVE",
) -> None:
    """Add a row of the drift table; the window compared with is that of 2000-01-01."""
    _add(
        target,
        domain.drift_table,
        {
            "window": _window(day),
            "window_cmp": _window("2000-01-01"),
            "granularity": "'1 day'",
            "monitor_version": str(version),
            **_slice(of),
            "column_name": f"'{column}'",
            "drift_type": f"'{drift_type}'",
            **{name: str(value) for name, value in values.items()},
        },
    )


def _window(day: str) -> str:
    return (
        f"named_struct('start', TIMESTAMP '{day} 00:00:00', "
        f"'end', TIMESTAMP '{day} 00:00:00' + INTERVAL 1 DAY)"
    )


def _slice(of: tuple[str, str] | None) -> dict[str, str]:
    return {} if of is None else {"slice_key": f"'{of[0]}'", "slice_value": f"'{of[1]}'"}


def _add(target: Target, table: str, values: dict[str, str]) -> None:
    columns = ", ".join(f"`{name}`" for name in values)
    target.rows(f"INSERT INTO {SCHEMA}.{table} ({columns}) SELECT {', '.join(values.values())}")
