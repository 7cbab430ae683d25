"""Sample data from an end, a number of days and a seed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.facts import (
    audit,
    governance,
    job_runs,
    nodes,
    quality,
    queries,
    serving,
    usage,
)
from local_workspace.sample_data.incident import LOOK_BACK, Incident
from local_workspace.sample_data.incidents import plans
from local_workspace.sample_data.period import Period
from local_workspace.sample_data.sample import SampleData

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from local_workspace.sample_data.rows import Rows

DAYS = 60
SEED = 7

_GENERATORS: dict[str, Callable[[Period, np.random.Generator], Rows]] = {
    "fact_usage": usage.generate,
    "fact_job_run_timeline": job_runs.generate,
    "fact_query_history": queries.generate,
    "fact_node_timeline": nodes.generate,
    "fact_audit_logs": audit.generate,
    "fact_table_quality": quality.generate,
    "fact_governance_metrics": governance.generate,
    "fact_model_serving": serving.generate,
}


def generate(end: datetime, days: int = DAYS, seed: int = SEED) -> SampleData:
    """Make all eight tables with their incidents; the same arguments always give the same rows.

    Args:
        end: newest moment, with a time zone; the day it lies in is partial.
        days: whole days before that day.
        seed: which random numbers are drawn. Each table and each incident draws its own.

    Raises:
        ValueError: the end has no time zone, or there are no days.
    """
    period = Period(end, days)
    tables = {name: make(period, _stream(seed, name)) for name, make in _GENERATORS.items()}
    incidents = incidents_before(end, days)
    for incident in incidents:
        change = plans()[incident.name].change
        tables[incident.table] = change(tables[incident.table], incident, _stream(seed, incident.name))
    return SampleData(period, tables, incidents)


def incidents_before(end: datetime, days: int = DAYS) -> tuple[Incident, ...]:
    """The incidents that `generate` hides for these arguments, oldest first, without making any data."""
    period = Period(end, days)
    found = [plan.incident(name, period) for name, plan in plans().items()]
    oldest = max(period.start, period.today - LOOK_BACK)
    return tuple(sorted((i for i in found if i.window_before >= oldest), key=lambda i: (i.start, i.name)))


def _stream(seed: int, name: str) -> np.random.Generator:
    """Random numbers of one table or incident: no other one's numbers move when this one's code changes."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))
