"""Makes `.venv` with the pinned requirements, again whenever they change."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from toolchain import cache, pins, steps
from toolchain.console import Console
from toolchain.errors import ToolchainError

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
STAMP = "requirements.sha256"


def make(checkout: Path = pins.CHECKOUT, console: Console | None = None) -> Path:
    """Return the virtual environment's folder, with everything that the requirement files name installed.

    A stamp is written last, so an interrupted installation is done again.

    Raises:
        ToolchainError: the environment cannot be made or a package cannot be installed.
    """
    console = console or Console()
    folder = checkout / ".venv"
    if _is_current(folder, checkout):
        return folder
    name = hashlib.sha256(str(checkout).encode()).hexdigest()[:12]
    with cache.turn(cache.root() / f"venv-{name}.lock", "install the Python packages", console):
        if not _is_current(folder, checkout):
            _install(folder, checkout, cache.root() / f"venv-{name}.log", console)
    return folder


def _is_current(folder: Path, checkout: Path) -> bool:
    stamp = folder / STAMP
    return (folder / "bin" / "python").exists() and stamp.is_file() and stamp.read_text() == _digest(checkout)


def _digest(checkout: Path) -> str:
    digest = hashlib.sha256()
    for name in REQUIREMENTS:
        digest.update((checkout / name).read_bytes())
    return digest.hexdigest()


def _install(folder: Path, checkout: Path, log: Path, console: Console) -> None:
    stamp = folder / STAMP
    stamp.unlink(missing_ok=True)
    # Taken before the installation: a file edited meanwhile makes the next run install again.
    digest = _digest(checkout)
    log.write_bytes(b"")
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1"}
    python = folder / "bin" / "python"
    if not _works(python):
        create = (sys.executable, "-m", "venv", "--clear", str(folder))
        _run(steps.Step(f"create {folder}", "5 seconds", create, checkout), log, environment, console)
    # The language host lists the packages with pip to find the plugins they need.
    packages = (str(python), "-m", "pip", "install", "--progress-bar", "off", "-r", REQUIREMENTS[-1])
    _run(steps.Step(f"install {REQUIREMENTS[-1]}", "1 minute", packages, checkout), log, environment, console)
    partial = stamp.with_suffix(".partial")
    partial.write_text(digest)
    partial.replace(stamp)
    log.unlink()


def _works(python: Path) -> bool:
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run((str(python), "-c", check), capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _run(step: steps.Step, log: Path, environment: dict[str, str], console: Console) -> None:
    try:
        steps.run(step, log, environment, console)
    except steps.StepFailed as failed:
        advice = "Check the network and the disk, and run this again."
        if "ensurepip" in failed.output:
            advice = "Install the venv part of this Python (on Debian and Ubuntu the package python3-venv)."
        raise ToolchainError(f"{failed}\n{advice} The whole log: {log}") from None
