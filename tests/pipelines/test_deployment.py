"""A deployment that nobody watches ends when nothing is left to do, or says what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitoring.commands.pulumi_program import PulumiError
from pipelines.deployment import deploy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.deployment import Work
    from tests.pipelines.conftest import FakePulumi


@pytest.fixture
def done() -> list[str]:
    """What was waited for and refreshed."""
    return []


@pytest.fixture
def wait(done: list[str]) -> Work:
    def wait(stack: str, domains: Sequence[str]) -> int:
        done.append(f"wait {stack} {' '.join(domains)}")
        return 0

    return wait


@pytest.fixture
def refresh(done: list[str]) -> Work:
    def refresh(stack: str, domains: Sequence[str]) -> int:
        done.append(f"refresh {stack} {' '.join(domains)}")
        return 0

    return refresh


def ups(pulumi: FakePulumi) -> int:
    return sum(call.startswith("up ") for call in pulumi.calls)


def test_one_run_is_enough_when_all_comments_are_written(
    pulumi: FakePulumi, done: list[str], wait: Work, refresh: Work
) -> None:
    pulumi.comments_after(1, cost="ready", job="ready")
    deploy("dev", wait=wait, refresh=refresh)
    assert (ups(pulumi), done) == (1, [])
    assert pulumi.calls[0] == ("up --yes --skip-preview --suppress-outputs --stack dev --non-interactive")


def test_tables_of_new_monitors_are_waited_for(
    pulumi: FakePulumi, done: list[str], wait: Work, refresh: Work
) -> None:
    pulumi.comments_after(1, cost="ready", job="pending")
    pulumi.comments_after(2, cost="ready", job="ready")
    deploy("dev", wait=wait, refresh=refresh)
    assert (ups(pulumi), done) == (2, ["wait dev job"])


def test_new_columns_come_with_a_refresh_of_their_monitors_only(
    pulumi: FakePulumi, done: list[str], wait: Work, refresh: Work
) -> None:
    pulumi.comments_after(1, cost="partial", job="ready")
    pulumi.comments_after(2, cost="ready", job="ready")
    deploy("dev", wait=wait, refresh=refresh)
    assert (ups(pulumi), done) == (2, ["refresh dev cost"])


def test_new_monitors_and_new_columns_take_three_runs(
    pulumi: FakePulumi, done: list[str], wait: Work, refresh: Work
) -> None:
    pulumi.comments_after(1, cost="partial", job="pending")
    pulumi.comments_after(2, cost="partial", job="ready")
    pulumi.comments_after(3, cost="ready", job="ready")
    deploy("dev", wait=wait, refresh=refresh)
    assert (ups(pulumi), done) == (3, ["wait dev job", "refresh dev cost"])


def test_comments_that_are_never_written_are_an_error(pulumi: FakePulumi, wait: Work, refresh: Work) -> None:
    for number in (1, 2):
        pulumi.comments_after(number, cost="pending")
    with pytest.raises(PulumiError, match="comments of cost are still not written"):
        deploy("dev", wait=wait, refresh=refresh)


def test_tables_that_do_not_come_stop_the_deployment(pulumi: FakePulumi, refresh: Work) -> None:
    def wait(_stack: str, _domains: Sequence[str]) -> int:
        return 1

    pulumi.comments_after(1, cost="pending")
    with pytest.raises(PulumiError, match="wait of cost failed"):
        deploy("dev", wait=wait, refresh=refresh)
    assert ups(pulumi) == 1


def test_a_run_that_fails_stops_the_deployment(pulumi: FakePulumi, wait: Work, refresh: Work) -> None:
    pulumi.answers("", code=255)
    with pytest.raises(PulumiError, match=r"pulumi up .* failed; what it said is above"):
        deploy("dev", wait=wait, refresh=refresh)
    assert len(pulumi.calls) == 1
