"""Moves a monitor from one API to the other: one deployment, and the workspace keeps the monitor.

Through the other API the same monitor is another resource. The deployment after a change of the setting ``api``
imports the new resource, then only reads the old one under the id that the state has for it, by which the engine
lets go of it without deleting anything. The deployment after that drops the old one from the state. What the state
holds is asked of the engine at the start. docs/decisions/moving-between-apis.md says what else was tried.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Self

import pulumi
from databricks.sdk.retries import retried

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitoring.api import Api

API = "api"
MONITOR_ID = "monitor_id"
LET_GO = "let_go"
"""Outputs of a component once its deployment is complete: the API that keeps its monitor, the id under which the
state has it there, and after a move the API whose resource may still be in the state, unmanaged."""

_WRITING: Final = timedelta(seconds=30)
"""How long to wait for the engine to have written its state."""


def _half_written(error: BaseException) -> str | None:
    """Why the state could not be read, if it can be a moment later."""
    return "the state is being written" if str(error).endswith("failed to load checkpoint: EOF") else None


@dataclass(frozen=True)
class PreviousState:
    """What the state of the stack held when the program started."""

    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Outputs of each resource by its URN."""

    @classmethod
    def read(cls) -> Self:
        """Ask the engine; before the first deployment there is nothing.

        The engine writes its state while the program runs. A read that meets a file of which nothing is there yet
        is repeated.
        """
        stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        invoke = retried(is_retryable=_half_written, timeout=_WRITING)(pulumi.runtime.invoke)
        answer = invoke("pulumi:pulumi:readStackResourceOutputs", {"stackName": stack}).value
        found = (answer or {}).get("outputs") or {}
        return cls({urn: resource.get("outputs") or {} for urn, resource in found.items()})


@dataclass(frozen=True)
class Move:
    """What is left to do for a monitor that the other API kept; without fields: to drop the other's resource.

    Attributes:
        import_id: what the resource of this API is imported as.
        let_go_id: the id under which the state has the resource of the other API, which is let go.
        protect: whether this API's resource must not be deleted until the next deployment.
    """

    import_id: str | None = None
    let_go_id: str | None = None
    protect: bool = False


def find_move(
    previous: PreviousState, component: str, other_resource: str, own: Api, import_id: Callable[[], str]
) -> Move | None:
    """What is left to do to have a component's monitor kept by the API ``own`` only; None when nothing is.

    A resource that is in the state and managed, but neither declared nor let go, will be deleted, on the
    workspace too. So a state in which an interrupted deployment may have left such a one stops the program.

    Args:
        previous: what the state held.
        component: URN of the component.
        other_resource: URN that its monitor has where the other API keeps it.
        own: the API that the stack uses.
        import_id: gives what ``pulumi import`` calls the monitor here; may ask the workspace.

    Raises:
        pulumi.RunError: it is not certain what the state holds; the message says what to do.
    """
    if other_resource not in previous.outputs:
        return None
    name, other = component.rpartition("::")[2], own.other
    known = previous.outputs.get(component, {})
    let_go = known.get(LET_GO)
    if known.get(API) == other:
        # Right after a move from here, what the state says of letting go is about this API. If the way back is
        # interrupted and taken back itself, that would still be believed: the protection makes it an error then.
        return Move(import_id(), known[MONITOR_ID], protect=let_go is not None)
    if known.get(API) != own:
        raise pulumi.RunError(
            f"{name}: the state does not say that a deployment with api '{other}' was completed; "
            f"run pulumi up once more with api '{other}', then change it"
        )
    if let_go != other:
        raise pulumi.RunError(
            f"{name}: the state has the monitor twice, because a move to api '{other}' was interrupted; "
            f"set api to '{other}' to go on with it, or take it back, which changes nothing on the workspace:\n"
            f"  pulumi state delete '{other_resource}' --stack {pulumi.get_stack()} --yes"
        )
    return Move()


def component_urn(type_: str, name: str) -> str:
    """URN of a component at the top of the program."""
    return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{type_}::{name}"


def child_urn(component_type: str, type_: str, name: str) -> str:
    """URN of a resource ``name`` in a component at the top of the program."""
    return component_urn(f"{component_type}${type_}", name)
