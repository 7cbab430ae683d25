"""Virtual environments for tools whose packages must not meet those of the project, kept in the project's cache."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.results import BenchError
from toolchain import cache
from toolchain.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable

RIVALS: Final = Path(__file__).resolve().parent / "rivals"
_STAMP: Final = "installed"


def python_of(name: str, say: Callable[[str], None]) -> Path:
    """The Python that has what `rivals/NAME.txt` lists; installed when it is asked for first.

    Args:
        name: of the requirement file.
        say: takes a line when something is installed, which takes minutes.

    Raises:
        BenchError: the packages cannot be installed.
    """
    requirements = RIVALS / f"{name}.txt"
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache.root() / "benchmarks" / f"{name}-{digest}"
    with cache.turn(folder.with_suffix(".lock"), f"install {name}", Console()):
        if not (folder / _STAMP).exists():
            say(f"installing {name} into {folder}; done once")
            shutil.rmtree(folder, ignore_errors=True)
            _run((sys.executable, "-m", "venv", str(folder)), name)
            pip = (str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check")
            _run((*pip, "install", "--quiet", "--requirement", str(requirements)), name)
            # Written last, so that an interrupted installation is done again.
            (folder / _STAMP).touch()
    return folder / "bin" / "python"


def _run(command: tuple[str, ...], name: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = " / ".join(done.stderr.strip().splitlines()[-3:])
        raise BenchError(f"{name} cannot be installed for Python {sys.version.split()[0]}: {said}")
