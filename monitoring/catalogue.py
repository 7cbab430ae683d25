"""The metrics as rows: for the terminal, for spreadsheets and programs, and for ``docs/metrics.md``."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from monitoring.metrics import Kind, Metric

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitoring.domain import Domain
    from monitoring.thresholds import Condition

COLUMNS = (
    "domain",
    "name",
    "kind",
    "definition",
    "output_type",
    "meaning",
    "direction",
    "unit",
    "good",
    "calculation",
    "target",
    "warning",
    "critical",
    "output_table",
)


def rows(domains: Iterable[Domain]) -> list[dict[str, str]]:
    """One row of texts per metric under the names of ``COLUMNS``, in the order of creation."""
    return [_row(domain, metric) for domain in domains for metric in domain.ordered_metrics]


def as_csv(domains: Iterable[Domain]) -> str:
    """The rows as CSV with a header; lines end with a line feed alone."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(domains))
    return buffer.getvalue()


def as_markdown(domains: Iterable[Domain]) -> str:
    """The page ``docs/metrics.md``."""
    chosen = tuple(domains)
    total = sum(len(domain.metrics) for domain in chosen)
    lines = [
        "# The metrics",
        "",
        f"{total} metrics in {len(chosen)} domains. Generated from `monitoring/domains/` by",
        "`python -m monitoring metrics --format markdown > docs/metrics.md`; a test fails when it is stale.",
        "",
        "AGGREGATE and DERIVED metrics are columns of the profile table, DRIFT metrics of the drift table,",
        "all on the rows with `column_name = ':table'`. Percentages are on the scale 0-100.",
        "",
        "| domain | gold table | AGGREGATE | DERIVED | DRIFT | metrics |",
        "|---|---|---|---|---|---|",
    ]
    for domain in chosen:
        counts = [sum(metric.kind is kind for metric in domain.metrics) for kind in Kind]
        cells = [f"[{domain.name}](#{domain.name})", f"`{domain.gold_table}`", *map(str, counts)]
        lines.append(f"| {' | '.join(cells)} | {len(domain.metrics)} |")
    for domain in chosen:
        lines += _markdown_section(domain)
    return "\n".join(lines) + "\n"


def _row(domain: Domain, metric: Metric) -> dict[str, str]:
    threshold = metric.threshold
    values = (
        domain.name,
        metric.name,
        metric.kind.value,
        metric.definition,
        metric.output_type.value,
        metric.meaning,
        metric.direction,
        metric.unit,
        metric.good.value,
        metric.calculation,
        _condition(threshold.target if threshold else None),
        _condition(threshold.warning if threshold else None),
        _condition(threshold.critical if threshold else None),
        domain.drift_table if metric.kind is Kind.DRIFT else domain.profile_table,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _condition(condition: Condition | None) -> str:
    return condition.in_words() if condition else ""


def _markdown_section(domain: Domain) -> list[str]:
    schedule = domain.schedule
    when = f"`{schedule.quartz}` ({schedule.timezone})" if schedule else "none"
    lines = [
        "",
        f"## {domain.name}",
        "",
        f"One row of `{domain.gold_table}` is one {domain.grain}; time column `{domain.timestamp_column}`;",
        f"granularities {_code(domain.granularities)}; schedule {when}; slices {_code(domain.slices) or 'none'}.",
        "",
        "| metric | kind | meaning | calculation | unit | good |",
        "|---|---|---|---|---|---|",
    ]
    for metric in domain.ordered_metrics:
        cells = (metric.kind, metric.meaning, metric.calculation, metric.unit, metric.direction)
        lines.append(f"| `{metric.name}` | {' | '.join(_cell(cell) for cell in cells)} |")
    return lines


def _code(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _cell(text: str) -> str:
    """``text`` in one line, with every character that Markdown would take as its own escaped."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_|\[\]])", r"\\\1", one_line).replace("&", "&amp;").replace("<", "&lt;")
