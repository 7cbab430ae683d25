"""The server process: listens, says so in the state folder, stops when asked."""

from __future__ import annotations

import json
import os
import random
import socket
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SERVER_FILE = "server.json"
HOST = "127.0.0.1"
LASTING_PORTS = range(20_000, 32_768)
"""Where a port is chosen that a workspace keeps: Linux, macOS and Windows give connections higher ones,
so that nothing takes it while the workspace is stopped."""


class PortBusyError(Exception):
    """Something else listens on the port."""


@dataclass(frozen=True)
class ServerInfo:
    """What a running server says of itself in its state folder."""

    pid: int
    url: str

    @classmethod
    def read(cls, folder: Path) -> ServerInfo | None:
        """What the folder says; None when it says nothing."""
        try:
            found = json.loads((folder / SERVER_FILE).read_text())
            return cls(int(found["pid"]), str(found["url"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, folder: Path) -> None:
        """Say it, in one step."""
        draft = folder / f"{SERVER_FILE}.{self.pid}"
        draft.write_text(json.dumps(asdict(self)))
        draft.replace(folder / SERVER_FILE)


def listening_socket(port: int) -> socket.socket:
    """A socket that listens on loopback; port 0 takes a free one.

    Raises:
        PortBusyError: the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PortBusyError(
            f"port {port} of {HOST} is not available ({error.strerror}); choose another --port, or 0 "
            "for a free one"
        ) from error
    return listener


def serve(folder: Path, port: int | None, ready: Callable[[str], None]) -> None:
    """Serve a state folder until the process is told to stop.

    Args:
        folder: state folder.
        port: 0 takes a free port; None the one used last time when it is free, else one that will last.
        ready: is told the address once requests are answered.

    Raises:
        PortBusyError: the port is taken.
        DataFileBusyError: another server uses the folder.
    """
    import uvicorn  # noqa: PLC0415 - loaded when it is needed

    from local_workspace.jobs.python_tasks import Address  # noqa: PLC0415 - loaded when it is needed
    from local_workspace.server.app import create_app  # noqa: PLC0415 - loaded when it is needed
    from local_workspace.workspace import Workspace, token_of  # noqa: PLC0415 - loaded when it is needed

    token = token_of(folder)
    workspace = Workspace(folder)
    try:
        listener = _listen(workspace.store.fact("port", "0"), port)
        number = listener.getsockname()[1]
        workspace.store.set_fact("port", str(number))
        info = ServerInfo(os.getpid(), f"http://{HOST}:{number}")
        config = uvicorn.Config(
            create_app(workspace, token),
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_keep_alive=30,
        )
        server = uvicorn.Server(config)
        workspace.start(Address(info.url, token))
        info.write(folder)
        ready(info.url)
        try:
            server.run(sockets=[listener])
        finally:
            (folder / SERVER_FILE).unlink(missing_ok=True)
    finally:
        workspace.close()


def _listen(last_port: str, port: int | None) -> socket.socket:
    if port is not None:
        return listening_socket(port)
    used = [] if last_port == "0" else [int(last_port)]
    for candidate in (*used, *random.sample(LASTING_PORTS, 20)):
        try:
            return listening_socket(candidate)
        except PortBusyError:
            continue
    return listening_socket(0)
