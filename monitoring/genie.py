"""The Genie space over the output tables: tables, instructions, example questions and their queries.

The content is that of a `serialized_space` of version 2: ids are 32 hexadecimal digits, texts are lists, and lists
with ids are sorted by them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitoring.gold.table import quote_identifier, quote_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitoring.domain import Domain
    from monitoring.metrics import Metric

TITLE = "Lakehouse monitors"
VERSION = 2
MOST_TABLES = 30
"""What a space takes; reported by others, not published with the interface."""

Json = dict[str, Any]

_INSTRUCTIONS = (
    (
        "The tables hold metrics of the platform's own operation, by time window. Metrics are columns, not rows: "
        "there is no metric_name and no metric_value."
    ),
    "Always filter column_name = ':table'. Other rows describe single columns of the source.",
    "In *_profile_metrics always filter log_type = 'INPUT'. Never in *_drift_metrics, which has no such column.",
    "In *_drift_metrics always filter drift_type = 'CONSECUTIVE'.",
    "Always filter granularity: '1 day', unless hours are asked for ('1 hour'; not every table has them).",
    (
        "For totals filter slice_key IS NULL; for one dimension slice_key = '...'. Slices are never crossed. Slice "
        "values are text: 'true', 'false'. Each slice keeps its 100 most frequent values."
    ),
    "For current values filter window.end <= CURRENT_TIMESTAMP(): the newest window is still filling.",
    (
        "A window is window.start (included) to window.end (not included), UTC. After a change of a monitor take the "
        "row with the newest monitor_version per window and slice."
    ),
    (
        "A value or a trend is in *_profile_metrics; a change, a jump or drift is in *_drift_metrics. Single runs, "
        "statements, users and assets are not here but in the source tables."
    ),
    (
        "Over several windows, sum counts, sums and costs, and recompute rates from their parts. Never average rates, "
        "percentiles or distinct counts: use the coarser granularity."
    ),
    (
        "Percentages are on the scale 0-100: never multiply them by 100. *_drift_pct is a relative change in percent, "
        "other drift a difference in the unit of its metric: never put them on one axis."
    ),
    "Leave NULL as it is: no data is no good news.",
    (
        "Some metrics have the same name in two tables (failure_rate, p99_duration_drift_pct, distinct_users): say "
        "which table a value is from."
    ),
    "Name the columns; never write SELECT *.",
)
"""What to know of all tables; what a single table holds stands in its comment."""


@dataclass(frozen=True)
class Example:
    """A question and the query that answers it."""

    question: str
    sql: str


def serialized_space(domains: Iterable[Domain], schema: str) -> str:
    """The space as text, always the same for the same domains and schema ``catalog.schema``."""
    return json.dumps(space(domains, schema), ensure_ascii=False, separators=(",", ":"))


def space(domains: Iterable[Domain], schema: str) -> Json:
    """The space as JSON."""
    chosen = tuple(domains)
    tables = [
        {"identifier": f"{schema}.{table}"}
        for domain in chosen
        for table in (domain.profile_table, domain.drift_table)
    ]
    questions = [question for domain in chosen for question in (*domain.questions, *domain.drift_questions)]
    queries = [example for domain in chosen for example in examples(domain, schema)]
    return {
        "version": VERSION,
        "config": {
            "sample_questions": _by_id(
                {"id": _id("question", text), "question": [text]} for text in dict.fromkeys(questions)
            )
        },
        "data_sources": {"tables": sorted(tables, key=lambda table: table["identifier"])},
        "instructions": {
            "text_instructions": [
                {"id": _id("instructions"), "content": [f"- {text}\n" for text in _INSTRUCTIONS]}
            ],
            "example_question_sqls": _by_id(
                {
                    "id": _id("example", example.question),
                    "question": [example.question],
                    "sql": _lines(example.sql),
                }
                for example in queries
            ),
        },
    }


def examples(domain: Domain, schema: str) -> tuple[Example, ...]:
    """The canonical queries of a domain: newest value, trend, one dimension, drift, and drift with its volume."""
    profile = _quoted(f"{schema}.{domain.profile_table}")
    drift = _quoted(f"{schema}.{domain.drift_table}")
    granularity = "1 day" if "1 day" in domain.granularities else domain.granularities[0]
    rows = f"column_name = ':table' AND log_type = 'INPUT' AND granularity = {quote_text(granularity)}"
    changes = (
        f"column_name = ':table' AND drift_type = 'CONSECUTIVE' AND granularity = {quote_text(granularity)}"
    )
    title = domain.title
    main = [domain.metric(name) for name in domain.main_metrics]
    named = ", ".join(metric.name for metric in main[:3])
    found = [
        Example(
            f"{title}: what are {named} now?",
            f"SELECT window.start AS window_start, {_names(main)}\nFROM {profile}\n"
            f"WHERE {rows}\n  AND slice_key IS NULL AND window.end <= CURRENT_TIMESTAMP()\n"
            "ORDER BY window.start DESC, monitor_version DESC\nLIMIT 1",
        ),
        Example(
            f"{title}: how did {named} develop in the last 30 days?",
            f"SELECT window.start AS window_start, {_names(main)}\nFROM {profile}\n"
            f"WHERE {rows}\n  AND slice_key IS NULL AND window.start >= CURRENT_DATE() - INTERVAL 30 DAYS\n"
            "ORDER BY window_start",
        ),
    ]
    found += [_by_slice(domain, name, main[0], profile, rows) for name in domain.impersonal_slices[:2]]
    found += [_drift(domain, metric, drift, changes) for metric in domain.drift_metrics[:2]]
    return tuple(found)


def _by_slice(domain: Domain, name: str, metric: Metric, profile: str, rows: str) -> Example:
    column = quote_identifier(metric.name)
    return Example(
        f"{domain.title}: {metric.name} by {name} in the newest window?",
        f"SELECT slice_value, {column}\nFROM {profile}\n"
        f"WHERE {rows}\n  AND slice_key = {quote_text(name)}\n"
        f"  AND window.start = (SELECT MAX(window.start) FROM {profile}\n"
        f"    WHERE {rows}\n      AND slice_key IS NULL AND window.end <= CURRENT_TIMESTAMP())\n"
        f"ORDER BY {column} DESC",
    )


def _drift(domain: Domain, metric: Metric, drift: str, changes: str) -> Example:
    column = quote_identifier(metric.name)
    limit = metric.threshold.warning or metric.threshold.critical if metric.threshold else None
    beyond = limit.sql(column) if limit else f"{column} IS NOT NULL"
    asked = (
        f"when was {metric.name} {limit.in_words(metric.unit)}" if limit else f"how did {metric.name} move"
    )
    return Example(
        f"{domain.title}: {asked}?",
        f"SELECT window.start AS window_start, window_cmp.start AS compared_with, {column}\nFROM {drift}\n"
        f"WHERE {changes}\n  AND slice_key IS NULL AND {beyond}\n"
        "ORDER BY window_start DESC",
    )


def _names(metrics: Iterable[Metric]) -> str:
    return ", ".join(quote_identifier(metric.name) for metric in metrics)


def _quoted(full_name: str) -> str:
    return ".".join(quote_identifier(part) for part in full_name.split("."))


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _by_id(entries: Iterable[Json]) -> list[Json]:
    return sorted(entries, key=lambda entry: str(entry["id"]))


def _id(*parts: str) -> str:
    """32 hexadecimal digits, the same for the same parts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def canonical(text: str) -> str:
    """``text`` of a space so that two of the same content are equal.

    The service gives a space back in other words: with empty fields, texts in other pieces, its own order.

    Raises:
        ValueError: it is no JSON object.
    """
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError("a space is a JSON object")
    return json.dumps(_canonical(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _canonical(value: Any) -> Any:  # noqa: ANN401 - JSON holds any value
    if isinstance(value, dict):
        found = {key: _canonical(one) for key, one in value.items()}
        return {key: one for key, one in found.items() if one not in (None, "", [], {})}
    if not isinstance(value, list):
        return value
    entries = [_canonical(one) for one in value]
    if entries and all(isinstance(one, str) for one in entries):
        return "".join(entries)
    if all(isinstance(one, dict) for one in entries):
        return sorted(entries, key=lambda one: str(one.get("id") or one.get("identifier") or ""))
    return entries


def with_tables(text: str, present: Iterable[str]) -> str:
    """``text`` of a space with those of its tables alone that are in ``present``, by lower-case name."""
    content = json.loads(text)
    there = set(present)
    sources = content.get("data_sources", {})
    sources["tables"] = [one for one in sources.get("tables", []) if one["identifier"].lower() in there]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def tables_of(text: str) -> list[str]:
    """Full names of the tables of a space."""
    return [one["identifier"] for one in json.loads(text).get("data_sources", {}).get("tables", [])]
