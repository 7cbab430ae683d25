"""Where commands print tables and states: in colour on a terminal, plain and unwrapped in a file or a pipe."""

from __future__ import annotations

import sys

from rich.console import Console

PLAIN_WIDTH = 10_000
"""Characters; so many that no line is broken for a program that reads line by line."""


def console() -> Console:
    """The console for standard output as it is now; it prints texts as they are."""
    width = None if sys.stdout.isatty() else PLAIN_WIDTH
    return Console(width=width, highlight=False, emoji=False, markup=False)
