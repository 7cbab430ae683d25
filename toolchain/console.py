"""Messages of an installation: one redrawn line on a terminal, plain lines elsewhere."""

import shutil
import sys
import time
from typing import TextIO

_SECONDS_WITH_TENTHS = 10


class Console:
    """Writes to a stream, by default standard error: standard output is for what `env` and `path` print."""

    def __init__(self, stream: TextIO | None = None, seconds_between_lines: float = 30.0) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._terminal = self._stream.isatty()
        self._seconds_between_lines = 0.5 if self._terminal else seconds_between_lines
        self._next_line = 0.0
        self._line_open = False

    def say(self, text: str) -> None:
        """Write a line that stays."""
        self._clear()
        print(text, file=self._stream, flush=True)
        self._next_line = time.monotonic() + self._seconds_between_lines

    def progress(self, text: str) -> None:
        """Write that something still runs, at most as often as the reader can use it."""
        if time.monotonic() < self._next_line:
            return
        self._next_line = time.monotonic() + self._seconds_between_lines
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\x1b[K{text[:width]}", end="", file=self._stream, flush=True)
            self._line_open = True
        else:
            print(text, file=self._stream, flush=True)

    def _clear(self) -> None:
        if self._line_open:
            print("\r\x1b[K", end="", file=self._stream)
            self._line_open = False


def spoken(seconds: float) -> str:
    """Return a duration as people say it: `0.4 s`, `12 s`, `3 min 05 s`."""
    if seconds < _SECONDS_WITH_TENTHS:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
