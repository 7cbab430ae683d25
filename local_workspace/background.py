"""Runs the server in the background: start, stop, find."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from local_workspace.serving import ServerInfo

_START_SECONDS = 30.0
_STOP_SECONDS = 30.0


class BackgroundError(Exception):
    """The server does not start or stop; the text says what to do."""


@dataclass(frozen=True)
class RunningWorkspace:
    """A server that answers."""

    url: str
    token: str
    pid: int


def running_workspace(folder: Path) -> RunningWorkspace | None:
    """The server of a state folder, when one answers; what is left of a killed one does not count."""
    from local_workspace.workspace import token_of  # noqa: PLC0415 - loaded when it is needed

    info = ServerInfo.read(folder)
    if info is None:
        return None
    token = token_of(folder)
    try:
        answer = httpx.get(
            f"{info.url}/__local/status",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
            trust_env=False,
        )
    except httpx.HTTPError:
        return None
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise BackgroundError(
            f"the workspace at {info.url} has another token; set LOCAL_WORKSPACE_TOKEN to the one it "
            "was started with"
        )
    if answer.status_code != httpx.codes.OK or Path(answer.json()["state"]) != folder.resolve():
        return None
    return RunningWorkspace(info.url, token, int(answer.json()["pid"]))


def start(folder: Path, port: int | None) -> tuple[RunningWorkspace, bool]:
    """Start a server unless one runs; gives it and whether it is new.

    Raises:
        BackgroundError: it does not come up; the text ends with the log.
    """
    found = running_workspace(folder)
    if found is not None:
        return found, False
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "local_workspace", "serve", "--state", str(folder)]
    if port is not None:
        command += ["--port", str(port)]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said = (folder / "server.log").read_text().strip().removeprefix("Error: ")
            raise BackgroundError(
                said or f"the server ended with exit code {process.returncode} and said nothing"
            )
        info = ServerInfo.read(folder)
        if info is not None and info.pid == process.pid and (found := running_workspace(folder)) is not None:
            return found, True
        time.sleep(0.05)
    process.kill()
    raise BackgroundError(
        f"the workspace did not answer within {_START_SECONDS:g} s; its log is {folder / 'server.log'}"
    )


def stop(folder: Path) -> bool:
    """Stop the server of a state folder; False when none runs.

    Raises:
        BackgroundError: it does not stop.
    """
    found = running_workspace(folder)
    if found is None:
        return False
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if not _alive(found.pid):
            return True
        time.sleep(0.05)
    raise BackgroundError(f"process {found.pid} does not stop; end it with: kill -9 {found.pid}")


def _alive(pid: int) -> bool:
    try:
        finished, _ = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        finished = 0
    if finished == pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
