"""Finished job runs: `fact_job_run_timeline`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.organisation import ACCOUNT_ID, CLUSTERS, JOBS, Job, job_id
from local_workspace.sample_data.period import EVERY_DAY, OFFICE_HOURS, ROUND_THE_CLOCK, WORKING_WEEK
from local_workspace.sample_data.rows import Mask, Rows, Values, moment, sometimes, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.period import Period, Times

_OUTCOMES = (
    # state, code, share of the runs, whether trouble makes it more frequent
    ("FAILED", "RUN_EXECUTION_ERROR", 0.009, True),
    ("FAILED", "DRIVER_ERROR", 0.0025, False),
    ("FAILED", "CLUSTER_ERROR", 0.0015, False),
    ("FAILED", "TIMED_OUT", 0.0005, True),
    ("ERROR", "INTERNAL_ERROR", 0.002, False),
    ("TIMED_OUT", "TIMED_OUT", 0.0025, True),
    ("CANCELLED", "USER_CANCELED", 0.005, True),
    ("CANCELLED", "CANCELED", 0.002, False),
    ("SKIPPED", "MAX_CONCURRENT_RUNS_EXCEEDED", 0.004, False),
    ("BLOCKED", "BLOCKED", 0.003, False),
)
_LONGEST_IN_MEDIANS = 6.0
"""Where jobs time out, in usual run times."""

_END = "start_time + to_microseconds(duration_ms * 1000)"
_SECONDS = f"date_diff('second', start_time, {_END})"

GOLD = {
    "account_id": f"'{ACCOUNT_ID}'",
    "run_name": "CASE WHEN run_type = 'SUBMIT_RUN' THEN job_name || ' ' || run_id ELSE job_name END",
    "end_time": _END,
    "run_date": "CAST(start_time AS DATE)",
    "run_duration_seconds": _SECONDS,
    "run_duration_minutes": f"{_SECONDS} / 60",
    "is_success": "result_state IN ('SUCCEEDED', 'SUCCESS')",
    "compute_ids": "CASE WHEN compute_id IS NULL THEN [] ELSE [compute_id] END",
}


def generate(period: Period, rng: np.random.Generator) -> Rows:
    """Every run that has finished by the end of the period, repeated runs included."""
    starts = [_starts(job, period, rng) for job in JOBS]
    job = np.repeat(np.arange(len(JOBS)), [len(times) for times in starts])
    rows = _described().take(job).replace(start_time=np.concatenate(starts))
    median = np.array([job.minutes for job in JOBS])[job] * 60_000
    spread = np.array([job.spread for job in JOBS])[job]
    slower = 1 + 0.1 * (rows["start_time"] - moment(period.start)) / (
        moment(period.end) - moment(period.start)
    )
    usual = median * slower * rng.lognormal(0, spread)
    state, code = _outcomes(np.array([job.trouble for job in JOBS])[job], rng)
    rows = rows.replace(
        result_state=state,
        termination_code=np.where(sometimes(rng, rows.count, 0.001), "unknown", code).astype(object),
        duration_ms=duration_of(state, usual, median, rng),
    )
    rows = rows.where(sometimes(rng, rows.count, 0.002), trigger_type="unknown")
    rows = with_retries(rows, median, rng)
    rows = rows.take(rows["start_time"] + rows["duration_ms"].astype("timedelta64[ms]") < moment(period.end))
    rows = rows.take(np.argsort(rows["start_time"], kind="stable"))
    return rows.replace(run_id=_run_ids(rows.count, rng))


def duration_of(state: Values, usual: Values, median: Values, rng: np.random.Generator) -> Values:
    """How long runs of these outcomes take, in milliseconds: failures end early, time-outs at the limit."""
    share = np.ones(len(state))
    share[np.isin(state, ["FAILED", "ERROR", "CANCELLED"])] = 0.5
    milliseconds = usual * np.where(share < 1, rng.uniform(0.05, 0.95, len(state)), 1)
    milliseconds = np.where(state == "TIMED_OUT", median * _LONGEST_IN_MEDIANS, milliseconds)
    milliseconds = np.where(
        np.isin(state, ["SKIPPED", "BLOCKED"]), rng.uniform(0, 4000, len(state)), milliseconds
    )
    return np.round(milliseconds).astype(np.int64)


def with_retries(rows: Rows, median: Values, rng: np.random.Generator) -> Rows:
    """Two thirds of the failed runs are repeated a few minutes later, nearly always with success."""
    again: Mask = (rows["result_state"] == "FAILED") & sometimes(rng, rows.count, 0.66)
    failed = rows.take(again)
    later = (failed["duration_ms"] + rng.integers(60_000, 600_000, failed.count)).astype("timedelta64[ms]")
    state = np.where(sometimes(rng, failed.count, 0.9), "SUCCEEDED", "FAILED").astype(object)
    repeated = failed.replace(
        start_time=failed["start_time"] + later,
        trigger_type=texts(["ONETIME_RETRY"] * failed.count),
        result_state=state,
        termination_code=np.where(state == "SUCCEEDED", "SUCCESS", "RUN_EXECUTION_ERROR").astype(object),
        duration_ms=np.round(median[again] * rng.lognormal(0, 0.25, failed.count)).astype(np.int64),
    )
    return rows.followed_by(repeated)


def _starts(job: Job, period: Period, rng: np.random.Generator) -> Times:
    if job.every_minutes:
        return period.on_schedule(rng, job.every_minutes, job.first_hour, weekdays_only=job.weekdays_only)
    by_people = job.trigger == "ONETIME"
    return period.at_random(
        rng,
        job.runs_a_day,
        OFFICE_HOURS if by_people else ROUND_THE_CLOCK,
        WORKING_WEEK if by_people else EVERY_DAY,
    )


def _described() -> Rows:
    """What every run of a job has in common, one row per job."""
    clusters = {cluster.workspace: cluster.id for cluster in CLUSTERS if cluster.product == "JOBS"}
    return Rows({
        "workspace_id": texts([job.workspace.value for job in JOBS]),
        "job_id": texts([job_id(job) for job in JOBS]),
        "job_name": texts([job.name for job in JOBS]),
        "run_type": texts(["SUBMIT_RUN" if job.name == "integration_tests" else "JOB_RUN" for job in JOBS]),
        "trigger_type": texts([job.trigger for job in JOBS]),
        "compute_id": texts([None if job.serverless else clusters.get(job.workspace) for job in JOBS]),
    })  # fmt: skip


def _outcomes(trouble: Values, rng: np.random.Generator) -> tuple[Values, Values]:
    shares = np.array(
        [[share * (t if more else 1) for _, _, share, more in _OUTCOMES] for t in np.unique(trouble)]
    )
    limits = np.cumsum(shares, axis=1)[np.searchsorted(np.unique(trouble), trouble)]
    outcome = (rng.random(len(trouble))[:, None] >= limits).sum(axis=1)
    states = texts([*[state for state, *_ in _OUTCOMES], "SUCCEEDED"])
    codes = texts([*[code for _, code, *_ in _OUTCOMES], "SUCCESS"])
    return states[outcome], codes[outcome]


def _run_ids(count: int, rng: np.random.Generator) -> Values:
    numbers = 480_000_000_000_000 + np.cumsum(rng.integers(1_000, 90_000_000, count))
    return texts([str(number) for number in numbers.tolist()])
