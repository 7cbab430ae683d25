"""Values of two versions, compared metric by metric."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from monitoring.stack_file import read_stack_file
from pipelines.two_versions import VersionError, checked_out
from pipelines.values import ValueChange, ValueComparison, compared, read_values

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.values import Row

DAY_1, DAY_2, HOUR = "1 day 2026-08-01 00:00:00", "1 day 2026-08-02 00:00:00", "1 hour 2026-08-02 05:00:00"


def test_equal_values_are_no_change() -> None:
    values = {"job.runs": {DAY_1: "1", DAY_2: None}}
    assert compared("main", values, values) == ValueComparison("main", metrics=1)


def test_the_newest_window_that_differs_is_shown() -> None:
    before = {"job.runs": {DAY_1: "1", DAY_2: "2", HOUR: "3"}}
    after = {"job.runs": {DAY_1: "0", DAY_2: "2", HOUR: "4"}}
    assert compared("main", before, after).changes == (
        ValueChange("job.runs", is_new=False, differing=2, compared=3, window=HOUR, before="3", after="4"),
    )


@pytest.mark.parametrize(
    ("before", "after", "differs"),
    [
        ("0.1", "0.10000000000000001", False),
        ("1", "1.0", False),
        ("1", "1.1", True),
        (None, "0", True),
        ("0", None, True),
        ("a", "b", True),
        ("NaN", "NaN", False),
    ],
)
def test_last_digits_are_no_difference_and_null_is_not_zero(
    before: str | None, after: str | None, differs: bool
) -> None:
    assert bool(compared("main", {"m": {DAY_1: before}}, {"m": {DAY_1: after}}).changes) is differs


def test_a_new_metric_is_shown_with_its_value() -> None:
    (change,) = compared("main", {}, {"job.new": {DAY_1: "1", DAY_2: "2"}}).changes
    assert (change.is_new, change.window, change.before, change.after) == (True, DAY_2, None, "2")


def test_a_window_that_one_version_lacks_is_no_difference() -> None:
    assert compared("main", {"m": {DAY_1: "1"}}, {"m": {DAY_1: "1", DAY_2: "5"}}).changes == ()


def test_only_metrics_of_the_domain_are_read_and_the_newest_version_of_a_window_counts() -> None:
    settings = read_stack_file("local", environment={"DATABRICKS_HOST": "http://127.0.0.1"})
    row = {"granularity": "1 day", "window_start": "2026-08-01 00:00:00", "count": "9"}

    def query(statement: str) -> list[Row]:
        if statement.startswith("SHOW TABLES"):
            return [{"tableName": "fact_job_run_timeline_profile_metrics"}]
        assert "fact_job_run_timeline_profile_metrics" in statement
        return [
            {**row, "monitor_version": "10", "total_runs": "2"},
            {**row, "monitor_version": "9", "total_runs": "1"},
        ]

    assert read_values(settings, query) == {"job.total_runs": {DAY_1: "2"}}


def git(folder: Path, *words: str) -> None:
    author = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *author, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository whose newest commit says `new`, the one before it `old`."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet")
    for text in ("old", "new"):
        (folder / "file").write_text(text, encoding="utf-8")
        git(folder, "add", "file")
        git(folder, "commit", "--quiet", "--message", text)
    return folder


def test_another_version_is_there_for_a_while_also_after_a_run_that_was_killed(project: Path) -> None:
    place = project / ".local" / "base"
    place.mkdir(parents=True)
    (place / "left-behind").touch()
    with checked_out("HEAD~1", place, project) as folder:
        assert (folder / "file").read_text(encoding="utf-8") == "old"
    assert not place.exists()
    assert (project / "file").read_text(encoding="utf-8") == "new"


def test_a_version_that_does_not_exist_is_named(project: Path) -> None:
    with pytest.raises(VersionError, match="nowhere"), checked_out("nowhere", project / "base", project):
        pass
