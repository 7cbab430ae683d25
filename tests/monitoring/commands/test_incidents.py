import json
from datetime import UTC, datetime

import pytest
import typer

from monitoring.commands.incidents import moment_of
from tests.monitoring.commands.running import PROFILE, command, profile_row
from tests.monitoring.workspace_stub import WorkspaceStub

NOW = datetime(2026, 8, 10, 12, tzinfo=UTC)


@pytest.mark.usefixtures("workspace")
def test_nothing_found_is_said_and_fine() -> None:
    answer = command("incidents", "--domain", "cost")
    assert (answer.exit_code, answer.stdout) == (0, "0 findings (0 critical) in 1 windows of 1 domains\n")


def test_findings_are_listed_and_end_with_code_1(workspace: WorkspaceStub) -> None:
    workspace.answers["window_start"] = [profile_row(untagged_usage_pct=22.5, tag_coverage_pct=77.5)]
    answer = command("incidents", "--domain", "cost")
    heading, first, second, end = answer.stdout.splitlines()
    assert heading.split() == ["domain", "metric", "window", "value", "severity", "meaning"]
    assert first.split()[:6] == ["cost", "untagged_usage_pct", "2026-08-01", "00:00:00,", "1", "day"]
    assert "22.50  critical: > 20 %" in first
    assert "77.50  warning: < 80 %" in second
    assert (answer.exit_code, end) == (1, "2 findings (1 critical) in 1 windows of 1 domains")


def test_json_has_every_fact_of_a_finding(workspace: WorkspaceStub) -> None:
    workspace.answers["window_start"] = [profile_row(untagged_usage_pct=22.5)]
    (row,) = json.loads(command("incidents", "--domain", "cost", "--json").stdout)
    assert (row["domain"], row["late"], row["hours_behind"]) == ("cost", False, -4)
    (finding,) = row["findings"]
    assert finding == {
        "domain": "cost",
        "table": PROFILE,
        "metric": "untagged_usage_pct",
        "granularity": "1 day",
        "window_start": "2026-08-01 00:00:00",
        "compared_with": None,
        "value": 22.5,
        "severity": "critical",
        "condition": "> 20 %",
        "rows": 400,
        "meaning": "Share of spend that is not tagged",
    }


def test_few_rows_are_mentioned(workspace: WorkspaceStub) -> None:
    workspace.answers["window_start"] = [profile_row(untagged_usage_pct=99) | {"row_count": 19}]
    answer = command("incidents", "--domain", "cost")
    assert answer.stdout == "0 findings (0 critical) in 0 windows of 1 domains, 1 left out for few rows\n"
    assert command("incidents", "--domain", "cost", "--min-rows", "19").exit_code == 1


def test_a_late_monitor_is_a_finding(workspace: WorkspaceStub) -> None:
    workspace.answers["hours_behind"] = [{"hours_behind": 31}]
    answer = command("incidents", "--domain", "cost")
    assert answer.exit_code == 1
    assert "cost: late: the newest window ended 31 h ago, at most 30 h are fine\n" in answer.stdout


def test_tables_that_are_not_there_are_no_good_news(workspace: WorkspaceStub) -> None:
    workspace.tables.clear()
    answer = command("incidents", "--domain", "cost")
    assert answer.exit_code == 1
    assert "cost: the output tables are not there yet; see: python -m monitoring wait (" in answer.stdout


def test_since_is_a_span_or_a_date_in_utc() -> None:
    assert moment_of("24h", NOW) == datetime(2026, 8, 9, 12, tzinfo=UTC)
    assert moment_of("7d", NOW) == datetime(2026, 8, 3, 12, tzinfo=UTC)
    assert moment_of("2026-08-01", NOW) == datetime(2026, 8, 1, tzinfo=UTC)
    assert moment_of("2026-08-01T02:00:00+02:00", NOW) == datetime(2026, 8, 1, tzinfo=UTC)


def test_another_since_is_wrong_use(workspace: WorkspaceStub) -> None:
    with pytest.raises(typer.BadParameter) as raised:
        moment_of("a week", NOW)
    assert str(raised.value) == (
        "'a week' is no moment; write a span such as 24h or 7d, or a date such as 2026-08-01"
    )
    assert command("incidents", "--since", "a week").exit_code == 2
    assert workspace.requests == []
