"""A stack moves from one monitor API to the other with the real engine and provider; its monitor stays."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import toolchain
from local_workspace.deploy.errors import PulumiFailedError
from local_workspace.deploy.stack import Stack
from monitoring.domains import governance
from monitoring.gold import fact_governance_metrics
from monitoring.gold.table import create_table_sql
from tests.local_workspace.target import CATALOG, TOKEN, Server, Target
from toolchain.pins import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.end_to_end

STACK = "local"
TABLE = f"main.gold.{governance.DOMAIN.gold_table}"
NO_CHANGE = {"same", "read", "discard"}
MONITOR = f"{CATALOG}/tables/{TABLE}/monitor"


@dataclass(frozen=True)
class Moving:
    """One domain's program, deployed by the real engine to a workspace of its own."""

    target: Target
    stack: Stack

    def set_api(self, api: str) -> None:
        """Say in the stack file which API keeps the monitor."""
        self.stack.captured("config", "set", "api", api, "--stack", STACK)

    def up(self) -> dict[str, int]:
        """Deploy; gives the number of resources per operation that `--expect-no-changes` would complain of."""
        self.stack.captured("up", "--yes", "--skip-preview", "--stack", STACK)
        newest = json.loads(
            self.stack.captured("stack", "history", "--json", "--page-size", "1", "--stack", STACK)
        )
        changes: dict[str, int] = newest[0]["resourceChanges"]
        return {operation: count for operation, count in changes.items() if operation not in NO_CHANGE}

    def expect_no_changes(self) -> None:
        """Fail when a preview sees something to do."""
        self.stack.captured("preview", "--expect-no-changes", "--stack", STACK)

    def refused(self, *arguments: str) -> str:
        """What a command of `pulumi` says that fails."""
        with pytest.raises(PulumiFailedError) as raised:
            self.stack.captured(*arguments, "--stack", STACK)
        return str(raised.value)

    def settle(self) -> None:
        """Deploy, wait for the first refresh and deploy again, so that the comments are written."""
        self.up()
        assert self.target.wait_for_refresh(MONITOR)["state"] == "SUCCESS"
        self.up()

    def monitors_in_state(self) -> set[str]:
        """The kinds of monitor resources that the state has, managed or not."""
        state = json.loads(self.stack.captured("stack", "export", "--stack", STACK))
        types = {resource["type"].rpartition(":")[2] for resource in state["deployment"]["resources"]}
        return types & {"QualityMonitor", "DataQualityMonitor"}

    def kept(self) -> tuple[Any, ...]:
        """What a monitor that was made anew would not have: its refreshes and its version."""
        refreshes = self.target.get(f"{MONITOR}/refreshes").json()["refreshes"]
        return refreshes, self.target.get(MONITOR).json()["monitor_version"]

    def writes(self) -> list[str]:
        """Requests since the last look that change a monitor."""
        logged = self.target.get("/__local/requests").json()["requests"]
        self.target.post("/__local/reset", {})
        return [
            one["method"]
            for one in logged
            if one["method"] in {"POST", "PUT", "PATCH", "DELETE"} and "monitor" in one["path"]
        ]


@pytest.fixture
def moving(tmp_path: Path) -> Iterator[Moving]:
    """A program with the domain governance, not deployed yet, and its gold table without rows."""
    server = Server(tmp_path / "workspace")
    target = server.start()
    assert target.post(f"{CATALOG}/schemas", {"name": "gold", "catalog_name": "main"}).status_code == 200
    target.rows(create_table_sql(fact_governance_metrics.TABLE, "main", "gold"))
    project = tmp_path / "project"
    project.mkdir()
    for name in ("__main__.py", "Pulumi.yaml", f"Pulumi.{STACK}.yaml"):
        shutil.copy(CHECKOUT / name, project / name)
    for name in ("monitoring", ".venv"):
        (project / name).symlink_to(CHECKOUT / name)
    toolchain.install()
    environment = toolchain.environment(tmp_path / "home")
    stack = Stack(STACK, project, tmp_path / "backend", server.url, TOKEN, environment)
    stack.ensure()
    stack.captured("config", "set", "--path", "domains[0]", "governance", "--stack", STACK)
    stack.captured("config", "set", "jobs", "false", "--stack", STACK)
    yield Moving(target, stack)
    target.raw.close()
    server.stop()


def test_a_monitor_stays_the_same_on_its_way_to_v1_and_back(moving: Moving) -> None:
    moving.settle()
    kept = moving.kept()
    moving.writes()

    moving.set_api("v1")
    assert moving.up() == {"import": 1}
    moving.expect_no_changes()
    assert moving.up() == {}
    assert moving.monitors_in_state() == {"DataQualityMonitor"}

    moving.set_api("legacy")
    assert moving.up() == {"import": 1}
    moving.expect_no_changes()
    assert moving.up() == {}
    assert moving.monitors_in_state() == {"QualityMonitor"}

    assert moving.writes() == []
    assert moving.kept() == kept


def test_v1_alone_deploys_changes_and_removes_a_monitor(moving: Moving) -> None:
    moving.set_api("v1")
    moving.settle()
    moving.expect_no_changes()
    moving.stack.captured("config", "set", "--path", "failure_emails[0]", "a@example.com", "--stack", STACK)
    assert moving.up() == {"update": 1}
    moving.expect_no_changes()
    moving.stack.captured("destroy", "--yes", "--skip-preview", "--stack", STACK)
    assert moving.target.get(MONITOR).status_code == 404
    assert moving.writes() == ["POST", "PATCH", "DELETE"]


def test_a_move_whose_import_is_refused_leaves_the_old_monitor_managed(moving: Moving) -> None:
    moving.settle()
    kept = moving.kept()
    fault = {"pattern": "GET /api/data-quality/v1/monitors/*", "status": 403, "times": 1000}
    moving.target.post("/__local/fault", fault)
    moving.set_api("v1")
    moving.refused("up", "--yes", "--skip-preview")
    assert moving.monitors_in_state() == {"QualityMonitor"}
    moving.set_api("legacy")
    moving.expect_no_changes()
    assert moving.kept() == kept


def test_a_move_that_was_interrupted_deletes_nothing_and_goes_on(moving: Moving) -> None:
    moving.settle()
    kept = moving.kept()
    moving.target.post("/__local/fault", {"pattern": f"GET {MONITOR}", "status": 500, "times": 1000})
    moving.set_api("v1")
    moving.refused("up", "--yes", "--skip-preview")
    moving.target.post("/__local/reset", {})
    assert moving.monitors_in_state() == {"QualityMonitor", "DataQualityMonitor"}

    moving.set_api("legacy")
    assert "the state has the monitor twice" in moving.refused("up", "--yes", "--skip-preview")
    moving.set_api("v1")
    assert moving.up() == {}
    assert moving.up() == {}
    assert moving.monitors_in_state() == {"DataQualityMonitor"}
    assert moving.writes() == []
    assert moving.kept() == kept
