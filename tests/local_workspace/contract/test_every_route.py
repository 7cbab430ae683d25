"""Every route answers the official SDK: each is part of a contract, and each contract is carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local_workspace.server.app import ROUTES
from local_workspace.server.routing import Router
from tests.local_workspace.contract import (
    catalog_contracts,
    compute_contracts,
    monitor_contracts,
    reader_contracts,
)
from tests.local_workspace.contract.lifecycle import Contract, declared_in

if TYPE_CHECKING:
    from local_workspace.server.routing import Route
    from tests.local_workspace.target import Target

CONTRACTS = [
    found
    for module in (catalog_contracts, monitor_contracts, compute_contracts, reader_contracts)
    for found in declared_in(module)
]
CONTROLS = {
    f"{method} /__local/{path}"
    for path, methods in {
        "status": "GET",
        "fault": "POST GET DELETE",
        "clock": "GET POST",
        "transitions": "GET POST",
        "switches": "GET POST",
        "token": "POST",
        "requests": "GET DELETE",
        "refreshes": "GET",
        "explain/{table}": "GET",
        "alerts": "GET POST",
        "genie/spaces/{space_id}": "GET",
        "reset": "POST",
        "load": "POST",
        "seed": "POST GET",
    }.items()
    for method in methods.split()
}
"""Routes without a call in the SDK, because they are the local workspace's own controls: no Databricks has them.

Their tests are `tests/local_workspace/server/test_control.py` and those of what each of them controls.
"""


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def answered(target: Target) -> dict[str, set[int]]:
    """Status codes by route of what the SDK asked; what tests send by themselves does not count."""
    router = Router(ROUTES)
    found: dict[str, set[int]] = {}
    for entry in target.get("/__local/requests").json()["requests"]:
        if "databricks-sdk-py" in entry["user_agent"]:
            match = router.find(entry["method"], entry["path"])
            assert match is not None, (
                f"the SDK asked for {entry['method']} {entry['path']}, which is no route"
            )
            found.setdefault(named(match[0]), set()).add(entry["status"])
    return found


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_the_sdk_does(contract: Contract, workspace: Target) -> None:
    contract.work(workspace)
    found = answered(workspace)
    assert {route for route in contract.routes if 200 not in found.get(route, set())} == set()
    assert {route: found.get(route) for route in contract.refused} == {
        route: {501} for route in contract.refused
    }


def test_every_route_is_part_of_a_contract() -> None:
    exercised = CONTROLS.union(*(one.routes | one.refused for one in CONTRACTS))
    known = {named(route) for route in ROUTES}
    assert sorted(known - exercised) == [], (
        "declare what the SDK does with it in tests/local_workspace/contract/, or why its SDK has no call"
    )
    assert sorted(exercised - known) == []
