"""A workspace with a little data, and the project ready to be deployed to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.deployment import Deployment
from tests.local_workspace.target import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAYS = 3
"""Enough for windows with a predecessor."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder."""
    for item in items:
        if "end_to_end" in item.path.parts:
            item.add_marker(pytest.mark.end_to_end)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that is not started yet."""
    server = Server(tmp_path / "workspace")
    yield server
    server.stop()


@pytest.fixture
def deployment(server: Server, tmp_path: Path) -> Iterator[Deployment]:
    """The project with the domains quality and governance and no jobs, not deployed yet, and a workspace with data."""
    target = server.start()
    assert target.post("/__local/seed", {"days": DAYS}).status_code == 200
    made = Deployment.of(tmp_path, target, server.url)
    made.configure(domains=["quality", "governance"], jobs=False)
    yield made
    target.raw.close()
