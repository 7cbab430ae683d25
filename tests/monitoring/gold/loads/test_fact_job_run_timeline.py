"""What the load makes of the hourly slices of job runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.monitoring.gold.loads.engines import Engine
    from tests.monitoring.gold.loads.system_tables import Row


def part(run_id: str, start: str, end: str, **given: Any) -> Row:  # noqa: ANN401 - any column
    """A slice of a run of job 1."""
    return {
        "account_id": "account",
        "workspace_id": "1",
        "job_id": "1",
        "run_id": run_id,
        "period_start_time": start,
        "period_end_time": end,
        **given,
    }


def finished(run_id: str, start: str = "2026-03-03 10:00:00", **given: Any) -> Row:  # noqa: ANN401 - any column
    """The only slice of a run that succeeded at half past ten on 3 March."""
    return part(run_id, start, "2026-03-03 10:30:00", **{"result_state": "SUCCEEDED", **given})


def test_three_slices_of_a_run_become_one_row(engine: Engine) -> None:
    engine.sources(
        lakeflow__job_run_timeline=[
            part("r", "2026-03-03 10:40:00", "2026-03-03 11:00:00", compute_ids=["b"], trigger_type="CRON"),
            part("r", "2026-03-03 11:00:00", "2026-03-03 12:00:00", compute_ids=["a", "b"]),
            part("r", "2026-03-03 12:00:00", "2026-03-03 12:10:00", result_state="FAILED",
                 termination_code="DRIVER_ERROR"),
        ]
    )  # fmt: skip
    columns = ("run_id", "result_state", "termination_code", "trigger_type", "run_duration_seconds",
               "run_duration_minutes", "is_success", "compute_ids")  # fmt: skip
    assert engine.loaded("fact_job_run_timeline", *columns) == [
        ("r", "FAILED", "DRIVER_ERROR", "CRON", "5400", "90.0", "false", "a, b")
    ]


def test_a_run_lies_on_the_day_of_its_start_even_before_the_days_that_are_loaded(engine: Engine) -> None:
    engine.sources(
        lakeflow__job_run_timeline=[
            part("r", "2026-03-01 23:10:00", "2026-03-02 00:00:00"),
            part("r", "2026-03-02 00:00:00", "2026-03-02 00:10:00", result_state="SUCCEEDED"),
        ]
    )
    columns = ("run_id", "start_time", "end_time", "run_date")
    assert engine.loaded("fact_job_run_timeline", *columns) == [
        ("r", "2026-03-01 23:10:00", "2026-03-02 00:10:00", "2026-03-01")
    ]


def test_a_run_without_a_slice_in_the_days_is_not_loaded(engine: Engine) -> None:
    engine.sources(
        lakeflow__job_run_timeline=[
            part("old", "2026-03-01 10:00:00", "2026-03-01 11:00:00", result_state="SUCCEEDED"),
            part("new", "2026-03-05 00:00:00", "2026-03-05 01:00:00", result_state="SUCCEEDED"),
            finished("in"),
        ]
    )
    assert engine.loaded("fact_job_run_timeline", "run_id") == [("in",)]


def test_a_slice_counts_when_its_start_or_its_end_lies_in_the_days(engine: Engine) -> None:
    engine.sources(
        lakeflow__job_run_timeline=[
            part("ends", "2026-03-01 23:30:00", "2026-03-02 00:00:00", result_state="SUCCEEDED"),
            part("starts", "2026-03-04 23:30:00", "2026-03-05 00:00:00", result_state="SUCCEEDED"),
        ]
    )
    assert engine.loaded("fact_job_run_timeline", "run_id") == [("ends",), ("starts",)]


def test_the_latest_name_of_a_job_wins_also_when_the_job_was_deleted(engine: Engine) -> None:
    engine.sources(
        lakeflow__job_run_timeline=[finished("r")],
        lakeflow__jobs=[
            {"workspace_id": "1", "job_id": "1", "name": "new", "change_time": "2026-03-03 09:00:00",
             "delete_time": "2026-03-03 09:00:00"},
            {"workspace_id": "1", "job_id": "1", "name": "old", "change_time": "2026-01-01 09:00:00"},
            {"workspace_id": "2", "job_id": "1", "name": "other", "change_time": "2026-03-04 09:00:00"},
        ],
    )  # fmt: skip
    assert engine.loaded("fact_job_run_timeline", "run_id", "job_name") == [("r", "new")]


def test_a_run_without_a_job_has_the_name_of_the_run_or_none(engine: Engine) -> None:
    engine.sources(lakeflow__job_run_timeline=[finished("a", run_name="once"), finished("b")])
    assert engine.loaded("fact_job_run_timeline", "run_id", "job_name") == [("a", "once"), ("b", "unknown")]


def test_missing_trigger_and_termination_code_are_unknown(engine: Engine) -> None:
    engine.sources(lakeflow__job_run_timeline=[finished("r")])
    columns = ("trigger_type", "termination_code", "is_success")
    assert engine.loaded("fact_job_run_timeline", *columns) == [("unknown", "unknown", "true")]


def test_equal_run_ids_of_two_workspaces_are_two_runs(engine: Engine) -> None:
    engine.sources(lakeflow__job_run_timeline=[finished("r"), finished("r", workspace_id="2")])
    assert engine.loaded("fact_job_run_timeline", "workspace_id", "run_id") == [("1", "r"), ("2", "r")]
