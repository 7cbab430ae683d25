"""What a monitor's body must look like; every rule gives a sentence with the thing, the value and the fix.

Rules and their reasons: Databricks' documentation of custom metrics and of the monitor API. What breaks a refresh on
the service (a bare type name, an unknown column) is refused here when the monitor is made.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from local_workspace.engine.dialect import UnsupportedSQLError, expression_type, parse_expression
from local_workspace.engine.dialect_errors import nearest
from local_workspace.engine.metric_rules import (
    column_named,
    is_aggregate,
    metric_problems,
    refuse_parts,
)
from local_workspace.engine.windows import Granularity, UnknownGranularityError

ANALYSIS_KINDS: Final = ("time_series", "snapshot", "inference_log")
"""Kinds of analysis; a body has exactly one."""

_TIMESTAMP_TYPES: Final = {"TIMESTAMP", "TIMESTAMP_NTZ", "DATE", "STRING"}
_MOST_ADDRESSES: Final = 5
_FIELD: Final = r"[\dA-Za-z*/,#-]+"
_QUARTZ: Final = re.compile(
    rf"{_FIELD} {_FIELD} {_FIELD} (\? {_FIELD} {_FIELD}|{_FIELD} {_FIELD} \?)( {_FIELD})?"
)


def problems(body: Mapping[str, object], columns: Mapping[str, str]) -> list[str]:
    """Everything that is wrong, in the order of the body's fields."""
    check = _Check(body, columns)
    for rule in _RULES:
        rule(check)
    return check.found


@dataclass
class _Check:
    body: Mapping[str, object]
    columns: Mapping[str, str]
    found: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        self.found.append(sentence)

    def items(self, name: str, where: Mapping[str, object], path: str) -> Sequence[object]:
        """A list of the body; absent is empty."""
        value = where.get(name)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.say(f"{path}{name}: a list is expected, not {value!r}")
            return ()
        return value

    def section(self, name: str) -> Mapping[str, object] | None:
        """An object of the body, or None."""
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.say(f"{name}: an object is expected, not {value!r}")
            return None
        return value


def _output_schema(check: _Check) -> None:
    name = check.body.get("output_schema_name")
    if not isinstance(name, str) or not name:
        check.say("output_schema_name is missing; write it as catalog.schema")
    elif len([part for part in name.split(".") if part]) != len(name.split(".")) or name.count(".") != 1:
        check.say(f"output_schema_name '{name}' is not a full schema name; write it as catalog.schema")


def _kind(check: _Check) -> None:
    given = [kind for kind in ANALYSIS_KINDS if check.body.get(kind) is not None]
    if len(given) != 1:
        named = " and ".join(given) if given else "none"
        check.say(
            f"exactly one of time_series, snapshot and inference_log is needed, but {named} was given; send one"
        )
    for kind in given:
        if kind != "time_series":
            check.say(
                f"{kind}: the local workspace does not compute this kind of monitor yet; use time_series here"
            )
    baseline = check.body.get("baseline_table_name")
    if baseline:
        check.say(
            f"baseline_table_name '{baseline}': the local workspace does not compare with a baseline yet; leave it out"
        )


def _time_series(check: _Check) -> None:
    series = check.section("time_series")
    if series is None:
        return
    _timestamp_column(check, series.get("timestamp_col"))
    granularities = check.items("granularities", series, "time_series.")
    if not granularities:
        check.say("time_series.granularities is empty; name at least one granularity, such as '1 day'")
    for text in granularities:
        try:
            Granularity.parse(str(text))
        except UnknownGranularityError as error:
            check.say(f"time_series.granularities: {error}")
    for text in _repeated(granularities):
        check.say(f"time_series.granularities: '{text}' is listed twice; list it once")


def _timestamp_column(check: _Check, name: object) -> None:
    if not isinstance(name, str) or not name:
        check.say("time_series.timestamp_col is missing; name the column that says when a row happened")
        return
    column = column_named(check.columns, name)
    if column is None:
        check.say(
            f"time_series.timestamp_col '{name}' is not a column of the table{nearest(name, check.columns)}"
        )
        return
    kind = check.columns[column]
    if kind.upper() not in _TIMESTAMP_TYPES:
        check.say(
            f"time_series.timestamp_col '{name}' has type {kind}; use a TIMESTAMP or DATE column, "
            "or a STRING that can be cast to a timestamp"
        )


def _repeated(values: Iterable[object]) -> list[object]:
    seen = list(values)
    return [value for value in dict.fromkeys(seen) if seen.count(value) > 1]


def _slices(check: _Check) -> None:
    slices = check.items("slicing_exprs", check.body, "")
    for text in slices:
        reason = _slice_problem(str(text), check.columns)
        if reason:
            check.say(f"slicing_exprs: '{text}': {reason}")
    for text in _repeated(slices):
        check.say(f"slicing_exprs: '{text}' is listed twice; list each expression once")


def _slice_problem(text: str, columns: Mapping[str, str]) -> str | None:
    try:
        tree = parse_expression(text)
        refuse_parts(tree)
        if any(is_aggregate(node) for node in tree.walk()):
            return "a slice is computed for each row, so it cannot hold an aggregate; use columns and plain functions"
        expression_type(parse_expression(f"CAST((\n{text}\n) AS STRING)"), columns)
    except UnsupportedSQLError as error:
        return str(error)
    return None


def _metrics(check: _Check) -> None:
    check.found += metric_problems(check.items("custom_metrics", check.body, ""), check.columns)


def _notifications(check: _Check) -> None:
    notifications = check.section("notifications")
    for event, settings in (notifications or {}).items():
        if not isinstance(settings, Mapping):
            continue
        addresses = check.items("email_addresses", settings, f"notifications.{event}.")
        if len(addresses) > _MOST_ADDRESSES:
            check.say(
                f"notifications.{event}.email_addresses has {len(addresses)} addresses; "
                f"at most {_MOST_ADDRESSES} are allowed, use a group address"
            )


def _schedule(check: _Check) -> None:
    schedule = check.section("schedule")
    if schedule is None:
        return
    cron = str(schedule.get("quartz_cron_expression") or "")
    if not _QUARTZ.fullmatch(cron.strip()):
        check.say(
            f"schedule.quartz_cron_expression '{cron}' is not a Quartz cron expression of 6 or 7 fields "
            "with ? for the day of month or the day of week; daily at 06:00 is '0 0 6 * * ?'"
        )
    zone = str(schedule.get("timezone_id") or "")
    if zone not in zoneinfo.available_timezones():
        check.say(f"schedule.timezone_id '{zone}' is not a time zone; write it like 'UTC' or 'Europe/Berlin'")


_RULES: Final[tuple[Callable[[_Check], None], ...]] = (
    _output_schema,
    _kind,
    _time_series,
    _slices,
    _metrics,
    _schedule,
    _notifications,
)
