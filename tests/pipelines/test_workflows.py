"""The workflows: valid, nothing but make targets, and no more rights or secrets than a job needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.pipelines.workflows import ACTION, FILES, JOBS, ROOT, WORKFLOWS, Job, read, triggers
from toolchain import pins, workflow_linter

if TYPE_CHECKING:
    from pathlib import Path

TARGETS = set(re.findall("^([a-z-]+):.*?## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
EVERYTHING = ".ci/run"
"""Runs the targets one by one and times them."""
STEPS = [(str(job), step) for job in JOBS for step in job.steps]
JOB = pytest.mark.parametrize("job", JOBS, ids=str)


def runs() -> list[str]:
    return [step["run"] for _, step in STEPS if "run" in step]


def test_there_is_a_workflow_for_tests_pull_requests_deployments_and_drift() -> None:
    assert sorted(WORKFLOWS) == ["deploy", "drift", "pull-request", "test"]


@pytest.mark.parametrize("run", sorted(set(runs()) - {EVERYTHING}))
def test_a_command_is_make_with_targets_that_exist(run: str) -> None:
    program, *words = run.split()
    targets = [word for word in words if "=" not in word]
    assert program == "make"
    assert targets
    assert set(targets) <= TARGETS
    assert "${{" not in run, "hand values over by env: text from outside must not become a command"


def test_the_script_with_all_tests_runs_targets_that_exist_and_can_be_run_here() -> None:
    (targets,) = re.findall("^for target in (.*); do$", (ROOT / EVERYTHING).read_text(), re.MULTILINE)
    assert set(targets.split()) <= TARGETS
    assert EVERYTHING in runs()
    assert os.access(ROOT / EVERYTHING, os.X_OK)


@JOB
def test_a_job_has_its_own_permissions_and_an_end(job: Job) -> None:
    assert job.content["permissions"].items() <= {
        ("contents", "read"),
        ("pull-requests", "write"),
        ("issues", "write"),
    }
    assert "uses" in job.content or 0 < job.content["timeout-minutes"] <= 150


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_what_a_job_does_not_ask_for_it_does_not_get(workflow: str) -> None:
    assert WORKFLOWS[workflow]["permissions"] == {}


def test_each_right_to_write_belongs_to_the_one_job_that_needs_it() -> None:
    writing = {str(job): set(job.content["permissions"]) - {"contents"} for job in JOBS if job.writes}
    assert writing == {"pull-request.comment": {"pull-requests"}, "drift.issue": {"issues"}}


@JOB
def test_secrets_come_from_an_environment_and_go_to_one_step(job: Job) -> None:
    assert not job.secrets or "environment" in job.content
    assert "secrets." not in str({key: value for key, value in job.content.items() if key != "steps"})
    for step in job.steps:
        assert "secrets." not in str({key: value for key, value in step.items() if key != "env"})


@JOB
def test_who_has_secrets_cannot_write_to_the_repository(job: Job) -> None:
    assert not (job.secrets and job.writes)


@pytest.mark.parametrize("job", [job for job in JOBS if job.workflow == "pull-request"], ids=str)
def test_a_pull_request_from_a_fork_gets_no_secrets_and_others_only_those_for_reading(job: Job) -> None:
    if job.secrets:
        assert "github.event.pull_request.head.repo.full_name == github.repository" in job.content["if"]
        assert job.content["environment"] == "${{ matrix.stack }}-read"


def test_no_workflow_runs_the_code_of_others_with_the_rights_of_the_repository() -> None:
    started = {name for workflow in WORKFLOWS for name in triggers(workflow)}
    assert started == {"pull_request", "push", "schedule", "workflow_call", "workflow_dispatch"}


def test_only_the_deployment_has_secrets_that_can_change_a_workspace() -> None:
    environments = {str(job): job.content["environment"] for job in JOBS if job.secrets}
    assert environments == {
        "deploy.dev": "dev",
        "deploy.prod": "prod",
        "drift.look": "${{ matrix.stack }}-read",
        "pull-request.preview": "${{ matrix.stack }}-read",
    }


def test_prod_is_deployed_after_dev_and_both_must_be_settled() -> None:
    jobs = WORKFLOWS["deploy"]["jobs"]
    assert (jobs["dev"]["needs"], jobs["prod"]["needs"]) == ("test", "dev")
    assert [jobs[name]["steps"][-1]["run"] for name in ("dev", "prod")] == [
        "make deploy settled STACK=dev",
        "make deploy settled STACK=prod",
    ]


def test_deployments_of_a_stack_wait_for_each_other_and_none_is_stopped() -> None:
    for name in ("dev", "prod"):
        group = WORKFLOWS["deploy"]["jobs"][name]["concurrency"]
        assert group == {"group": f"deploy-{name}", "cancel-in-progress": False}


@pytest.mark.parametrize(("workflow", "stopped"), [("pull-request", True), ("drift", False)])
def test_a_workflow_runs_once_at_a_time(workflow: str, stopped: bool) -> None:
    assert WORKFLOWS[workflow]["concurrency"]["cancel-in-progress"] is stopped


@pytest.mark.parametrize("workflow", ["pull-request", "drift"])
def test_what_one_job_keeps_is_what_the_next_one_reads(workflow: str) -> None:
    kind = {"pull-request": "preview", "drift": "drift"}[workflow]
    (first,) = [job for job in JOBS if job.workflow == workflow and "strategy" in job.content]
    (second,) = [job for job in JOBS if job.workflow == workflow and job.writes]
    assert first.steps[-1]["with"]["path"] == f".local/pipelines/{kind}-${{{{ matrix.stack }}}}.json"
    assert first.steps[-1]["if"] == "${{ !cancelled() }}"
    assert first.name in second.content["needs"]
    (download,) = [step["with"] for step in second.steps if "download-artifact" in step.get("uses", "")]
    assert (download["pattern"], download["path"]) == (f"{kind}-*", ".local/pipelines")
    assert " ".join(first.content["strategy"]["matrix"]["stack"]) in second.steps[-1]["env"]["STACKS"]


def test_values_are_compared_without_secrets_and_reach_the_comment() -> None:
    (values,) = [job for job in JOBS if job.name == "values"]
    (comment,) = [job for job in JOBS if job.name == "comment"]
    assert not values.secrets
    assert values.steps[0]["with"]["fetch-depth"] == 0
    kept = values.steps[-1]["with"]
    assert (kept["name"], kept["path"]) == ("preview-values", ".local/pipelines/values.json")
    assert "values" in comment.content["needs"]


@pytest.mark.parametrize("file", [*FILES, ACTION], ids=lambda file: file.stem)
def test_every_action_is_pinned_to_a_commit_with_its_version(file: Path) -> None:
    used = re.findall(r"uses: +(\S.*)", file.read_text(encoding="utf-8"))
    foreign = [line for line in used if not line.startswith("./")]
    assert [
        line for line in foreign if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", line)
    ] == []


def test_the_token_is_not_left_in_the_checkout() -> None:
    checkouts = [step for _, step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert {step["with"]["persist-credentials"] for step in checkouts} == {False}


def test_the_page_names_every_secret_and_only_targets_that_exist() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    used = {
        name for file in FILES for name in re.findall(r"secrets\.(\w+)", file.read_text(encoding="utf-8"))
    }
    assert {name for name in used if f"`{name}`" not in page} == set()
    named = {word for line in re.findall("`make ([^`]+)`", page) for word in line.split() if "=" not in word}
    assert named <= TARGETS
    assert {word for run in runs() for word in run.split()[1:] if "=" not in word} <= named


def given_to(action: str) -> dict[str, str]:
    """What the composite action passes to another one."""
    steps = read(ACTION)["runs"]["steps"]
    (found,) = [step["with"] for step in steps if step["uses"].startswith(f"{action}@")]
    return dict(found)


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.removeprefix(">=").split(".")))


def test_the_workflows_use_a_python_that_is_allowed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert version(given_to("actions/setup-python")["python-version"]) >= version(project["requires-python"])


def test_the_workflows_use_a_go_that_can_build_the_toolchain() -> None:
    assert version(given_to("actions/setup-go")["go-version"]) >= pins.OLDEST_GO


@pytest.fixture(scope="module")
def actionlint() -> list[str]:
    if shutil.which("go") is None:
        pytest.skip("actionlint is built with Go, which is missing; the tests above do not need it")
    return [str(workflow_linter.install()), "-shellcheck=", "-pyflakes=", "-no-color"]


def test_actionlint_finds_nothing(actionlint: list[str]) -> None:
    found = subprocess.run(
        [*actionlint, *map(str, FILES)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_actionlint_finds_a_mistake(actionlint: list[str]) -> None:
    text = FILES[0].read_text(encoding="utf-8").replace("needs: test", "needs: tests")
    found = subprocess.run([*actionlint, "-"], input=text, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert '"tests" which does not exist' in found.stdout
