"""Carries out Python tasks: the entry point of a wheel, or a file, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_workspace.errors import WorkspaceError
from local_workspace.jobs import launcher
from local_workspace.jobs.attempt import Outcome, StoppedError, TaskNotRunnableError
from local_workspace.jobs.environment import prepare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local_workspace.files import WorkspaceFiles
    from local_workspace.jobs.attempt import Attempt

_LOOK_SECONDS = 0.05
_GRACE_SECONDS = 5.0
_INHERITED = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR")


@dataclass(frozen=True)
class Address:
    """Where the workspace's own tasks reach it.

    Attributes:
        url: of the server.
        token: that it accepts.
    """

    url: str
    token: str


class PythonTasks:
    """Runs Python tasks on this machine, with the rights of the user who runs the workspace."""

    def __init__(self, files: WorkspaceFiles) -> None:
        self._files = files
        self.address: Address | None = None

    def carry_out(self, attempt: Attempt) -> Outcome:
        """Run the task's code to its end.

        Raises:
            TaskNotRunnableError: the environment or the file cannot be had here.
            StoppedError: it was stopped, with everything it had started.
        """
        packages = attempt.folder / "packages"
        packages.mkdir()
        if attempt.environment is None:
            raise TaskNotRunnableError(
                "the local workspace has no clusters; give the task an environment_key (serverless)"
            )
        prepare(attempt.environment, self._files, packages)
        order = self._wheel(attempt) if "python_wheel_task" in attempt.task else self._file(attempt)
        report = attempt.folder / "report.json"
        order |= {"path": [str(packages)], "report": str(report)}
        code = self._run(attempt, order)
        if code == 0:
            return Outcome("SUCCESS")
        if report.exists():
            found = json.loads(report.read_text(encoding="utf-8"))
            return Outcome("FAILED", found["error"].splitlines()[0], found["error"], found["trace"])
        return Outcome("FAILED", message := f"the process ended with exit code {code}", message)

    def _wheel(self, attempt: Attempt) -> dict[str, Any]:
        task = attempt.task["python_wheel_task"]
        named = {**task.get("named_parameters", {})}
        if "named_parameters" in task:
            # Databricks hands the parameters of the run down to tasks that take named ones.
            named |= attempt.parameters
        arguments = [*task.get("parameters", []), *(f"--{name}={value}" for name, value in named.items())]
        return {
            "package": task["package_name"],
            "entry_point": task["entry_point"],
            "name": task["entry_point"],
            "arguments": arguments,
        }

    def _file(self, attempt: Attempt) -> dict[str, Any]:
        task = attempt.task["spark_python_task"]
        path = task["python_file"]
        if task.get("source", "WORKSPACE") != "WORKSPACE" or not path.startswith("/"):
            raise TaskNotRunnableError(
                f"'{path}' is not a workspace file; the local workspace runs those only"
            )
        try:
            content = self._files.content(path)
        except WorkspaceError as error:
            raise TaskNotRunnableError(str(error)) from error
        file = attempt.folder / Path(path).name
        file.write_bytes(content)
        return {"file": str(file), "name": path, "arguments": task.get("parameters", [])}

    def _run(self, attempt: Attempt, order: dict[str, Any]) -> int:
        work = attempt.folder / "work"
        work.mkdir()
        theirs, ours = os.pipe()
        try:
            order_file = attempt.folder / "order.json"
            order_file.write_text(json.dumps({**order, "lifeline": theirs}), encoding="utf-8")
            with attempt.log.open("ab") as log:
                # -I: neither the folder of the checkout nor the user's own packages can be imported.
                process = subprocess.Popen(
                    [sys.executable, "-I", "-u", launcher.__file__, str(order_file)],
                    cwd=work,
                    env=_environment(self.address),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=[theirs],
                    start_new_session=True,
                )
            return _ended(process, attempt)
        finally:
            os.close(theirs)
            os.close(ours)


def _environment(address: Address | None) -> Mapping[str, str]:
    """Variables of a task's process: few of the server's own, and how to reach the workspace."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    kept |= {"TZ": "UTC", "DATABRICKS_CONFIG_FILE": os.devnull, "DATABRICKS_AUTH_TYPE": "pat"}
    if address is not None:
        kept |= {"DATABRICKS_HOST": address.url, "DATABRICKS_TOKEN": address.token}
    return kept


def _ended(process: subprocess.Popen[bytes], attempt: Attempt) -> int:
    """The exit code, once the process is over; a stopped one is ended with all it started."""
    try:
        while True:
            try:
                return process.wait(_LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                attempt.raise_when_over()
    except StoppedError:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
        raise
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
