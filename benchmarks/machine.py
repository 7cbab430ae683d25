"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("duckdb", "pyspark", "numpy", "scipy", "sqlglot")
_GIBIBYTE: Final = 2**30


def machine() -> str:
    """Cores, memory and system, in a sentence."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIBIBYTE
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB of memory, "
        f"{platform.system()} {platform.release()}, {platform.machine()}"
    )


def versions() -> str:
    """Python and the packages that the figures depend on."""
    return ", ".join(
        (f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in _PACKAGES))
    )


def load() -> float:
    """How many processes wanted to run in the last minute, on average: near 0 on a quiet machine."""
    return os.getloadavg()[0]


def commit() -> str:
    """What is measured, as git abbreviates it; with `+` when files were changed since, empty outside of a checkout."""
    done = subprocess.run(
        ("git", "describe", "--always", "--exclude=*", "--dirty=+"),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    return done.stdout.strip()


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"
