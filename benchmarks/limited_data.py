"""The data file as a workspace opens it: within the limits of memory and disk that its switches have by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.data import Data
from local_workspace.switches import WorkspaceSwitches

if TYPE_CHECKING:
    from pathlib import Path


def limited_data(state: Path) -> Data:
    """Open the data file of a state folder."""
    data = Data(state)
    switches = WorkspaceSwitches()
    data.limit(switches.memory_limit, switches.spill_limit)
    return data
