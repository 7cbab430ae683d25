"""A copy of the project, deployed with the real Pulumi CLI and provider to a workspace of its own."""

from __future__ import annotations

import json
import shlex
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]

import toolchain
from local_workspace.deploy.errors import PulumiFailedError
from local_workspace.deploy.stack import Stack
from tests.local_workspace.target import CATALOG, TOKEN, Target, until
from toolchain.pins import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STACK = "local"
_NO_CHANGE = {"same", "refresh"}

PROGRAM = ("__main__.py", "Pulumi.yaml", f"Pulumi.{STACK}.yaml")


@dataclass(frozen=True)
class Deployment:
    """A project, a workspace, and the stack that brings one to the other.

    Attributes:
        project: a copy of the program, free to be edited.
        target: the workspace.
        stack: runs Pulumi.
    """

    project: Path
    target: Target
    stack: Stack

    @classmethod
    def of(cls, folder: Path, target: Target, url: str) -> Deployment:
        """A copy of the project in `folder` and a stack for the workspace at `url`.

        Builds the toolchain when it is missing: about 10 minutes, once.
        """
        project = folder / "project"
        project.mkdir()
        for name in PROGRAM:
            shutil.copy(CHECKOUT / name, project / name)
        shutil.copytree(
            CHECKOUT / "monitoring", project / "monitoring", ignore=shutil.ignore_patterns("__pycache__")
        )
        (project / ".venv").symlink_to(CHECKOUT / ".venv")
        toolchain.install()
        environment = toolchain.environment(folder / "home")
        stack = Stack(STACK, project, folder / "backend", url, TOKEN, environment)
        stack.ensure()
        return cls(project, target, stack)

    def configure(self, **values: object) -> None:
        """Change keys of the stack file."""
        file = self.project / f"Pulumi.{STACK}.yaml"
        content = yaml.safe_load(file.read_text())
        content["config"] |= {f"lakehouse-monitors:{key}": value for key, value in values.items()}
        file.write_text(yaml.safe_dump(content))

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that stands in a file of the program exactly once."""
        path = self.project / file
        text = path.read_text()
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new))

    def up(self, *options: str) -> dict[str, int]:
        """Deploy; gives the number of resources per operation, `same` left out."""
        self.run("up", "--yes", "--skip-preview", *options)
        newest = json.loads(self.run("stack", "history", "--json", "--page-size", "1"))[0]
        changes: dict[str, int] = newest["resourceChanges"]
        return {operation: count for operation, count in changes.items() if operation != "same"}

    def preview(self, *options: str) -> dict[str, str]:
        """What a deployment would do: operation by resource name, what stays as it is left out."""
        steps: list[dict[str, Any]] = json.loads(self.run("preview", "--json", *options))["steps"]
        return {step["urn"].rsplit("::")[-1]: step["op"] for step in steps if step["op"] not in _NO_CHANGE}

    def settled(self, domains: Sequence[str]) -> dict[str, Any]:
        """Deploy until the comments of the output tables are written; gives the stack's outputs."""
        self.up()
        self.wait(domains)
        self.up()
        return self.stack.outputs()

    def wait(self, domains: Sequence[str]) -> None:
        """Wait until the newest refresh of each domain's monitor is over; all succeed."""
        monitors = self.stack.outputs()["monitors"]
        for domain in domains:
            refresh = self.target.wait_for_refresh(self.monitor_path(monitors[domain]["table"]))
            assert refresh["state"] == "SUCCESS", refresh

    def run(self, *arguments: str) -> str:
        """Run a command of `pulumi` on the stack; gives what it printed."""
        return self.stack.captured(*arguments, "--stack", STACK)

    def refused(self, *arguments: str) -> str:
        """What a command of `pulumi` says that fails."""
        try:
            printed = self.run(*arguments)
        except PulumiFailedError as error:
            return str(error)
        raise AssertionError(f"pulumi {shlex.join(arguments)} succeeded:\n{printed}")

    def follow(self, message: str) -> None:
        """Run every `pulumi import` line of a message."""
        lines = [line.strip() for line in message.splitlines() if line.strip().startswith("pulumi import ")]
        assert lines, message
        for line in lines:
            self.stack.captured(*shlex.split(line)[1:])

    @staticmethod
    def monitor_path(table: str) -> str:
        """Path of a table's monitor."""
        return f"{CATALOG}/tables/{table}/monitor"

    def wait_for_tables(self, *tables: str) -> None:
        """Wait until output tables are there."""
        for table in tables:
            until(
                lambda name=table: self.target.get(f"{CATALOG}/tables/{name}").status_code,  # type: ignore[misc]
                lambda status: status == 200,
            )
