"""The jobs deployed with the real provider and run for real: they refresh, document, set up and leave no difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk.service.jobs import CronSchedule, JobSettings, PauseStatus, RunResultState

from monitoring.descriptions import table_comments
from monitoring.domains import governance
from tests.local_workspace.job_target import finished, output
from tests.local_workspace.target import until

if TYPE_CHECKING:
    from databricks.sdk.service.jobs import Run

    from tests.end_to_end.deployment import Deployment

GOLD = "main.gold.fact_governance_metrics"
PROFILE = "main.gold_monitoring.fact_governance_metrics_profile_metrics"
ASSETS = "/Workspace/Shared/monitoring/main/gold"
NOTHING: dict[str, str] = {}
WHEEL_CHANGES = {
    "jobs-wheel": "replace",
    "jobs-setup": "update",
    "jobs-document": "update",
    "jobs-refresh": "update",
}


@pytest.fixture
def deployed(deployment: Deployment) -> Deployment:
    """One monitor and the jobs, deployed and documented."""
    deployment.configure(domains=["governance"], jobs=True)
    deployment.settled(["governance"])
    return deployment


def job_id(deployment: Deployment, job: str) -> int:
    return int(deployment.stack.outputs()["jobs"][job])


def run(deployment: Deployment, job: str, **parameters: str) -> tuple[RunResultState | None, list[str]]:
    """Run a job to its end; gives its result and the lines that it printed."""
    jobs = deployment.target.sdk.jobs
    started = jobs.run_now(job_id(deployment, job), job_parameters=parameters).run_id
    return told(deployment, finished(deployment.target, started, seconds=300))


def told(deployment: Deployment, ended: Run) -> tuple[RunResultState | None, list[str]]:
    (task,) = ended.tasks or []
    assert ended.state is not None
    return ended.state.result_state, (output(deployment.target, ended, task.task_key).logs or "").splitlines()


def refreshes(deployment: Deployment) -> list[dict[str, Any]]:
    path = deployment.monitor_path(GOLD)
    answer: list[dict[str, Any]] = deployment.target.get(f"{path}/refreshes").json()["refreshes"]
    return answer


def test_every_job_does_its_work_and_leaves_no_difference(deployed: Deployment) -> None:
    assert deployed.preview("--expect-no-changes") == NOTHING
    known = len(refreshes(deployed))
    result, lines = run(deployed, "refresh")
    assert (result, lines[-1]) == (RunResultState.SUCCESS, "refresh SUCCEEDED; 1 domains: 1 refreshed")
    assert [refresh["state"] for refresh in refreshes(deployed)] == ["SUCCESS"] * (known + 1)

    deployed.target.rows(f"ALTER TABLE {PROFILE} ALTER COLUMN total_assets COMMENT 'nonsense'")
    result, lines = run(deployed, "document")
    assert (result, lines[-1]) == (RunResultState.SUCCESS, "document SUCCEEDED; 1 domains: 1 documented")
    assert f"  {PROFILE}: documented, 1 comments written" in lines
    wanted = table_comments(governance.DOMAIN)["profile"].columns
    assert deployed.target.column_comments(PROFILE) == wanted

    result, lines = run(deployed, "setup")
    assert (result, lines[-1]) == (
        RunResultState.SUCCESS,
        "setup SUCCEEDED; 1 domains: 1 unchanged, 1 documented",
    )
    assert deployed.preview("--refresh", "--expect-no-changes") == NOTHING

    deployed.run("destroy", "--yes", "--skip-preview")
    assert list(deployed.target.sdk.jobs.list()) == []
    assert list(deployed.target.sdk.workspace.list(ASSETS)) == []


def test_setup_repairs_recreates_and_creates_and_says_what_it_could_not_do(deployed: Deployment) -> None:
    path = deployed.monitor_path(GOLD)
    before = deployed.target.get(path).json()
    deployed.target.delete(path)
    result, lines = run(deployed, "setup", domains='["governance", "quality"]')
    assert (result, lines[-1]) == (
        RunResultState.SUCCESS,
        "setup SUCCEEDED; 2 domains: 2 created, 2 documented",
    )
    assert deployed.target.get(path).json() == before
    assert deployed.preview("--refresh", "--expect-no-changes") == NOTHING

    result, lines = run(deployed, "setup", recreate="true")
    assert (result, lines[-1]) == (
        RunResultState.SUCCESS,
        "setup SUCCEEDED; 1 domains: 1 recreated, 1 documented",
    )
    assert deployed.preview("--refresh", "--expect-no-changes") == NOTHING

    deployed.target.rows("DROP TABLE main.gold.fact_table_quality")
    result, lines = run(deployed, "setup", domains='["governance", "quality"]')
    assert result is RunResultState.FAILED
    assert "  governance: unchanged" in lines
    (line,) = [line for line in lines if line.startswith("setup FAILED")]
    assert "; quality: the gold table main.gold.fact_table_quality is not there" in line


def test_a_schedule_that_somebody_resumed_fires_and_is_paused_again_by_the_next_deployment(
    deployed: Deployment,
) -> None:
    target, refresh = deployed.target, job_id(deployed, "refresh")
    target.post("/__local/clock", {"advance_seconds": 2 * 24 * 3600})
    known = len(refreshes(deployed))
    resumed = CronSchedule("0 0 6 * * ?", "UTC", PauseStatus.UNPAUSED)
    target.sdk.jobs.update(refresh, new_settings=JobSettings(schedule=resumed))
    target.post("/__local/clock", {"advance_seconds": 24 * 3600})
    (fired,) = until(lambda: list(target.sdk.jobs.list_runs(job_id=refresh)), bool)
    result, lines = told(deployed, finished(target, fired.run_id or 0, seconds=300))
    assert (result, lines[-1]) == (RunResultState.SUCCESS, "refresh SUCCEEDED; 1 domains: 1 refreshed")
    assert len(refreshes(deployed)) > known
    # The first two days passed while it was paused.
    assert len(list(target.sdk.jobs.list_runs(job_id=refresh))) == 1

    assert deployed.preview("--refresh") == {"jobs-refresh": "update"}
    assert deployed.up("--refresh") == {"update": 1}
    settings = target.sdk.jobs.get(refresh).settings
    assert settings is not None
    assert settings.schedule == CronSchedule("0 0 6 * * ?", "UTC", PauseStatus.PAUSED)


def test_a_changed_metric_changes_the_code_of_the_jobs_and_a_changed_command_does_not(
    deployed: Deployment,
) -> None:
    deployed.edit("monitoring/cli.py", "app = typer.Typer(", "# a remark\napp = typer.Typer(")
    assert deployed.preview("--expect-no-changes") == NOTHING
    deployed.edit(
        "monitoring/domains/governance.py", '"COUNT(DISTINCT asset_id)"', '"COUNT(DISTINCT  asset_id)"'
    )
    assert deployed.preview() == {"governance": "update", **WHEEL_CHANGES}
    deployed.up()
    assert deployed.preview("--expect-no-changes") == NOTHING
    (wheel,) = deployed.target.sdk.workspace.list(ASSETS)
    result, lines = run(deployed, "setup", wait_minutes="0")
    assert (result, lines[-1]) == (RunResultState.SUCCESS, "setup SUCCEEDED; 1 domains: 1 unchanged")
    assert (wheel.path or "").startswith(f"{ASSETS}/lakehouse_monitors-0.1.0+")
