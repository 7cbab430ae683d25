"""Knobs of the local workspace, outside the paths of Databricks."""

from __future__ import annotations

from typing import Any

from local_workspace.server.routing import Request, Route


def status(request: Request) -> dict[str, Any]:
    """The process that answers."""
    import os

    return {"pid": os.getpid(), "state": str(request.workspace.folder.resolve())}


ROUTES = (Route("GET", "/__local/status", status),)
