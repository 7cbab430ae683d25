"""The switches of a workspace: kept in its store, the same after a restart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from local_workspace.engine.dialect_errors import nearest
from local_workspace.engine.switches import Switches
from local_workspace.errors import InvalidParameterError

if TYPE_CHECKING:
    from local_workspace.store import Store

_FACT = "switches"


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


class SwitchBoard:
    """Reads and sets the switches."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def current(self) -> WorkspaceSwitches:
        """All switches as they stand."""
        return WorkspaceSwitches(**self._set())

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
            merged = {name: value for name, value in {**self._set(), **changes}.items() if value is not None}
            changed = WorkspaceSwitches(**merged)
            self._store.set_fact(_FACT, json.dumps(merged))
        return changed

    def reset(self) -> None:
        """Give every switch its default again."""
        self._store.set_fact(_FACT, "{}")

    def _set(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._store.fact(_FACT, "{}"))
        return found
