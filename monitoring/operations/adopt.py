"""Finds what exists on the workspace but not in a stack's state, and says how the stack takes it over."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


@dataclass(frozen=True)
class ImportLine:
    """The command that puts an existing thing into the state of a stack."""

    stack: str
    type: str
    """Type token, such as ``databricks:index/qualityMonitor:QualityMonitor``."""
    name: str
    """Name of the resource in the program."""
    id: str
    provider_urn: str
    parent_urn: str = ""
    """Of the component that owns the resource; empty at the top level."""
    protect: bool = False

    def __str__(self) -> str:
        # No code is wanted: the program declares the resource already.
        words = ["pulumi", "import", self.type, self.name, self.id, "--stack", self.stack]
        if self.parent_urn:
            words += ["--parent", f"parent={self.parent_urn}"]
        words += ["--provider", f"workspace={self.provider_urn}"]
        words += [f"--protect={str(self.protect).lower()}", "--generate-code=false", "--yes"]
        return shlex.join(words)


def schema_exists(client: WorkspaceClient, full_name: str) -> bool:
    """Whether the schema ``catalog.schema`` is there."""
    try:
        client.schemas.get(full_name)
    except NotFound:
        return False
    return True
