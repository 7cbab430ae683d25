"""Who and where: discovery and the current user."""

from __future__ import annotations

from typing import Any

from local_workspace.catalog import OWNER
from local_workspace.server.routing import Request, Route


def discover(request: Request) -> dict[str, Any]:
    """Address and number of the workspace.

    The number is made once and never changes: clients keep it in their state.
    """
    return {
        "oidc_endpoint": f"{request.base_url}/oidc",
        "workspace_id": str(request.workspace.store.workspace_id),
        "account_id": "00000000-0000-0000-0000-000000000001",
        "cloud": "AWS",
        "host_type": "workspace",
    }


def current_user(_request: Request) -> dict[str, Any]:
    """The one user of the workspace.

    The workspace's number is in the header X-Databricks-Org-Id, as in every answer.
    """
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "1000000000000001",
        "userName": OWNER,
        "displayName": "Local user",
        "active": True,
        "emails": [{"type": "work", "value": OWNER, "primary": True}],
        "groups": [{"display": "users", "type": "direct", "value": "1000000000000002"}],
    }


ROUTES = (
    Route("GET", "/.well-known/databricks-config", discover, open=True),
    Route("GET", "/api/2.0/preview/scim/v2/Me", current_user, query=("attributes", "excludedAttributes")),
)
