"""Where commands print tables and states: in colour on a terminal, plain and unwrapped in a file or a pipe."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN_WIDTH = 10_000
"""Characters; so many that no line is broken for a program that reads line by line."""


def console() -> Console:
    """The console for standard output as it is now; it prints texts as they are."""
    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    return Console(width=width, highlight=False, emoji=False, markup=False)


def print_json(content: object) -> None:
    """Print ``content`` for a script."""
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show on a terminal that the work goes on; nothing in a file or a pipe."""
    output = Console(stderr=True)
    if not output.is_terminal:
        yield
        return
    with output.status(text):
        yield
