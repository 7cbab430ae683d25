"""What the workflows run, with the real Pulumi: one deployment is enough, a review shows metrics, drift is found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from toolchain.pins import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.deployment import Deployment

FILE = "monitoring/domains/governance.py"
OLD = 'derived("documentation_rate", "documented_assets * 100.0 / NULLIF(total_assets, 0)"'
NEW = (
    'aggregate("sensitive_things", "COUNT(DISTINCT IF(is_sensitive, asset_id, NULL))", LONG,\n'
    '              unit="assets", meaning="Sensitive assets", good="lower"),\n'
    '    derived("documentation_rate", "documented_assets * 100.0 / GREATEST(total_assets, 1)"'
)


@pytest.fixture
def pipelines(deployment: Deployment) -> Callable[..., tuple[int, str]]:
    """Runs a command of `python -m pipelines` in the copy of the project; gives exit code and output."""
    deployment.configure(domains=["governance"])
    shutil.copytree(
        CHECKOUT / "pipelines",
        deployment.project / "pipelines",
        ignore=shutil.ignore_patterns("__pycache__"),
    )

    def run(command: str) -> tuple[int, str]:
        finished = subprocess.run(
            [sys.executable, "-m", "pipelines", command, "--stack", deployment.stack.name],
            cwd=deployment.project,
            env={**deployment.stack.variables, "PYTHONPATH": os.fspath(deployment.project)},
            capture_output=True,
            text=True,
            check=False,
        )
        return finished.returncode, finished.stdout + finished.stderr

    return run


def test_a_deployment_settles_by_itself_also_when_it_adds_a_metric(
    deployment: Deployment, pipelines: Callable[..., tuple[int, str]]
) -> None:
    code, said = pipelines("deploy")
    assert (code, "wait: the comments of governance are pending" in said) == (0, True), said
    assert deployment.preview("--expect-no-changes") == {}

    deployment.edit(FILE, OLD, NEW)
    code, said = pipelines("review")
    assert code == 0, said
    assert "| governance | QualityMonitor | update | customMetrics |" in said
    assert "Metrics: 1 added, 1 changed, 0 removed" in said
    assert "\n+ COUNT(DISTINCT IF(is_sensitive, asset_id, NULL))  [aggregate of :table as long]\n" in said

    code, said = pipelines("deploy")
    assert (code, "refresh: the comments of governance are partial" in said) == (0, True), said
    assert deployment.preview("--expect-no-changes") == {}


def test_drift_is_found_and_named(deployment: Deployment, pipelines: Callable[..., tuple[int, str]]) -> None:
    assert pipelines("deploy")[0] == 0
    assert pipelines("drift")[0] == 0

    table = deployment.stack.outputs()["monitors"]["governance"]["profile_table"]
    deployment.target.rows(f"ALTER TABLE {table} ALTER COLUMN total_assets COMMENT 'by hand'")
    code, said = pipelines("drift")
    assert code == 1
    assert "| governance-profile-comments | TableComments | update | column\\_comments |" in said
