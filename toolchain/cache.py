"""The cache outside the checkout: where it is, whose turn it is, how a finished folder gets there at once."""

import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from toolchain import pins
from toolchain.console import Console, spoken

_PARTIAL = ".partial-"


def root() -> Path:
    """Return the folder of everything this project caches; `XDG_CACHE_HOME` moves it."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG rule: a relative path is as good as none.
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "lakehouse-monitors"


def toolchain_folder() -> Path:
    """Return where the toolchain of these build files belongs; other build files give another folder."""
    digest = hashlib.sha256(repr((pins.GO_PROGRAMS, pins.SDK_MODULE, pins.SDK_SCRIPTS)).encode())
    digest.update(f"{platform.system()} {platform.machine()}".encode())
    source = Path(pins.__file__).parent
    for folder in pins.BUILD_FOLDERS:
        for file in sorted((source / folder).rglob("*")):
            if file.is_file():
                digest.update(f"\n{file.relative_to(source).as_posix()} {file.stat().st_size}\n".encode())
                digest.update(file.read_bytes())
    return root() / f"toolchain-{digest.hexdigest()[:12]}"


@contextlib.contextmanager
def turn(lock: Path, activity: str, console: Console) -> Iterator[None]:
    """Wait, saying so, until no other process holds `lock`; hold it until the block or this process ends."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as file:
        _acquire(file.fileno(), lock, activity, console)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _acquire(descriptor: int, lock: Path, activity: str, console: Console) -> None:
    started = time.monotonic()
    announced = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not announced:
                owner = lock.read_text().strip() or "unknown"
                console.say(f"another process ({owner}) is busy to {activity}; waiting for it ...")
                announced = True
            console.progress(f"  waited {spoken(time.monotonic() - started)}")
            time.sleep(0.1)
        else:
            return


@contextlib.contextmanager
def filled_at_once(folder: Path) -> Iterator[Path]:
    """Give a new folder to fill; it becomes `folder` when the block ends well and vanishes when it does not.

    To be used under `turn`. What an earlier, killed process left beside `folder` is removed first.
    """
    for leftover in folder.parent.glob(f"{folder.name}{_PARTIAL}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=f"{folder.name}{_PARTIAL}", dir=folder.parent))
    try:
        yield partial
        partial.chmod(0o755)
        _write_through(partial)
        if folder.exists():
            # Complete folders are never replaced: this one lacks a file, or nobody would be here.
            shutil.rmtree(folder.rename(f"{partial}-incomplete"))
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_through(folder: Path) -> None:
    # A rename may reach the disk before the content; after a power failure the folder would look complete.
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as content:
                os.fsync(content.fileno())
