"""The table of routes in docs/routes.md, made from the routes themselves."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from local_workspace.server.app import AREAS

if TYPE_CHECKING:
    from local_workspace.server.routing import Route

_HEAD = """# Routes of the local workspace

Generated from the handlers by `python -m local_workspace routes`; do not edit by hand. Any other method or
path is answered with 501 and named. Every route but the first needs the token.

Clients: `databricks-sdk` for Python, with which the contracts in `tests/local_workspace/contract/` exercise every
route of Databricks (a route without a contract fails a test there); Pulumi's provider, which the end-to-end tests
run; and so Terraform's, because Pulumi's is a bridge over it: the same Go code sends the same requests, and only
what declares the resources differs. Terraform itself is not run in the tests.
"""


def routes_page() -> str:
    """The page, in Markdown."""
    parts = [_HEAD]
    for area in AREAS:
        title = (inspect.getdoc(area) or "").split("\n", 1)[0].rstrip(".")
        parts.append(f"\n## {title}\n\n| method | path | what it does | to know |\n|---|---|---|---|\n")
        parts.extend(_row(route) for route in area.ROUTES)
    return "".join(parts)


def _row(route: Route) -> str:
    first, _, rest = (inspect.getdoc(route.handler) or "").partition("\n")
    caveat = " ".join(rest.split())
    query = f"; query: {', '.join(f'`{name}`' for name in route.query)}" if route.query else ""
    cells = (route.method, f"`{route.path}`", first, f"{caveat}{query}".removeprefix("; "))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
