import json
import os
from pathlib import Path
from typing import Any

import pytest

from monitoring.operations.definition import monitor_definition
from monitoring.stack_file import read_stack_file
from tests.monitoring.commands.running import COST, TABLE, command
from tests.monitoring.workspace_stub import WorkspaceStub

MONITOR = "databricks:index/qualityMonitor:QualityMonitor"
SCHEMA = "databricks:index/schema:Schema"
STACK_URN = "urn:pulumi:local::lakehouse-monitors"
PROVIDER = {
    "urn": f"{STACK_URN}::pulumi:providers:databricks::workspace",
    "type": "pulumi:providers:databricks",
}
COMPONENT = {
    "urn": f"{STACK_URN}::lakehouse:index:DomainMonitor::cost",
    "type": "lakehouse:index:DomainMonitor",
}
LINE = (
    f"pulumi import {MONITOR} cost {TABLE} --stack local --parent parent={COMPONENT['urn']} "
    f"--provider workspace={PROVIDER['urn']} --protect=false --generate-code=false --yes"
)
PROGRAM = """#!/bin/sh
echo "$@" >> "{calls}"
if [ "$1" = stack ]; then cat "{state}"; exit 0; fi
if [ -e "{refusal}" ]; then cat "{refusal}" >&2; exit 255; fi
"""


class Pulumi:
    """A program of that name on the PATH: prints a state, notes its calls, refuses imports when told to."""

    def __init__(self, folder: Path) -> None:
        self._calls, self._state, self._refusal = (folder / name for name in ("calls", "state", "refusal"))
        self.program = folder / "pulumi"
        self.program.write_text(
            PROGRAM.format(calls=self._calls, state=self._state, refusal=self._refusal), encoding="utf-8"
        )
        self.program.chmod(0o755)
        self.holds(PROVIDER, COMPONENT)

    def holds(self, *resources: dict[str, Any]) -> None:
        self._state.write_text(json.dumps({"deployment": {"resources": resources}}), encoding="utf-8")

    def refuses(self, reason: str) -> None:
        self._refusal.write_text(reason, encoding="utf-8")

    @property
    def calls(self) -> list[str]:
        return self._calls.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    made = Pulumi(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return made


@pytest.fixture(autouse=True)
def defined_monitor(workspace: WorkspaceStub) -> None:
    """The monitor of cost is on the workspace as the program defines it."""
    workspace.monitors[TABLE] |= monitor_definition(read_stack_file("local"), COST)


@pytest.mark.usefixtures("pulumi")
def test_a_monitor_outside_the_state_is_shown_with_its_line() -> None:
    answer = command("adopt", "--domain", "cost")
    assert answer.exit_code == 1
    assert answer.stdout == (
        f"the monitor of {TABLE} exists, but not in the state of local\n  as it is defined\n  {LINE}\n"
    )


@pytest.mark.usefixtures("pulumi")
def test_differences_are_shown_field_by_field(workspace: WorkspaceStub) -> None:
    workspace.monitors[TABLE] |= {"assets_dir": "/Shared/other", "custom_metrics": []}
    lines = command("adopt", "--domain", "cost").stdout.splitlines()
    assert lines[1].split() == ["field", "on", "the", "workspace", "in", "the", "program", "next", "up"]
    assert "REPLACES the monitor" in lines[2]
    assert lines[3].split()[:2] == [f"custom_metrics.{COST.ordered_metrics[0].name}", "-"]
    assert len([line for line in lines if line.startswith("  custom_metrics.")]) == len(COST.metrics)


@pytest.mark.usefixtures("pulumi")
def test_json_has_differences_and_command() -> None:
    (row,) = json.loads(command("adopt", "--domain", "cost", "--json").stdout)
    assert row == {
        "thing": f"the monitor of {TABLE}",
        "type": MONITOR,
        "id": TABLE,
        "differences": [],
        "missing": [],
        "command": LINE,
        "status": "found",
        "message": "",
    }


def test_what_the_stack_holds_is_left_alone(pulumi: Pulumi) -> None:
    pulumi.holds(PROVIDER, COMPONENT, {"urn": "urn:m", "type": MONITOR, "id": TABLE})
    answer = command("adopt")
    assert (answer.exit_code, answer.stdout) == (
        0,
        "nothing to adopt: all that the stack local declares and that exists is in its state\n",
    )


@pytest.mark.usefixtures("pulumi")
def test_the_schema_comes_before_the_monitors(workspace: WorkspaceStub) -> None:
    workspace.schemas["main.gold_monitoring"] = {"full_name": "main.gold_monitoring"}
    rows = json.loads(command("adopt", "--json").stdout)
    assert [row["type"] for row in rows] == [SCHEMA, MONITOR]
    assert rows[0]["command"].startswith(
        f"pulumi import {SCHEMA} output-schema main.gold_monitoring --stack local"
    )


def test_run_imports_each_and_is_then_fine(pulumi: Pulumi) -> None:
    answer = command("adopt", "--domain", "cost", "--run")
    assert (answer.exit_code, answer.stdout.splitlines()[-1]) == (0, f"adopted: the monitor of {TABLE}")
    assert pulumi.calls[1:] == [f"{LINE.removeprefix('pulumi ')} --non-interactive"]


def test_a_refused_import_is_told_with_the_words_of_pulumi(pulumi: Pulumi) -> None:
    pulumi.refuses("error: the stack is locked")
    answer = command("adopt", "--domain", "cost", "--run")
    assert answer.exit_code == 1
    assert f"failed: the monitor of {TABLE}\n" in answer.stdout
    assert answer.stdout.endswith("failed:\nerror: the stack is locked\n")


def test_without_the_component_nothing_is_imported_and_the_first_step_is_named(pulumi: Pulumi) -> None:
    pulumi.holds(PROVIDER)
    answer = command("adopt", "--domain", "cost", "--run")
    assert answer.exit_code == 1
    assert (
        f"  the state of local does not have {COMPONENT['urn']} yet; run: pulumi up --stack local "
        "(it makes that, and stops at what exists already)\n"
    ) in answer.stdout
    assert len(pulumi.calls) == 1


def test_without_the_program_the_fix_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = command("adopt", "--domain", "cost")
    assert answer.exit_code == 1
    assert answer.stderr == (
        "pulumi cannot be run (No such file or directory); put it on the PATH: "
        'eval "$(python -m toolchain env)"\n'
        "if the stack is new: pulumi stack init local; pulumi up --stack local\n"
    )


def test_a_permission_error_ends_with_its_reason(pulumi: Pulumi, workspace: WorkspaceStub) -> None:
    refusal = {"error_code": "PERMISSION_DENIED", "message": "No MANAGE", "details": []}
    workspace.refusals[f"GET .*/tables/{TABLE}/monitor"] = (403, refusal)
    answer = command("adopt", "--domain", "cost")
    assert (answer.exit_code, answer.stdout, len(pulumi.calls)) == (1, "", 1)
    assert f"you may not do this with the monitor of {TABLE}; it takes its owner" in answer.stderr


def test_a_schema_that_may_not_be_seen_ends_with_its_name(pulumi: Pulumi, workspace: WorkspaceStub) -> None:
    refusal = {"error_code": "PERMISSION_DENIED", "message": "No USE", "details": []}
    workspace.refusals["GET .*/schemas/.*"] = (403, refusal)
    answer = command("adopt", "--domain", "cost", "--run")
    assert (answer.exit_code, len(pulumi.calls)) == (1, 1)
    assert answer.stderr.startswith("the schema main.gold_monitoring cannot be seen (No USE")
