"""Evaluations as figures: for scripts, and for the tables made from them."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from evaluation.evaluate import Evaluation

LEAST_RECALL = 0.9
MOST_FALSE_ALARMS = 1.0
"""Of a monitor, per month."""

Figures = dict[str, Any]
"""What JSON can hold."""


def figures(evaluation: Evaluation) -> Figures:
    """The figures of one monitor on one set of data."""
    score = evaluation.score
    delays = [outcome.delay for outcome in score.outcomes if outcome.delay is not None]
    return {
        "data": evaluation.data,
        "monitor": evaluation.monitor,
        "granularities": list(evaluation.granularities),
        "incidents": len(score.outcomes),
        "judgeable": sum(outcome.judgeable for outcome in score.outcomes),
        "found": score.found,
        "in_their_slice": sum(outcome.in_its_slice for outcome in score.outcomes),
        "missed": [outcome.name for outcome in score.outcomes if not outcome.found],
        "median_delay_hours": round(statistics.median(map(_hours, delays)), 2) if delays else None,
        "longest_delay_hours": round(max(map(_hours, delays)), 2) if delays else None,
        "months": round(score.months, 2),
        "false_alarms": len(score.false_alarms),
        "false_alarms_a_month": round(score.false_alarms_a_month, 2),
        "days_in_false_alarms": round(
            sum(_hours(each.end - each.start) for each in score.false_alarms) / 24, 2
        ),
    }


def shortfalls(rows: Sequence[Figures]) -> list[str]:
    """What misses the goal, as sentences: in each set of sample data recall, for each monitor false alarms."""
    found = []
    for data in dict.fromkeys(row["data"] for row in rows):
        of_data = [row for row in rows if row["data"] == data]
        incidents, hits = (sum(row[name] for row in of_data) for name in ("incidents", "found"))
        if hits < LEAST_RECALL * incidents:
            found.append(
                f"{data}: {hits} of {incidents} incidents were found; the goal is {LEAST_RECALL:.0%}"
            )
    found += [
        f"{row['data']}, {row['monitor']}: {row['false_alarms_a_month']} false alarms a month; "
        f"the goal is at most {MOST_FALSE_ALARMS:.0f}"
        for row in rows
        if row["false_alarms_a_month"] > MOST_FALSE_ALARMS
    ]
    return found


def _hours(time: timedelta) -> float:
    return time.total_seconds() / 3600
