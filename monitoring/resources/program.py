"""What the program does before it registers anything; each failure is one message without a traceback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pulumi

from monitoring.compile import CompileError, raise_on_problems
from monitoring.operations.connection import WorkspaceUnreachableError, probe
from monitoring.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS = {"catalog", "gold_schema", "output_schema", "assets_dir", "warehouse_id", "host", "api"}
"""Keys whose value is text; Pulumi hands the others over as JSON."""


def read_settings() -> Settings:
    """The settings of the selected stack.

    Raises:
        pulumi.RunError: the configuration has mistakes; the message lists them all.
    """
    try:
        return Settings.from_stack(pulumi.get_stack(), stack_values(pulumi.get_project()))
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None


def check_before_registering(settings: Settings) -> None:
    """Stop the preview or the deployment when a metric is wrong or the workspace does not answer.

    Raises:
        pulumi.RunError: with everything that is wrong.
    """
    try:
        raise_on_problems(settings.domains)
        probe(settings.host)
    except (CompileError, WorkspaceUnreachableError) as error:
        raise pulumi.RunError(str(error)) from None


def stack_values(project: str, configuration: Mapping[str, str] | None = None) -> dict[str, object]:
    """The stack's own keys as Python values; an empty text counts as not given."""
    # The public Config reads single keys; only the whole map shows keys that should not be there.
    everything = pulumi.runtime.config.CONFIG.get() if configuration is None else configuration
    own = {
        key.removeprefix(f"{project}:"): value
        for key, value in everything.items()
        if key.startswith(f"{project}:")
    }
    return {key: value if key in _TEXTS else _from_json(value) for key, value in own.items() if value != ""}


def _from_json(text: str) -> object:
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value
