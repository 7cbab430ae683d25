"""The switches of a workspace: kept in its store, the same after a restart."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from local_workspace.engine.dialect_errors import nearest
from local_workspace.engine.switches import Switches
from local_workspace.errors import InvalidParameterError
from local_workspace.limits import disk_size, memory_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_workspace.store import Store

_FACT = "switches"
MEMORY_VARIABLE = "LOCAL_WORKSPACE_MEMORY_LIMIT"
"""Environment variable with the memory limit of workspaces that set none."""


class WorkspaceSwitches(Switches):
    """The engine's switches, and those of the monitors' life."""

    first_refresh_trigger: Annotated[
        Literal["MANUAL", "SCHEDULE", "UNKNOWN_TRIGGER"],
        Field(description="trigger of the refresh that creating a monitor starts"),
    ] = "MANUAL"
    version_start: Annotated[int, Field(ge=0, description="monitor_version of a new monitor")] = 0
    kind_change_on_put: Annotated[
        Literal["refuse", "allow"],
        Field(description="whether changing a monitor may change its kind of analysis"),
    ] = "refuse"
    tables_after_active_s: Annotated[
        float, Field(ge=0, description="seconds between a new monitor's ACTIVE and its first refresh")
    ] = 0.0

    memory_limit: Annotated[
        str,
        AfterValidator(memory_size),
        Field(description="memory for tables and refreshes, such as '4 GB' or '50%' of the machine's"),
    ] = "2 GB"
    spill_limit: Annotated[
        str,
        AfterValidator(disk_size),
        Field(
            description="disk space for what does not fit into memory, such as '20 GB' or '50%' of what is free; "
            "'0 GB' for none"
        ),
    ] = "50%"


class SwitchBoard:
    """Reads and sets the switches.

    Args:
        store: keeps what was set.
        apply: brings limits into effect; raises `InvalidParameterError` when it cannot.
    """

    def __init__(self, store: Store, apply: Callable[[WorkspaceSwitches], None] = lambda _: None) -> None:
        self._store = store
        self._apply = apply
        self._current, self._of_refreshes = _both(self._stored())
        apply(self._current)

    @property
    def current(self) -> WorkspaceSwitches:
        """All switches as they stand."""
        return self._current

    @property
    def of_refreshes(self) -> Switches:
        """Those that decide what a refresh computes."""
        return self._of_refreshes

    def change(self, changes: dict[str, Any]) -> WorkspaceSwitches:
        """Set some switches for good; None gives one its default again.

        Raises:
            InvalidParameterError: there is no switch of a name.
            ValidationError: a value is none of the switch's; nothing is set.
        """
        known = WorkspaceSwitches.model_fields
        for name in changes:
            if name not in known:
                hint = nearest(name, known) or f"; the switches are {', '.join(known)}"
                raise InvalidParameterError(f"unknown switch '{name}'{hint}")
        with self._store.transaction():
            merged = {
                name: value for name, value in {**self._stored(), **changes}.items() if value is not None
            }
            changed, of_refreshes = _both(merged)
            self._apply(changed)
            self._store.set_fact(_FACT, json.dumps(merged))
        self._current, self._of_refreshes = changed, of_refreshes
        return changed

    def reset(self) -> None:
        """Give every switch its default again."""
        self._store.set_fact(_FACT, "{}")
        self._current, self._of_refreshes = _both({})
        self._apply(self._current)

    def _stored(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._store.fact(_FACT, "{}"))
        return found


def _both(given: dict[str, Any]) -> tuple[WorkspaceSwitches, Switches]:
    """All switches and those of refreshes, where some are set; checking them again for each refresh would take 10 ms."""
    current = WorkspaceSwitches(**{**_from_environment(), **given})
    return current, Switches(**{name: getattr(current, name) for name in Switches.model_fields})


def _from_environment() -> dict[str, Any]:
    """The memory limit that the environment gives in place of the default."""
    given = os.environ.get(MEMORY_VARIABLE)
    if not given:
        return {}
    try:
        return {"memory_limit": memory_size(given)}
    except ValueError as error:
        raise InvalidParameterError(f"{MEMORY_VARIABLE}: {error}") from error
