"""Previews that one job leaves for another."""

from __future__ import annotations

from pipelines.kept import keep, keep_values, kept, kept_values
from pipelines.preview import Preview, from_digest
from pipelines.values import ValueChange, ValueComparison
from tests.pipelines.steps import metric, update


def test_what_is_kept_is_what_is_read() -> None:
    found = from_digest("dev", {"steps": [update("job", [metric("m", "1")], [metric("m", "2")])]})
    keep(found, "preview")
    assert kept(["dev"], "preview") == [found]


def test_kinds_are_kept_apart() -> None:
    keep(Preview("dev", unchanged=1), "preview")
    keep(Preview("dev", unchanged=2), "drift")
    assert [one.unchanged for one in kept(["dev"], "preview")] == [1]


def test_a_stack_without_a_file_is_a_failure_and_not_left_out() -> None:
    (missing,) = kept(["prod"], "drift")
    assert missing == Preview(
        "prod", failure="there is no drift-prod.json: its job ended before it was written"
    )


def test_a_file_that_was_cut_off_is_a_failure() -> None:
    keep(Preview("dev"), "drift").write_text('{"stack": "dev", "chan', encoding="utf-8")
    (broken,) = kept(["dev"], "drift")
    assert broken.failure.startswith("drift-dev.json cannot be read: ")


def test_values_are_kept_too_and_may_be_missing() -> None:
    assert kept_values() is None
    change = ValueChange("job.runs", False, 1, 2, "1 day 2026-08-01 00:00:00", None, "1")
    keep_values(ValueComparison("main", 225, (change,)))
    assert kept_values() == ValueComparison("main", 225, (change,))
