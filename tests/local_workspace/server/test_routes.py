"""The list of routes: documented, without doubles, found by path."""

from __future__ import annotations

import inspect
from collections import Counter
from pathlib import Path

from local_workspace.server.app import ROUTES
from local_workspace.server.coverage import routes_page

PAGE = Path(__file__).parents[3] / "docs" / "routes.md"


def test_documented_routes_are_the_routes() -> None:
    assert PAGE.read_text() == routes_page(), (
        "write it anew: python -m local_workspace routes > docs/routes.md"
    )


def test_no_route_is_listed_twice() -> None:
    counted = Counter((route.method, route.path) for route in ROUTES)
    assert [route for route, times in counted.items() if times > 1] == []


def test_every_handler_says_what_it_does() -> None:
    assert [route.path for route in ROUTES if not inspect.getdoc(route.handler)] == []


def test_only_discovery_is_open() -> None:
    assert [route.path for route in ROUTES if route.open] == ["/.well-known/databricks-config"]
