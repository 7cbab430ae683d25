"""The program deployed: everything is created, documented, and changes alone lead to updates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitoring.descriptions import table_comments
from monitoring.domains import governance, quality

if TYPE_CHECKING:
    from monitoring.domain import Domain
    from tests.end_to_end.deployment import Deployment

DOMAINS = {"quality": quality.DOMAIN, "governance": governance.DOMAIN}
DISCOVERY = "/.well-known/databricks-config"
"""What the provider asks for when it starts, whatever the program does."""
NOTHING: dict[str, str] = {}


def expected_comments(domain: Domain) -> dict[str, dict[str, str]]:
    return {which: dict(text.columns) for which, text in table_comments(domain).items()}


def live_comments(deployment: Deployment, domain: str) -> dict[str, dict[str, str | None]]:
    tables = deployment.stack.outputs()["monitors"][domain]
    return {
        which: deployment.target.column_comments(tables[f"{which}_table"]) for which in ("profile", "drift")
    }


def test_everything_is_created_documented_and_then_without_changes(deployment: Deployment) -> None:
    outputs = deployment.settled(list(DOMAINS))
    assert {name: each["comments"] for name, each in outputs["monitors"].items()} == {
        name: {"profile": "ready", "drift": "ready"} for name in DOMAINS
    }
    for name, domain in DOMAINS.items():
        monitor = deployment.target.sdk.quality_monitors.get(outputs["monitors"][name]["table"])
        assert [metric.name for metric in monitor.custom_metrics or []] == [
            metric.name for metric in domain.ordered_metrics
        ]
        assert live_comments(deployment, name) == expected_comments(domain)
    assert deployment.preview("--expect-no-changes") == NOTHING
    assert deployment.preview("--expect-no-changes", "--refresh") == NOTHING
    assert deployment.up() == {}


def test_a_changed_definition_is_one_update(deployment: Deployment) -> None:
    deployment.settled(list(DOMAINS))
    deployment.edit(
        "monitoring/domains/governance.py", '"COUNT(DISTINCT asset_id)"', '"COUNT(DISTINCT  asset_id)"'
    )
    assert deployment.preview() == {"governance": "update"}
    assert deployment.up() == {"update": 1}
    assert deployment.preview("--expect-no-changes") == NOTHING


def test_a_changed_calculation_updates_its_monitor_and_the_text_that_tells_it(deployment: Deployment) -> None:
    deployment.up()
    deployment.edit("monitoring/domains/governance.py", '"COUNT(DISTINCT asset_id)"', '"COUNT(asset_id)"')
    changes = deployment.preview()
    assert changes["governance"] == changes["governance-profile-comments"] == "update"
    assert "quality" not in changes
    deployment.settled(list(DOMAINS))
    comment = live_comments(deployment, "governance")["profile"]["total_assets"] or ""
    assert "number of rows where asset_id is filled" in comment


TEXT = 'It\'s a \\\\ back\\nslash — Größe, 数, \\"quoted\\" and `ticked`'
"""As it stands in the source of the domain."""


def test_any_character_of_a_text_reaches_the_column(deployment: Deployment) -> None:
    deployment.configure(domains=["quality"])
    metric = quality.DOMAIN.profile_metrics[0]
    deployment.edit("monitoring/domains/quality.py", f'meaning="{metric.meaning}"', f'meaning="{TEXT}"')
    deployment.settled(["quality"])
    comment = live_comments(deployment, "quality")["profile"][metric.name] or ""
    assert comment.startswith('It\'s a \\ back\nslash — Größe, 数, "quoted" and `ticked`; ')
    assert deployment.preview("--expect-no-changes") == NOTHING


def test_a_changed_text_touches_no_monitor(deployment: Deployment) -> None:
    deployment.configure(domains=["quality"])
    deployment.settled(["quality"])
    metric = quality.DOMAIN.profile_metrics[0]
    deployment.edit(
        "monitoring/domains/quality.py", f'meaning="{metric.meaning}"', 'meaning="Something else"'
    )
    assert deployment.preview() == {"quality-profile-comments": "update"}


@pytest.mark.parametrize("command", ["preview", "up"])
def test_a_wrong_metric_stops_before_anything_is_registered(deployment: Deployment, command: str) -> None:
    deployment.edit(
        "monitoring/domains/governance.py", '"COUNT(DISTINCT asset_id)"', '"COUNT(DISTINCT aset_id)"'
    )
    said = deployment.refused(command, *(["--yes"] if command == "up" else []))
    assert "unknown column 'aset_id' in fact_governance_metrics; did you mean 'asset_id'?" in said
    assert "Traceback" not in said
    requests = deployment.target.get("/__local/requests").json()["requests"]
    assert {request["path"] for request in requests} <= {DISCOVERY}


def test_a_workspace_that_does_not_answer_ends_in_one_message(deployment: Deployment) -> None:
    deployment.configure(host="http://127.0.0.1:9")
    said = deployment.refused("preview")
    assert "http://127.0.0.1:9" in said
    assert "Traceback" not in said


def test_wrong_keys_of_the_stack_are_named_together(deployment: Deployment) -> None:
    deployment.configure(catalogue="main", failure_emails=["nobody"])
    said = deployment.refused("preview")
    assert "catalogue" in said
    assert "nobody" in said
    assert "Traceback" not in said
