"""Workspaces for tests: the same test runs in this process and against a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local_workspace.workspace import Workspace
from tests.local_workspace.target import Server, Target, in_process, make_usage_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """One server process for all tests that do not stop it."""
    server = Server(tmp_path_factory.mktemp("server"))
    target = server.start()
    yield target
    target.raw.close()
    server.stop()


@pytest.fixture(params=["in_process", "over_http"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    """A fresh workspace, in this process and behind a socket."""
    if request.param == "in_process":
        with in_process(Workspace(tmp_path / "state")) as target:
            yield target
        return
    target = request.getfixturevalue("shared_server")
    assert target.post("/__local/reset", {"everything": True}).status_code == 200
    yield target


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Target]:
    """A fresh workspace in this process, for tests that HTTP adds nothing to."""
    with in_process(Workspace(tmp_path / "state")) as target:
        yield target


@pytest.fixture
def usage(workspace: Target) -> Target:
    """A workspace with a table to monitor and a schema for the output."""
    make_usage_table(workspace)
    return workspace
