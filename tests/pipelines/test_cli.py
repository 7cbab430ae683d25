"""The commands that the workflows run: exit codes, what is kept, what GitHub gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from pipelines import kept
from pipelines.cli import app
from pipelines.github import Repository
from pipelines.preview import Change, Preview
from pipelines.values import ValueComparison
from tests.pipelines.steps import step

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipelines.conftest import FakeGitHub, FakePulumi

CHANGE = Change("job", "QualityMonitor", "update", ())
RUN = {
    "GITHUB_RUN_ID": "99",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "owner/name",
    "GITHUB_SHA": "0123456789abcdef",
}


@pytest.fixture(autouse=True)
def outside_of_a_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*RUN, "GITHUB_STEP_SUMMARY", "HEAD_SHA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def on_github(monkeypatch: pytest.MonkeyPatch, repository: Repository) -> None:
    monkeypatch.setattr(Repository, "from_environment", lambda: repository)


def command(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments)
    assert "Traceback" not in result.output
    return result


def test_a_review_with_changes_is_no_failure_and_is_kept(pulumi: FakePulumi) -> None:
    pulumi.answers({"steps": [step("update", "job")]})
    result = command("review", "--stack", "dev")
    assert (result.exit_code, "1 to update" in result.output) == (0, True)
    assert kept.kept(["dev"], "preview") == [Preview("dev", (CHANGE,))]


def test_a_review_that_fails_is_kept_too(pulumi: FakePulumi) -> None:
    pulumi.answers("", "error: no stack", 255)
    assert command("review", "--stack", "dev").exit_code == 1
    assert kept.kept(["dev"], "preview")[0].failure == "error: no stack"


def test_the_text_is_added_to_the_summary_of_the_run(
    pulumi: FakePulumi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    pulumi.answers({"steps": [step("same", "job")], "changeSummary": {"same": 1}})
    command("review", "--stack", "dev")
    assert summary.read_text(encoding="utf-8").startswith("before\n### dev\n\nNo changes, 1 resource")


@pytest.mark.parametrize(("operation", "code"), [("same", 0), ("update", 1)])
def test_drift_is_a_finding(pulumi: FakePulumi, operation: str, code: int) -> None:
    pulumi.answers({"steps": [step(operation, "job")]})
    assert command("drift", "--stack", "dev").exit_code == code
    assert "--refresh" in pulumi.calls[0]


def test_a_workspace_that_cannot_be_looked_at_is_a_finding(pulumi: FakePulumi) -> None:
    pulumi.answers("", "error: no credentials", 255)
    assert command("drift", "--stack", "dev").exit_code == 1


@pytest.mark.usefixtures("on_github")
def test_the_comment_has_every_stack_and_where_it_is_from(
    github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in RUN.items():
        monkeypatch.setenv(name, value)
    kept.keep(Preview("dev", (CHANGE,)), "preview")
    result = command("comment", "--stacks", "dev prod", "--pull-request", "7")
    assert result.output == "commented: https://github.example/1\n"
    (comment,) = github.comments[7]
    assert "### dev\n\n1 to update" in comment["body"]
    assert "### prod\n\n**Not known**" in comment["body"]
    assert comment["body"].endswith(
        "Of commit 0123456789, [run 99](https://github.example/owner/name/actions/runs/99).\n"
    )


@pytest.mark.usefixtures("on_github")
def test_the_comment_has_the_values_also_without_a_stack(github: FakeGitHub) -> None:
    kept.keep_values(ValueComparison("origin/main", 225))
    assert command("comment", "--stacks", "", "--pull-request", "7").exit_code == 0
    assert "All values of 225 metrics are the same." in github.comments[7][0]["body"]
    assert "Not known" not in github.comments[7][0]["body"]


@pytest.mark.parametrize(("failure", "code"), [("", 0), ("no such version", 1)])
def test_values_that_are_not_known_are_a_failure_and_kept(
    monkeypatch: pytest.MonkeyPatch, failure: str, code: int
) -> None:
    monkeypatch.setattr(
        "pipelines.cli.compare_with", lambda base: ValueComparison(base, 225, failure=failure)
    )
    assert command("values", "--base", "main").exit_code == code
    assert kept.kept_values() == ValueComparison("main", 225, failure=failure)


@pytest.mark.usefixtures("on_github")
def test_drift_opens_an_issue_and_its_end_closes_it(github: FakeGitHub) -> None:
    kept.keep(Preview("dev"), "drift")
    kept.keep(Preview("prod", (CHANGE,)), "drift")
    assert command("issue", "--stacks", "dev prod").output == "Drift in prod: https://github.example/1\n"
    kept.keep(Preview("prod"), "drift")
    result = command("issue", "--stacks", "dev prod")
    assert (result.exit_code, result.output) == (0, "no drift: closed https://github.example/1\n")
    assert github.issues[0]["state"] == "closed"
    assert command("issue", "--stacks", "dev prod").output == "no drift, and no open issue\n"


@pytest.mark.usefixtures("on_github")
def test_the_issue_stays_open_when_a_stack_was_not_looked_at(github: FakeGitHub) -> None:
    kept.keep(Preview("dev", (CHANGE,)), "drift")
    command("issue", "--stacks", "dev")
    kept.keep(Preview("dev", failure="no credentials"), "drift")
    result = command("issue", "--stacks", "dev")
    assert result.exit_code == 1
    assert result.output.endswith("not looked at: dev\n")
    assert github.issues[0]["state"] == "open"


@pytest.mark.usefixtures("on_github")
def test_a_refusal_of_github_is_one_message(github: FakeGitHub) -> None:
    github.refusal = 403
    result = command("comment", "--stacks", "dev", "--pull-request", "7")
    assert result.exit_code == 1
    assert "does the job have the permission" in result.output


def test_a_deployment_that_fails_is_one_message(pulumi: FakePulumi) -> None:
    pulumi.answers("", code=255)
    result = command("deploy", "--stack", "dev")
    assert (result.exit_code, result.output.splitlines()[-1]) == (
        1,
        "pulumi up --yes --skip-preview --suppress-outputs --stack dev failed; what it said is above",
    )
