"""The page about the sample data, with a row for every incident of the folder."""

from __future__ import annotations

import calendar
from datetime import timedelta
from typing import TYPE_CHECKING

from local_workspace.sample_data.generation import DAYS
from local_workspace.sample_data.incidents import plans
from monitoring.gold import GOLD_TABLES

if TYPE_CHECKING:
    from local_workspace.sample_data.incident import Plan

_PAGE = """\
# Sample data

Generated operations data of an invented retailer for the eight gold tables: `python -m local_workspace seed`
fills a local workspace with it. Nothing in it is real; addresses and names are made up.

- {days} whole days and the part of the last one that has passed, ending at the workspace's clock, in UTC; about
  490,000 rows.
- Six workspaces on three clouds, 40 jobs, 15 clusters, 8 SQL warehouses, 6 serving endpoints, 46 people and
  10 service principals, 60 checked tables. Load follows working hours and weekdays and grows by 18 %.
- Durations have long tails; billing records are taken back and stated again; what may be empty sometimes is.
- Node rows cover five minutes, as a gold load that merges the minutes of the source would write them.
- The same end, days and seed always give the same rows. Every table and every incident draws random numbers of
  its own, so a change to one leaves the others as they were.

## The incidents

Each incident is one file in `local_workspace/sample_data/incidents/`; a new file with a `PLAN` is found by itself.
All lie in the last 28 days and none in the newest 24 hours. "Shows in" names the slice, the windows and the drift
metric in which the first window stands out; the last column lists further metrics that move.

| incident | domain | starts, lasts | shows in | what happened | moves |
|---|---|---|---|---|---|
{rows}

Weeks count back from the end of the data: week 1 holds the last such weekday that ended a day before it.
An incident is left out when the days that are asked for do not hold it and the window before it.
Incidents that meet in time share no rows: none lies in the window before another one of the same slice.

## Without an incident

From one working day to the next, a whole table changes by some 5 % in volume and cost and by 10 % in p90 or p95
times, seldom by more than 15 and 30 %; around weekends, cost, statements and audit events change by 35 to 85 %. A
daily p99 can more than double: it is the time of the ten heaviest of a thousand statements.

Hours are noisy, above all at night, when an hour holds 10 to 20 runs, statements or requests. Half of all hours
differ from the hour before by more than 15 to 30 % in volume or mean time, and by more than 35 to 70 % in p90, p95
or p99. At night a volume can triple, and one heavy statement, or the first of the nightly builds, moves a percentile
by 1,000 % and more. Those are small numbers, not incidents: ask for a minimum volume in both windows beside every
relative drift (every labelled incident has at least 20 rows in both), and read percentiles from daily windows.

This page is generated: `python -m local_workspace.sample_data > docs/sample-data.md`.
"""


def page() -> str:
    """The whole page as Markdown."""
    order = list(GOLD_TABLES)
    by_table = sorted(plans().items(), key=lambda item: (order.index(item[1].table), item[0]))
    return _PAGE.format(days=DAYS, rows="\n".join(_row(name, plan) for name, plan in by_table))


def _row(name: str, plan: Plan) -> str:
    part = f"`{plan.slice_key}` = `{plan.slice_value}`" if plan.slice_key else "whole table"
    cells = (
        f"`{name}`",
        plan.domain,
        f"{_start(plan)}, {_length(plan.lasts)}",
        f"{part}, {plan.granularity}, `{plan.drift_metric}` {plan.direction}",
        plan.story,
        ", ".join(f"`{metric}`" for metric in plan.metrics),
    )
    return f"| {' | '.join(cells)} |"


def _start(plan: Plan) -> str:
    hour = f" {plan.starts.hour:02}:00" if plan.starts.hour else ""
    return f"{calendar.day_name[plan.starts.day]}{hour}, week {plan.starts.weeks_ago}"


def _length(lasts: timedelta) -> str:
    if lasts < timedelta(days=1):
        return f"{lasts // timedelta(hours=1)} hours"
    return "1 day" if lasts == timedelta(days=1) else f"{lasts.days} days"
