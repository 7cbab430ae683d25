"""Reads the configuration of a stack from its file, for commands that run outside of Pulumi."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]

from monitoring.nearest import near_or_all
from monitoring.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that holds ``Pulumi.yaml`` and the stack files."""


def read_stack_file(
    stack: str, folder: Path = PROJECT, environment: Mapping[str, str] | None = None
) -> Settings:
    """The settings of ``stack`` from ``Pulumi.<stack>.yaml``.

    Raises:
        SettingsError: there is no such file, it is no YAML, or what it says has mistakes.
    """
    file = folder / f"Pulumi.{stack}.yaml"
    if not file.is_file():
        stacks = sorted(path.name.split(".")[1] for path in folder.glob("Pulumi.*.yaml"))
        raise SettingsError(stack, [f"stack: there is no {file.name}{near_or_all(stack, stacks)}"])
    project = project_name(stack, folder)
    configuration = _yaml(stack, file).get("config") or {}
    if not isinstance(configuration, dict):
        raise SettingsError(stack, [f"{file.name}: config is not an object of keys and values"])
    prefix = f"{project}:"
    values = {
        str(key).removeprefix(prefix): value
        for key, value in configuration.items()
        if str(key).startswith(prefix) and value != ""
    }
    return Settings.from_stack(stack, values, environment)


def project_name(stack: str, folder: Path = PROJECT) -> str:
    """The name of the project, which is part of every key and of every URN.

    Raises:
        SettingsError: ``Pulumi.yaml`` cannot be read.
    """
    return str(_yaml(stack, folder / "Pulumi.yaml").get("name"))


def _yaml(stack: str, file: Path) -> dict[str, Any]:
    try:
        content: object = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise SettingsError(stack, [f"{file.name}: cannot be read: {error}"]) from error
    return content if isinstance(content, dict) else {}
