"""Finds an official Pulumi CLI that is new enough; it has its language host and fetches plugins itself."""

import functools
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from toolchain import pins

_OLDEST = tuple(map(int, pins.CLI_VERSION.split(".")))
_SECONDS = 20.0


@dataclass(frozen=True)
class Search:
    """What was found: the folder of a suitable `pulumi`, and a sentence for each that does not suit."""

    folder: Path | None
    rejected: tuple[str, ...]


def search(path: str, ignored: Path) -> Search:
    """Look through the folders of `path`, leaving out those below `ignored`, where the built ones are.

    A suitable CLI is at least the pinned version of the same major version and has its Python language host
    beside it or on `path`.
    """
    return _search(path, ignored)


@functools.cache
def _search(path: str, ignored: Path) -> Search:
    rejected: list[str] = []
    folders = [Path(entry) for entry in path.split(os.pathsep) if entry]
    for folder in folders:
        pulumi = folder / "pulumi"
        if (
            not os.access(pulumi, os.X_OK)
            or pulumi.is_dir()
            or pulumi.resolve().is_relative_to(ignored.resolve())
        ):
            continue
        reason = _unsuitable(pulumi, folders)
        if reason is None:
            return Search(folder, tuple(rejected))
        rejected.append(f"{pulumi} is not used: {reason}")
    return Search(None, tuple(rejected))


def _unsuitable(pulumi: Path, folders: list[Path]) -> str | None:
    try:
        answer = subprocess.run(
            (str(pulumi), "version"),
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        return f"`pulumi version` fails ({problem})"
    version = re.match(r"v?(\d+)\.(\d+)\.(\d+)", answer.stdout.strip())
    if answer.returncode != 0 or version is None:
        return f"`pulumi version` ended with code {answer.returncode} and {answer.stdout.strip()!r}"
    numbers = tuple(int(part) for part in version.groups())
    if numbers < _OLDEST or numbers[0] != _OLDEST[0]:
        return f"it is version {version[0]}, and {pins.CLI_VERSION} or newer is needed"
    host = "pulumi-language-python"
    if not any(os.access(folder / host, os.X_OK) for folder in (pulumi.resolve().parent, *folders)):
        return f"it has no {host} beside it"
    return None
