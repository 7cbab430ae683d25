"""Who and where: discovery and the current user."""

from __future__ import annotations

import hashlib
from typing import Any

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


def current_user(request: Request) -> dict[str, Any]:
    """The user who asks: the owner of the workspace, or the principal of a token.

    The workspace's number is in the header X-Databricks-Org-Id, as in every answer.
    """
    caller = request.caller
    if caller.is_owner:
        identity, name, groups = "1000000000000001", "Local user", ["users"]
    else:
        digest = hashlib.sha256(caller.name.encode()).digest()
        identity, name, groups = str(int.from_bytes(digest[:7])), caller.name, ["users", *caller.groups]
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": identity,
        "userName": caller.name,
        "displayName": name,
        "active": True,
        "emails": [{"type": "work", "value": caller.name, "primary": True}],
        "groups": [
            {"display": group, "type": "direct", "value": str(1000000000000002 + place)}
            for place, group in enumerate(groups)
        ],
    }


ROUTES = (
    Route("GET", "/.well-known/databricks-config", discover, open=True),
    Route("GET", "/api/2.0/preview/scim/v2/Me", current_user, query=("attributes", "excludedAttributes")),
)
