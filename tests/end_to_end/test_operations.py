"""The command line beside a real deployment."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, cast

from monitoring.domains import governance
from tests.local_workspace.engine.monitored import domain_body

if TYPE_CHECKING:
    from tests.end_to_end.deployment import Deployment

TABLE = "main.gold.fact_governance_metrics"


def monitoring(deployment: Deployment, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m monitoring` of the project as an operator would."""
    return subprocess.run(
        [sys.executable, "-m", "monitoring", *arguments],
        cwd=deployment.project,
        env=deployment.stack.variables,
        check=False,
        capture_output=True,
        text=True,
    )


def test_adopt_compares_a_monitor_made_by_hand_and_imports_it(deployment: Deployment) -> None:
    deployment.configure(domains=["quality"])
    deployment.up()
    defined = cast("list[object]", domain_body(governance.DOMAIN)["custom_metrics"])
    body = domain_body(governance.DOMAIN) | {
        "output_schema_name": "main.gold_monitoring",
        "assets_dir": "/Workspace/Shared/monitoring/main/gold",
        "data_classification_config": {"enabled": False},
        "custom_metrics": defined[:-1],
        "skip_builtin_dashboard": True,
    }
    assert deployment.target.post(deployment.monitor_path(TABLE), body).status_code == 200
    deployment.configure(domains=["quality", "governance"])

    early = json.loads(monitoring(deployment, "adopt", "--json").stdout)
    assert len(early[0]["missing"]) == 1
    deployment.refused("up", "--yes", "--skip-preview")

    shown = monitoring(deployment, "adopt", "--json")
    (row,) = json.loads(shown.stdout)
    lost = governance.DOMAIN.ordered_metrics[-1].name
    assert (shown.returncode, row["id"], row["missing"]) == (1, TABLE, [])
    assert [difference["field"] for difference in row["differences"]] == [f"custom_metrics.{lost}"]

    adopted = monitoring(deployment, "adopt", "--run")
    assert adopted.returncode == 0, adopted.stdout + adopted.stderr
    again = monitoring(deployment, "adopt")
    assert (again.returncode, again.stdout.startswith("nothing to adopt")) == (0, True)
    assert deployment.preview()["governance"] == "update"
