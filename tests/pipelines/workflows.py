"""The workflows and the composite action as data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
FILES = sorted((GITHUB / "workflows").glob("*.yml"))
ACTION = GITHUB / "actions" / "prepare" / "action.yml"


@dataclass(frozen=True)
class Job:
    """A job of a workflow."""

    workflow: str
    name: str
    content: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.workflow}.{self.name}"

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Its steps; none when it calls another workflow."""
        return list(self.content.get("steps") or [])

    @property
    def secrets(self) -> bool:
        """Whether a secret is handed to it."""
        return "secrets." in yaml.safe_dump(self.content)

    @property
    def writes(self) -> bool:
        """Whether its token may write."""
        return "write" in self.content.get("permissions", {}).values()


def read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


WORKFLOWS = {file.stem: read(file) for file in FILES}
JOBS = [
    Job(workflow, name, content)
    for workflow, whole in WORKFLOWS.items()
    for name, content in whole["jobs"].items()
]


def triggers(workflow: str) -> dict[str, Any]:
    """What starts a workflow; YAML reads the key `on` as true."""
    whole: dict[Any, Any] = WORKFLOWS[workflow]
    found: dict[str, Any] = whole[True]
    return found
