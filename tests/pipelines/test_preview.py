"""What is read from `pulumi preview --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pipelines.metric_changes import MetricChange
from pipelines.preview import Change, from_digest, preview
from tests.pipelines.steps import LEGACY, V1, metric, monitor, step, update

if TYPE_CHECKING:
    from tests.pipelines.conftest import FakePulumi


def test_what_stays_is_counted_and_what_changes_is_listed() -> None:
    steps = [step("same", "a"), step("refresh", "b"), update("job", [], [metric("m", "1")])]
    found = from_digest("dev", {"steps": steps, "changeSummary": {"same": 40, "update": 1}})
    assert found.unchanged == 40
    assert found.changes == (Change("job", "QualityMonitor", "update", ("customMetrics",)),)
    assert found.operations == {"update": 1}


def test_the_steps_of_a_replacement_are_one_change() -> None:
    steps = [
        step("delete-replaced", "job", diffReasons=["assetsDir"]),
        step("replace", "job", diffReasons=["assetsDir"]),
        step("create-replacement", "job"),
    ]
    assert from_digest("dev", {"steps": steps}).changes == (
        Change("job", "QualityMonitor", "replace", ("assetsDir",)),
    )


@pytest.mark.parametrize("type_", [LEGACY, V1])
def test_metrics_that_are_added_changed_and_removed_are_shown_before_and_after(type_: str) -> None:
    before = [metric("kept", "COUNT(*)"), metric("edited", "SUM(a)"), metric("gone", "MIN(a)", "DERIVED")]
    after = [metric("new", "MAX(a)", "DRIFT"), metric("kept", "COUNT(*)"), metric("edited", "SUM(b)")]
    assert from_digest("dev", {"steps": [update("job", before, after, type_)]}).metrics == (
        MetricChange(
            "job",
            "edited",
            "SUM(a)  [aggregate of :table as double]",
            "SUM(b)  [aggregate of :table as double]",
        ),
        MetricChange("job", "gone", "MIN(a)  [derived of :table as double]", ""),
        MetricChange("job", "new", "", "MAX(a)  [drift of :table as double]"),
    )


def test_a_monitor_that_appears_or_goes_lists_no_metrics() -> None:
    metrics = [metric("a", "COUNT(*)")]
    steps = [
        step("create", "new", newState=monitor(metrics)),
        step("delete", "old", oldState=monitor(metrics)),
    ]
    assert from_digest("dev", {"steps": steps}).metrics == ()


def test_values_of_other_inputs_are_not_read() -> None:
    change = step(
        "update",
        "job",
        oldState={"type": LEGACY, "inputs": {"notifications": "secret-before"}},
        newState={"type": LEGACY, "inputs": {"notifications": "secret-after"}},
        diffReasons=["notifications.onFailure.emailAddresses[0]"],
    )
    found = from_digest("dev", {"steps": [change]})
    assert found.changes[0].properties == ("notifications",)
    assert "secret" not in repr(found)


def properties(**more: Any) -> tuple[str, ...]:  # noqa: ANN401 - JSON
    (change,) = from_digest("dev", {"steps": [step("update", "job", **more)]}).changes
    return change.properties


def test_what_the_provider_only_computes_is_no_reason() -> None:
    assert properties(
        oldState={"inputs": {"customMetrics": 1, "schedule": 1}, "outputs": {"schedule": 2, "status": 1}},
        newState={"inputs": {"customMetrics": 2, "schedule": 1}},
        diffReasons=["customMetrics", "schedule", "status"],
    ) == ("customMetrics",)


def test_defaults_that_a_refresh_reads_are_no_reason() -> None:
    assert properties(
        oldState={"inputs": {"environments": 1, "queue": {"enabled": True}, "__defaults": []}},
        newState={"inputs": {"environments": 2, "__defaults": ["a"]}},
        diffReasons=["environments[0].spec.dependencies[0]"],
    ) == ("environments",)


def test_inputs_of_a_dynamic_resource_are_compared_by_themselves() -> None:
    assert properties(
        oldState={"inputs": {"column_comments": 1, "host": 1}},
        newState={"inputs": {"column_comments": 2, "host": 1}},
    ) == ("column_comments",)


def test_what_somebody_changed_by_hand_is_named_by_what_was_found() -> None:
    inputs = {"column_comments": {"a": "ours"}, "table_comment": "ours"}
    assert properties(
        oldState={
            "inputs": inputs,
            "outputs": {**inputs, "column_comments": {"a": "theirs"}, "state": "ready"},
        },
        newState={"inputs": inputs},
    ) == ("column_comments",)


def test_the_stack_is_asked_and_a_refresh_only_on_request(pulumi: FakePulumi) -> None:
    preview("dev")
    preview("prod", refresh=True)
    assert pulumi.calls == [
        "preview --json --stack dev --non-interactive",
        "preview --json --refresh --stack prod --non-interactive",
    ]


def test_a_preview_that_fails_says_why(pulumi: FakePulumi) -> None:
    diagnostics = [
        {"severity": "warning", "message": "old"},
        {"severity": "error", "message": "job.failure_rate: unknown column 'x'\n"},
    ]
    pulumi.answers({"steps": [step("create", "a")], "diagnostics": diagnostics}, "error: failed", 255)
    found = preview("dev")
    assert (found.failure, found.changes) == ("job.failure_rate: unknown column 'x'", ())


def test_what_pulumi_says_instead_of_json_is_the_reason(pulumi: FakePulumi) -> None:
    pulumi.answers("", "error: no stack named 'dev' found", 255)
    assert preview("dev").failure == "error: no stack named 'dev' found"


def test_a_failure_without_a_reason_is_a_failure(pulumi: FakePulumi) -> None:
    pulumi.answers("", "", 255)
    assert preview("dev").failure == "Pulumi said nothing"


def test_a_missing_program_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "pulumi cannot be run" in preview("dev").failure
