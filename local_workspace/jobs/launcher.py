"""Runs the code of a task in a process of its own.

Started by its path, with a file that says what to run, so that the task sees nothing of the workspace's own
code. Imports the standard library only.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
import threading
import traceback
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


def main(order_file: str) -> int:
    """Run what the order says; gives the exit code and leaves a report of what went wrong.

    The order is a JSON object: `lifeline` (number of an open pipe), `path` (folders to import from), `name`
    and `arguments` (of the program), `file`, or `package` and `entry_point`, and `report` (file to write).
    """
    order: dict[str, Any] = json.loads(Path(order_file).read_text(encoding="utf-8"))
    threading.Thread(target=_end_with, args=(order["lifeline"],), daemon=True).start()
    sys.path[:0] = order["path"]
    sys.argv = [order["name"], *order["arguments"]]
    try:
        if "file" in order:
            runpy.run_path(order["file"], run_name="__main__")
        else:
            _entry_point(order["package"], order["entry_point"])()
    except SystemExit as ending:
        if ending.code in {None, 0}:
            return 0
        _report(order["report"], f"SystemExit: {ending.code}", "")
    except BaseException as error:  # noqa: BLE001 - the task's code may fail in any way
        trace = "".join(traceback.format_exception(type(error), error, _own_part(error.__traceback__)))
        print(trace, file=sys.stderr, end="")
        _report(order["report"], "".join(traceback.format_exception_only(error)).strip(), trace)
    else:
        return 0
    return 1


def _end_with(lifeline: int) -> None:
    """End this process, and what it started, when the other end of the pipe is closed or dies."""
    os.read(lifeline, 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _entry_point(package: str, name: str) -> Callable[[], object]:
    """The function that a package's metadata, or else the package itself, has under a name."""
    try:
        points = metadata.distribution(package).entry_points
    except metadata.PackageNotFoundError:
        raise LookupError(
            f"package '{package}' is not installed; name its wheel in the environment's dependencies"
        ) from None
    named = [point for point in points if point.name == name]
    function: Callable[[], object] | None = (
        named[0].load() if named else getattr(import_module(package.replace("-", "_")), name, None)
    )
    if function is None:
        known = ", ".join(sorted(point.name for point in points)) or "none"
        raise LookupError(f"package '{package}' has no entry point '{name}'; it has: {known}")
    return function


def _own_part(trace: TracebackType | None) -> TracebackType | None:
    """The part of a trace that begins in the task's code."""
    first = trace
    while first is not None and first.tb_frame.f_code.co_filename in {
        __file__,
        runpy.__file__,
        "<frozen runpy>",
    }:
        first = first.tb_next
    return first or trace


def _report(file: str, error: str, trace: str) -> None:
    draft = Path(f"{file}.draft")
    draft.write_text(json.dumps({"error": error, "trace": trace}), encoding="utf-8")
    draft.replace(file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
