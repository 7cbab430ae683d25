"""Makes the toolchain available: uses an official CLI if there is one, else builds into the cache, once."""

import errno
import time

from toolchain import cache, go, installed, pins
from toolchain.console import Console, spoken
from toolchain.errors import ToolchainError


def install(console: Console | None = None) -> installed.Toolchain:
    """Return a toolchain that is ready for use, building it first if need be (about 10 minutes, once).

    Interrupted at any moment, it leaves nothing half-installed; several at once build it once.

    Raises:
        ToolchainError: something is missing or failed; the message says what to do.
    """
    console = console or Console()
    found = installed.find()
    if found is not None:
        return found
    for rejected in installed.search_official().rejected:
        console.say(rejected)
    go.require_go()
    folder = cache.toolchain_folder()
    try:
        with cache.turn(folder.with_suffix(".lock"), "build the toolchain", console):
            return installed.find_built() or _build(console)
    except OSError as problem:
        free = "; free some space and run this again" if problem.errno == errno.ENOSPC else ""
        raise ToolchainError(
            f"cannot install the toolchain in {folder}: {problem.strerror} ({problem.filename}){free}"
        ) from problem


def _build(console: Console) -> installed.Toolchain:
    folder = cache.toolchain_folder()
    console.say(
        f"Building Pulumi {pins.CLI_VERSION} and the Databricks provider {pins.PROVIDER_VERSION} from Go "
        f"modules into {folder}: about 10 minutes on two cores, once."
    )
    started = time.monotonic()
    log = folder.with_suffix(".log")
    log.write_bytes(b"")
    with cache.filled_at_once(folder) as partial:
        go.build(partial, log, console)
    log.unlink()
    console.say(f"The toolchain is ready after {spoken(time.monotonic() - started)}.")
    built = installed.find_built()
    if built is None:
        raise ToolchainError(
            f"the toolchain in {folder} lacks a file right after it was built; run this again"
        )
    return built
