"""What a monitor's body must look like; every rule gives a sentence with the thing, the value and the fix.

Rules and their reasons: Databricks' documentation of custom metrics and of the monitor API. What breaks a refresh on
the service (a bare type name, an unknown column) is refused here when the monitor is made.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from local_workspace.engine.analysis_rules import (
    baseline_rules,
    inference_rules,
    kind_rules,
    snapshot_rules,
    time_series_rules,
)
from local_workspace.engine.custom_metric import LABEL, PREDICTION
from local_workspace.engine.definition_check import Check, repeated
from local_workspace.engine.dialect import UnsupportedSQLError, expression_type, parse_expression
from local_workspace.engine.metric_rules import (
    column_named,
    is_aggregate,
    metric_problems,
    refuse_parts,
)

if TYPE_CHECKING:
    from local_workspace.engine.switches import Switches

_MOST_ADDRESSES: Final = 5
_FIELD: Final = r"[\dA-Za-z*/,#-]+"
_QUARTZ: Final = re.compile(
    rf"{_FIELD} {_FIELD} {_FIELD} (\? {_FIELD} {_FIELD}|{_FIELD} {_FIELD} \?)( {_FIELD})?"
)


def problems(
    body: Mapping[str, object],
    columns: Mapping[str, str],
    baseline: Mapping[str, str] | None,
    switches: Switches,
) -> list[str]:
    """Everything that is wrong, in the order of the body's fields."""
    check = Check(body, columns, baseline, switches)
    for rule in _RULES:
        rule(check)
    return check.found


def _output_schema(check: Check) -> None:
    name = check.body.get("output_schema_name")
    if not isinstance(name, str) or not name:
        check.say("output_schema_name is missing; write it as catalog.schema")
    elif len([part for part in name.split(".") if part]) != len(name.split(".")) or name.count(".") != 1:
        check.say(f"output_schema_name '{name}' is not a full schema name; write it as catalog.schema")


def _slices(check: Check) -> None:
    slices = check.items("slicing_exprs", check.body, "")
    for text in slices:
        reason = _slice_problem(str(text), check.columns)
        if reason:
            check.say(f"slicing_exprs: '{text}': {reason}")
    for text in repeated(slices):
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


def _metrics(check: Check) -> None:
    entries = check.items("custom_metrics", check.body, "")
    check.found += metric_problems(entries, check.columns, _template_columns(check))
    log = check.section("inference_log")
    model_id = str(log.get("model_id_col")).lower() if log else ""
    for entry in entries:
        if isinstance(entry, Mapping) and str(entry.get("name")).lower() == model_id:
            check.say(
                f"custom metric '{entry['name']}': the name is the model_id_col's, which is a column of the output "
                "tables; choose another"
            )


def _template_columns(check: Check) -> dict[str, str]:
    """The columns of an inference log that AGGREGATE metrics can name by a template."""
    log = check.body.get("inference_log")
    if not isinstance(log, Mapping):
        return {}
    named = {
        template: column_named(check.columns, str(log.get(template))) for template in (PREDICTION, LABEL)
    }
    return {template: column for template, column in named.items() if column is not None}


def _notifications(check: Check) -> None:
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


def _schedule(check: Check) -> None:
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


_RULES: Final[tuple[Callable[[Check], None], ...]] = (
    _output_schema,
    kind_rules,
    time_series_rules,
    snapshot_rules,
    inference_rules,
    baseline_rules,
    _slices,
    _metrics,
    _schedule,
    _notifications,
)
