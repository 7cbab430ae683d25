"""Rules on how a domain is watched: time column, granularities, slices, schedule. No network."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlglot import exp

from monitoring.gold import GOLD_TABLES, GoldTable
from monitoring.nearest import did_you_mean, near_or_all
from monitoring.rules.expressions import ExpressionError, parse, unknown_column
from monitoring.rules.quartz import cron_reasons, timezone_reasons

if TYPE_CHECKING:
    from monitoring.domain import Domain

GRANULARITIES = (
    "5 minutes",
    "30 minutes",
    "1 hour",
    "1 day",
    "1 week",
    "2 weeks",
    "3 weeks",
    "4 weeks",
    "1 month",
    "1 year",
)
WITHIN_A_DAY = frozenset({"5 minutes", "30 minutes", "1 hour"})


def monitor_reasons(domain: Domain) -> list[tuple[str, str]]:
    """What is wrong with how ``domain`` is watched, as (field of the domain, reason) pairs."""
    table = GOLD_TABLES.get(domain.gold_table)
    if table is None:
        reason = f"unknown gold table '{domain.gold_table}'{did_you_mean(domain.gold_table, GOLD_TABLES)}"
        return [("gold_table", reason), *_schedule_reasons(domain)]
    return [
        *(("timestamp_column", reason) for reason in _time_reasons(domain, table)),
        *(("granularities", reason) for reason in _granularity_reasons(domain, table)),
        *(("slices", reason) for reason in _slice_reasons(domain, table)),
        *_schedule_reasons(domain),
    ]


def _time_reasons(domain: Domain, table: GoldTable) -> list[str]:
    types = table.column_types
    found = types.get(domain.timestamp_column)
    if found is None:
        return [f"timestamp column: {unknown_column(domain.timestamp_column, table.name, types)}"]
    if found not in {"TIMESTAMP", "DATE"}:
        return [f"timestamp column '{domain.timestamp_column}' is {found}; TIMESTAMP or DATE is needed"]
    return []


def _granularity_reasons(domain: Domain, table: GoldTable) -> list[str]:
    if not domain.granularities:
        return ["has no granularity; give at least one, such as '1 day'"]
    reasons = [
        f"unknown granularity '{text}'{near_or_all(text, GRANULARITIES)}"
        for text in domain.granularities
        if text not in GRANULARITIES
    ]
    reasons += [
        f"granularity '{text}' is given {n} times"
        for text, n in Counter(domain.granularities).items()
        if n > 1
    ]
    if table.column_types.get(domain.timestamp_column) == "DATE":
        reasons += [
            f"granularity '{text}' on the DATE column '{domain.timestamp_column}' puts every row into the "
            "first window of its day; use '1 day' or a TIMESTAMP column"
            for text in domain.granularities
            if text in WITHIN_A_DAY
        ]
    return reasons


def _slice_reasons(domain: Domain, table: GoldTable) -> list[str]:
    counts = Counter(text.strip().lower() for text in domain.slices)
    reasons = [f"slice '{text}' is given {n} times" for text, n in counts.items() if n > 1]
    for text in domain.slices:
        try:
            expression = parse(text)
        except ExpressionError as error:
            reasons.append(f"slice '{text}' {error}")
            continue
        if expression.find(exp.AggFunc, exp.Query, exp.Window):
            reasons.append(f"slice '{text}' is not one value per row; use columns without aggregates")
        if expression.find(exp.Column) is None:
            reasons.append(f"slice '{text}' names no column of {table.name}")
        lower_case = {name.lower() for name in table.column_types}
        reasons += [
            f"slice: {unknown_column(column.sql(), table.name, table.column_types)}"
            for column in expression.find_all(exp.Column)
            if column.table or column.name.lower() not in lower_case
        ]
    return reasons


def _schedule_reasons(domain: Domain) -> list[tuple[str, str]]:
    if domain.schedule is None:
        return []
    reasons = cron_reasons(domain.schedule.quartz) + timezone_reasons(domain.schedule.timezone)
    return [("schedule", reason) for reason in reasons]
