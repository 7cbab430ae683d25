"""A cache of its own, a Go that builds in milliseconds, and the installer as a process."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from toolchain import CLI_VERSION, cache, pins

HERE = Path(__file__).parent


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.01)


@dataclass
class FakeGo:
    folder: Path

    @property
    def calls(self) -> list[str]:
        log = self.folder / "calls"
        return log.read_text().splitlines() if log.exists() else []

    @property
    def builds(self) -> int:
        return sum(call.startswith("build") for call in self.calls)

    def hang(self) -> None:
        (self.folder / "hang").touch()

    def resume(self) -> None:
        (self.folder / "hang").unlink()

    def fail_with(self, output: str) -> None:
        (self.folder / "fail").write_text(output)

    def repair(self) -> None:
        (self.folder / "fail").unlink()

    def report_version(self, version: str) -> None:
        (self.folder / "version").write_text(f"{version}\n")

    def wait_for_build(self) -> int:
        building = self.folder / "building"
        wait_until(building.exists, "a build to begin")
        return int(building.read_text())


@dataclass
class Installer:
    environment: dict[str, str]
    cache: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            (sys.executable, "-m", "toolchain", *(arguments or ("install",))),
            cwd=pins.CHECKOUT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str) -> tuple[int, str, str]:
        process = self.start(*arguments)
        output, messages = process.communicate(timeout=60)
        return process.returncode, output, messages

    @property
    def folders(self) -> list[str]:
        return sorted(path.name for path in self.cache.iterdir() if path.is_dir())


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LAKEHOUSE_MONITORS_TOOLCHAIN", "built")
    return cache.root()


@pytest.fixture
def fake_go(tmp_path: Path) -> FakeGo:
    folder = tmp_path / "fake_go"
    (folder / "bin").mkdir(parents=True)
    shutil.copy(HERE / "fake_go.sh", folder / "bin" / "go")
    (folder / "bin" / "go").chmod(0o755)
    program = (HERE / "fake_program.sh").read_text().replace("@CLI_VERSION@", CLI_VERSION)
    (folder / "program").write_text(program)
    for script in pins.SDK_SCRIPTS:
        (folder / "module" / script).parent.mkdir(parents=True, exist_ok=True)
        (folder / "module" / script).write_text("#!/bin/sh\n")
    go = FakeGo(folder)
    go.report_version("go1.26.8")
    return go


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Processes that a test starts hear Ctrl-C: a shell ignores it for its background, and children inherit that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def installer(own_cache: Path, fake_go: FakeGo) -> Iterator[Installer]:
    environment = {
        **os.environ,
        "PATH": os.pathsep.join((str(fake_go.folder / "bin"), "/usr/bin", "/bin")),
        "FAKE_GO": str(fake_go.folder),
    }
    started = Installer(environment, own_cache)
    yield started
    for process in started.started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def built(own_cache: Path) -> Path:
    """Give the folder of a complete toolchain, made of empty programs."""
    folder = own_cache / cache.toolchain_folder().name
    plugin = folder / "home" / "plugins" / pins.PLUGIN
    names = ["pulumi", "pulumi-language-python", *(Path(script).name for script in pins.SDK_SCRIPTS)]
    for file in [folder / "bin" / name for name in names] + [plugin / name for name in pins.PLUGIN_FILES]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)
    return folder
