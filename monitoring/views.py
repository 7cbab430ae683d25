"""Views over the output tables of a domain that apply the filters and the version rule once.

Rows keep the version of the monitor that computed them, so after a change of the configuration a window can
stand in a table several times. Each view keeps the newest version of a window, not of the table: the newest of
the table would throw the history away.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.gold.table import quote_identifier, quote_text

if TYPE_CHECKING:
    from monitoring.domain import Domain
    from monitoring.metrics import Metric

FINGERPRINT = "lakehouse_monitors.fingerprint"
"""Property of a view that says which statement made it. The text that the service gives back may be formatted
differently."""

_PROFILE_FILTER = "column_name = ':table' AND log_type = 'INPUT'"
_DRIFT_FILTER = "column_name = ':table' AND drift_type = 'CONSECUTIVE'"
_WINDOW = "window.start, granularity"
_SLICE = f"{_WINDOW}, slice_key, slice_value"

_TEXTS = {
    "window_start": "Start of the time window, UTC.",
    "window_end": "End of the time window, UTC, not part of it.",
    "compared_with": "Start of the window that is compared with, UTC.",
    "granularity": "Length of the window, such as 1 day; filter by one.",
    "monitor_version": "Version of the monitor's configuration that computed the row.",
    "slice_key": "Column by which the rows are divided; filter by one.",
    "slice_value": "Value of that column, as text.",
}


@dataclass(frozen=True)
class View:
    """One view: what it reads and gives."""

    full_name: str
    """``catalog.schema.view``."""
    source: str
    """Full name of the output table that it reads."""
    comment: str
    columns: dict[str, str]
    """Comment by column, in order."""
    query: str

    @property
    def fingerprint(self) -> str:
        """Differs when the statement differs."""
        return hashlib.sha256(self._statement("").encode()).hexdigest()[:16]

    @property
    def statement(self) -> str:
        """The SQL that makes it, in place of an older one."""
        return self._statement(self.fingerprint)

    def _statement(self, fingerprint: str) -> str:
        columns = ",\n".join(
            f"  {quote_identifier(name)} COMMENT {quote_text(text)}" for name, text in self.columns.items()
        )
        return (
            f"CREATE OR REPLACE VIEW {_quoted(self.full_name)} (\n{columns})\n"
            f"COMMENT {quote_text(self.comment)}\n"
            f"TBLPROPERTIES ({quote_text(FINGERPRINT)} = {quote_text(fingerprint)})\n"
            f"AS {self.query}"
        )


def views(domain: Domain, schema: str) -> tuple[View, View, View]:
    """Totals, slices and drift of a domain, in the output schema ``catalog.schema``."""
    return totals_view(domain, schema), slices_view(domain, schema), drift_view(domain, schema)


def totals_view(domain: Domain, schema: str) -> View:
    """The metrics of the whole table per window: nothing of single slices, no built-in statistics."""
    return _view(
        f"{schema}.{domain.gold_table}_totals",
        f"{schema}.{domain.profile_table}",
        f"{domain.title}: metrics of the whole table by time window; one row per window and granularity.",
        _profile_columns(),
        domain.profile_metrics,
        f"{_PROFILE_FILTER} AND slice_key IS NULL",
        _WINDOW,
    )


def slices_view(domain: Domain, schema: str) -> View:
    """The metrics per window and slice value."""
    return _view(
        f"{schema}.{domain.gold_table}_slices",
        f"{schema}.{domain.profile_table}",
        f"{domain.title}: metrics by time window and slice value; slices are never crossed, and each keeps its "
        "100 most frequent values.",
        _profile_columns() | {"slice_key": "slice_key", "slice_value": "slice_value"},
        domain.profile_metrics,
        f"{_PROFILE_FILTER} AND slice_key IS NOT NULL",
        _SLICE,
    )


def drift_view(domain: Domain, schema: str) -> View:
    """The changes from window to window, of the whole table (``slice_key`` NULL) and of slices."""
    columns = {
        "window_start": "window.start",
        "window_end": "window.end",
        "compared_with": "window_cmp.start",
        "granularity": "granularity",
        "slice_key": "slice_key",
        "slice_value": "slice_value",
    }
    return _view(
        f"{schema}.{domain.gold_table}_drift",
        f"{schema}.{domain.drift_table}",
        f"{domain.title}: change of the metrics from one time window to the next; slice_key IS NULL gives the "
        "whole table.",
        columns,
        domain.drift_metrics,
        _DRIFT_FILTER,
        _SLICE,
    )


def _profile_columns() -> dict[str, str]:
    return {
        "window_start": "window.start",
        "window_end": "window.end",
        "granularity": "granularity",
        "monitor_version": "monitor_version",
    }


def _view(
    full_name: str,
    source: str,
    comment: str,
    columns: dict[str, str],
    metrics: tuple[Metric, ...],
    condition: str,
    key: str,
) -> View:
    selected = [name if text == name else f"{text} AS {name}" for name, text in columns.items()]
    selected += [metric.name for metric in metrics]
    texts = {name: _TEXTS[name] for name in columns}
    texts |= {metric.name: f"{metric.meaning} ({metric.unit})." for metric in metrics}
    query = (
        f"SELECT {', '.join(selected)}\n"
        f"FROM (SELECT s.*, MAX(monitor_version) OVER (PARTITION BY {key}) AS newest_version\n"
        f"      FROM {_quoted(source)} s\n"
        f"      WHERE {condition}) t\n"
        "WHERE monitor_version = newest_version"
    )
    return View(full_name, source, comment, texts, query)


def _quoted(full_name: str) -> str:
    return ".".join(quote_identifier(part) for part in full_name.split("."))
