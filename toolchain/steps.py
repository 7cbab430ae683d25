"""Runs one long command with progress, a log, and nothing left running when it is interrupted."""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolchain.console import Console, spoken
from toolchain.errors import ToolchainError

_TAIL_LINES = 15
_SECONDS_TO_STOP = 5.0
_TAIL_BYTES = 4096
_LINE_LENGTH = 80

# `go build -v` names each package it compiles, `go` each module it downloads: progress, not a reason to fail.
_PROGRESS_LINE = re.compile(r"^(go: downloading .*|[\w.~/-]+)$")


@dataclass(frozen=True)
class Step:
    """A command, what it does in words ("build pulumi 3.256.0") and how long it usually takes."""

    title: str
    duration: str
    command: tuple[str, ...]
    folder: Path


class StepFailed(ToolchainError):  # noqa: N818 - says what happened
    """A command ended with an error; `output` is the end of what it wrote."""

    def __init__(self, step: Step, exit_code: int, output: str) -> None:
        self.output = output
        super().__init__(f"could not {step.title}: `{step.command[0]}` ended with code {exit_code}\n{output}")


def run(step: Step, log: Path, environment: Mapping[str, str], console: Console) -> None:
    """Run a step to its end; its output is appended to `log`.

    Raises:
        StepFailed: with the last lines of the output, if the command does not end with 0.
    """
    console.say(f"{step.title}, about {step.duration} the first time ...")
    started = time.monotonic()
    with log.open("ab") as output:
        start_of_step = output.tell()
        process = subprocess.Popen(
            step.command,
            cwd=step.folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Its own group, so that an interruption ends the compilers that the command started, too.
            start_new_session=True,
        )
        try:
            exit_code = _wait(process, step, log, started, console)
        except BaseException:
            _stop(process)
            raise
    if exit_code != 0:
        raise StepFailed(step, exit_code, _tail(log, start_of_step))
    console.say(f"  done in {spoken(time.monotonic() - started)}")


def _wait(process: subprocess.Popen[bytes], step: Step, log: Path, started: float, console: Console) -> int:
    while True:
        try:
            return process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            elapsed = spoken(time.monotonic() - started)
            console.progress(f"  {step.title}: {elapsed} so far, now {_last_line(log)[:_LINE_LENGTH]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_SECONDS_TO_STOP)
            return


def _last_line(log: Path) -> str:
    with log.open("rb") as content:
        content.seek(max(0, content.seek(0, os.SEEK_END) - _TAIL_BYTES))
        lines = content.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines[:-1]) if line.strip()), "starting")


def _tail(log: Path, start: int) -> str:
    with log.open("rb") as content:
        content.seek(start)
        lines = [line for line in content.read().decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if not _PROGRESS_LINE.match(line)] or lines
    return "\n".join(f"    {line}" for line in telling[-_TAIL_LINES:])
