"""actionlint, which checks the workflows of GitHub Actions: built from its Go module into the cache, once.

It has a folder of its own in the cache, so that a new version of it does not build Pulumi anew.
"""

import hashlib
import os
import shutil
from pathlib import Path

from toolchain import cache, go, pins, steps
from toolchain.console import Console
from toolchain.errors import ToolchainError

BUILD_FOLDER = Path(pins.__file__).parent / "actionlint"
PACKAGE = "github.com/rhysd/actionlint/cmd/actionlint"


def install(console: Console | None = None) -> Path:
    """Return the program, building it first if need be (half a minute, once).

    Raises:
        ToolchainError: Go is missing, or the build failed; the message says what to do.
    """
    console = console or Console()
    folder = _folder()
    program = folder / "actionlint"
    if os.access(program, os.X_OK):
        return program
    go.require_go()
    with cache.turn(folder.with_suffix(".lock"), "build actionlint", console):
        if not os.access(program, os.X_OK):
            _build(folder, console)
    return program


def _folder() -> Path:
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((BUILD_FOLDER / name).read_bytes())
    return cache.root() / f"actionlint-{digest.hexdigest()[:12]}"


def _build(folder: Path, console: Console) -> None:
    log = folder.with_suffix(".log")
    log.write_bytes(b"")
    with cache.filled_at_once(folder) as partial:
        # Go may rewrite go.mod: build from a copy.
        work = partial / "work"
        shutil.copytree(BUILD_FOLDER, work)
        command = (
            *("go", "build", "-v", "-mod=readonly", "-trimpath", "-buildvcs=false"),
            *("-o", str(partial / "actionlint"), PACKAGE),
        )
        step = steps.Step("build actionlint", "half a minute", command, work)
        try:
            steps.run(step, log, {**os.environ, "GOWORK": "off"}, console)
        except steps.StepFailed as failed:
            raise ToolchainError(f"{failed}\nNothing was installed. The whole log: {log}") from None
        shutil.rmtree(work)
    log.unlink()
