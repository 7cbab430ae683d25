"""The dashboard of the metrics as Lakeview JSON, generated from the domains.

An overview, then one page per agent domain: headline numbers of the newest closed window, the same over time, the
newest window by slice, and drift. Labels are the texts of the metrics. Percentages are stored on the scale 0-100,
so no tile has a percent format, which would multiply them once more. Every chart holds one metric: units differ.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from monitoring.gold.table import quote_identifier, quote_text
from monitoring.views import drift_view, slices_view, totals_view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitoring.domain import Domain
    from monitoring.metrics import Metric

TITLE = "Lakehouse monitors"
OVERVIEW = (
    ("cost", "cost_drift_pct"),
    ("query", "p95_duration_drift_pct"),
    ("job", "success_rate_drift"),
)
"""Drift metrics of the first page, by domain."""
DAYS = 30
"""How far back charts over time go."""
MOST_SLICE_VALUES = 20
"""Bars in a chart by slice, the largest."""
COLUMNS = 6
"""Width of a page in grid units."""

_CLOSED = "window_end <= CURRENT_TIMESTAMP()"
_RECENT = f"{_CLOSED} AND window_start >= CURRENT_DATE() - INTERVAL {DAYS} DAYS"
_NOT_ADDITIVE = {"percent", "score", "ratio"}

Json = dict[str, Any]


def serialized_dashboard(domains: Iterable[Domain], schema: str, *, shared_totals: bool) -> str:
    """The dashboard as text.

    Args:
        domains: what to show.
        schema: ``catalog.schema`` of the output tables.
        shared_totals: whether readers get views of totals instead of tables with personal data; totals are then
            read from those views, so that readers see them.
    """
    content = dashboard(domains, schema, shared_totals=shared_totals)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def dashboard(domains: Iterable[Domain], schema: str, *, shared_totals: bool) -> Json:
    """The dashboard as the JSON of Lakeview; arguments as for `serialized_dashboard`."""
    sections = [_Section(domain, schema, shared_totals) for domain in domains]
    pages: dict[str, _Page] = {"Overview": _Page("Overview")}
    for section in sections:
        section.overview(pages["Overview"])
        section.fill(pages.setdefault(section.domain.agent_domain, _Page(section.domain.agent_domain)))
    return {
        "datasets": [dataset for section in sections for dataset in section.datasets],
        "pages": [page.json for page in pages.values() if page.layout],
    }


@dataclass
class _Page:
    """A page that is filled from top to bottom, row by row."""

    title: str
    layout: list[Json] = field(default_factory=list)
    _x: int = 0
    _y: int = 0
    _row_height: int = 0

    def add(self, widget: Json, width: int, height: int) -> None:
        """Put a widget at the next free place."""
        if self._x + width > COLUMNS:
            self.end_row()
        position = {"x": self._x, "y": self._y, "width": width, "height": height}
        self.layout.append({"widget": widget, "position": position})
        self._x += width
        self._row_height = max(self._row_height, height)

    def end_row(self) -> None:
        """Go on below what is there."""
        self._x, self._y, self._row_height = 0, self._y + self._row_height, 0

    @property
    def json(self) -> Json:
        """The page as Lakeview has it."""
        return {
            "name": _id("page", self.title),
            "displayName": self.title,
            "pageType": "PAGE_TYPE_CANVAS",
            "layout": self.layout,
        }


class _Section:
    """The part of one domain: its datasets, and its widgets on a page."""

    def __init__(self, domain: Domain, schema: str, shared_totals: bool) -> None:
        self.domain = domain
        totals = totals_view(domain, schema)
        is_shared = shared_totals and bool(domain.personal_columns)
        self._totals = _quoted(totals.full_name) if is_shared else f"({totals.query})"
        self._slices = f"({slices_view(domain, schema).query})"
        self._drift = f"({drift_view(domain, schema).query})"
        usual = "1 day" if "1 day" in domain.granularities else domain.granularities[0]
        self._granularity = f"granularity = {quote_text(usual)}"
        self._main = [domain.metric(name) for name in domain.main_metrics]
        self._over_time = [*self._main, *map(domain.metric, domain.more_dashboard_metrics)]
        self._sliced = [
            name
            for name in domain.impersonal_slices
            # A rate by a column that it tests is 0 or 100.
            if name not in domain.trivial_slices or self._main[0].unit not in _NOT_ADDITIVE
        ]

    @property
    def datasets(self) -> list[Json]:
        """Queries of the domain's widgets."""
        found = [
            self._dataset("latest", "newest closed window", self._latest()),
            self._dataset("trend", f"last {DAYS} days", self._trend()),
            self._dataset("drift", "change from window to window", self._changes()),
        ]
        return found + [self._dataset(f"by {name}", f"by {name}", self._by(name)) for name in self._sliced]

    def overview(self, page: _Page) -> None:
        """Put the domain's metrics of the first page there."""
        for domain, name in OVERVIEW:
            if domain == self.domain.name:
                page.add(self._line("drift", self.domain.metric(name), "overview"), 2, 6)

    def fill(self, page: _Page) -> None:
        """Put all widgets of the domain on its page."""
        page.end_row()
        page.add(self._heading(), COLUMNS, 1)
        for metric in self._main:
            page.add(self._counter(metric), 2, 3)
        for source, metrics in (("trend", self._over_time), ("drift", self.domain.drift_metrics)):
            page.end_row()
            for metric in metrics:
                page.add(self._line(source, metric, "page"), 3, 6)
        page.end_row()
        for name in self._sliced:
            page.add(self._bars(name), 3, 6)

    def _latest(self) -> str:
        return (
            f"SELECT window_start, {_names(self._main)}\nFROM {self._totals} v\n"
            f"WHERE {self._granularity} AND {_CLOSED}\nORDER BY window_start DESC\nLIMIT 1"
        )

    def _trend(self) -> str:
        return (
            f"SELECT window_start, {_names(self._over_time)}\nFROM {self._totals} v\n"
            f"WHERE {self._granularity} AND {_RECENT}\nORDER BY window_start"
        )

    def _changes(self) -> str:
        return (
            f"SELECT window_start, {_names(self.domain.drift_metrics)}\nFROM {self._drift} v\n"
            f"WHERE {self._granularity} AND slice_key IS NULL AND {_RECENT}\nORDER BY window_start"
        )

    def _by(self, name: str) -> str:
        metric = quote_identifier(self._main[0].name)
        condition = f"{self._granularity} AND slice_key = {quote_text(name)}"
        return (
            f"SELECT slice_value, {metric}\nFROM {self._slices} v\n"
            f"WHERE {condition}\n"
            f"  AND window_start = (SELECT MAX(window_start) FROM {self._slices} n WHERE {condition} AND {_CLOSED})\n"
            f"ORDER BY {metric} DESC\nLIMIT {MOST_SLICE_VALUES}"
        )

    def _dataset(self, key: str, title: str, query: str) -> Json:
        return {
            "name": self._source(key),
            "displayName": f"{self.domain.title}: {title}",
            "queryLines": query.splitlines(keepends=True),
        }

    def _source(self, key: str) -> str:
        return _id("dataset", self.domain.name, key)

    def _heading(self) -> Json:
        text = f"## {self.domain.title}\n"
        return {"name": _id("heading", self.domain.name), "multilineTextboxSpec": {"lines": [text]}}

    def _counter(self, metric: Metric) -> Json:
        value = {"fieldName": metric.name, "displayName": metric.unit}
        return self._widget("counter", 2, "latest", metric, (metric.name,), {"value": value})

    def _line(self, source: str, metric: Metric, place: str) -> Json:
        encodings = {
            "x": {"fieldName": "window_start", "scale": {"type": "temporal"}, "displayName": "window, UTC"},
            "y": {"fieldName": metric.name, "scale": {"type": "quantitative"}, "displayName": metric.unit},
        }
        fields = ("window_start", metric.name)
        return self._widget("line", 3, source, metric, fields, encodings, place)

    def _bars(self, name: str) -> Json:
        metric = self._main[0]
        encodings = {
            "x": {"fieldName": metric.name, "scale": {"type": "quantitative"}, "displayName": metric.unit},
            "y": {
                "fieldName": "slice_value",
                "scale": {"type": "categorical", "sort": {"by": "x-reversed"}},
                "displayName": name,
            },
        }
        fields = ("slice_value", metric.name)
        return self._widget("bar", 3, f"by {name}", metric, fields, encodings, name)

    def _widget(  # the parts in which widgets differ
        self,
        kind: str,
        version: int,
        source: str,
        metric: Metric,
        fields: tuple[str, ...],
        encodings: Json,
        place: str = "",
    ) -> Json:
        by = f", by {place}" if kind == "bar" else ""
        query = {
            "datasetName": self._source(source),
            "fields": [{"name": name, "expression": quote_identifier(name)} for name in fields],
            "disaggregated": True,
        }
        frame = {
            "showTitle": True,
            "title": f"{metric.meaning}{by}",
            "showDescription": True,
            "description": f"{metric.name}; good: {metric.direction}",
        }
        return {
            "name": _id(kind, self.domain.name, source, metric.name, place),
            "queries": [{"name": "main_query", "query": query}],
            "spec": {"version": version, "widgetType": kind, "encodings": encodings, "frame": frame},
        }


def _names(metrics: Iterable[Metric]) -> str:
    return ", ".join(quote_identifier(metric.name) for metric in metrics)


def _quoted(full_name: str) -> str:
    return ".".join(quote_identifier(part) for part in full_name.split("."))


def _id(*parts: str) -> str:
    """A name of eight hexadecimal digits, the same for the same parts: another order changes no widget."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]
