"""Runs the Pulumi command line for the stack that lives in the local workspace."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local_workspace.deploy.errors import PulumiFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PASSPHRASE = {"PULUMI_CONFIG_PASSPHRASE": "local"}
"""The stack has no secrets; a backend that is a folder asks for a passphrase all the same."""


@dataclass(frozen=True)
class Stack:
    """One stack of the program, with its state in a folder of its own.

    Attributes:
        name: stack name; its configuration is `Pulumi.<name>.yaml` in `project`.
        project: folder of `Pulumi.yaml`.
        backend: folder that holds the Pulumi state; made when missing.
        host: URL of the workspace.
        token: its access token, handed on through the environment only.
        environment: PATH and PULUMI_* of the toolchain.
    """

    name: str
    project: Path
    backend: Path
    host: str
    token: str = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)

    @property
    def own_variables(self) -> dict[str, str]:
        """What has to be in the environment of `pulumi` and of the commands that speak to the workspace."""
        return {
            **self.environment,
            **_PASSPHRASE,
            "PULUMI_BACKEND_URL": self.backend.resolve().as_uri(),
            "DATABRICKS_HOST": self.host,
            "DATABRICKS_TOKEN": self.token,
            "DATABRICKS_AUTH_TYPE": "pat",
            "DATABRICKS_CONFIG_FILE": os.devnull,
        }

    @property
    def variables(self) -> dict[str, str]:
        """The whole environment: the caller's without its own Databricks and Pulumi settings, and ours."""
        others = ("DATABRICKS_", "PULUMI_", "ARM_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(others)}
        return inherited | self.own_variables

    def ensure(self) -> None:
        """Make the stack unless it exists, and take away the lock of a run that was killed."""
        self.backend.mkdir(parents=True, exist_ok=True)
        self.captured("stack", "select", self.name, "--create")
        if any(self.backend.glob(f".pulumi/locks/**/{self.name}/*.json")):
            self.captured("cancel", "--yes", "--stack", self.name)

    def up(self) -> dict[str, int]:
        """Deploy the program, output shown as it comes; gives the number of resources per operation."""
        self.shown("up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", self.name)
        newest = self.captured("stack", "history", "--json", "--page-size", "1", "--stack", self.name)
        return dict(json.loads(newest)[0].get("resourceChanges", {}))

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        outputs: dict[str, Any] = json.loads(self.captured("stack", "output", "--json", "--stack", self.name))
        return outputs

    def shown(self, *arguments: str) -> None:
        """Run a command with its output on the screen."""
        finished = self._run(arguments, capture=False)
        if finished.returncode:
            raise PulumiFailedError(f"pulumi {' '.join(arguments)} failed; what it said is above")

    def captured(self, *arguments: str) -> str:
        """Run a command and give what it printed."""
        finished = self._run(arguments, capture=True)
        if finished.returncode:
            said = (finished.stderr + finished.stdout).strip()
            raise PulumiFailedError(f"pulumi {' '.join(arguments)} failed:\n{said}")
        return finished.stdout

    def _run(self, arguments: tuple[str, ...], *, capture: bool) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.project,
            env=self.variables,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=capture,
            text=True,
        )
