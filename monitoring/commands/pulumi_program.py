"""Runs the Pulumi program, for what only it can do: read the state of a stack, and import into it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from monitoring.operations.stack_state import StackState, StackStateError
from monitoring.stack_file import PROJECT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class PulumiError(StackStateError):
    """A command of Pulumi failed; the text has what it said."""


def read_state(stack: str, folder: Path = PROJECT) -> StackState:
    """The state of ``stack``.

    Raises:
        PulumiError: Pulumi is missing, or it does not know the stack.
        StackStateError: what it printed is no state.
    """
    try:
        return StackState.from_export(run(["pulumi", "stack", "export", "--stack", stack], folder))
    except PulumiError as error:
        raise PulumiError(
            f"{error}\nif the stack is new: pulumi stack init {stack}; pulumi up --stack {stack}"
        ) from None


def run(words: Sequence[str], folder: Path = PROJECT) -> str:
    """Run a command of Pulumi and give what it printed.

    Raises:
        PulumiError: it failed, or there is no such program.
    """
    answer = finished(words, folder)
    if answer.returncode:
        raise PulumiError(f"{' '.join(words)} failed:\n{(answer.stderr + answer.stdout).strip()}")
    return answer.stdout


def finished(
    words: Sequence[str], folder: Path = PROJECT, *, shown: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command of Pulumi to its end, however it ends.

    Args:
        words: the program and its arguments.
        folder: where ``Pulumi.yaml`` lies.
        shown: let it print as it goes instead of giving its output.

    Raises:
        PulumiError: there is no such program.
    """
    try:
        return subprocess.run(
            [*words, "--non-interactive"],
            cwd=folder,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=not shown,
            text=True,
        )
    except OSError as error:
        raise PulumiError(
            f'{words[0]} cannot be run ({error.strerror}); put it on the PATH: eval "$(python -m toolchain env)"'
        ) from error
