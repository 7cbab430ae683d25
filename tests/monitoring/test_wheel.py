import base64
import csv
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest

import monitoring
from monitoring.wheel import ENTRY_POINTS, REQUIREMENTS, SOURCE, Wheel, build_wheel

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel() -> Wheel:
    return build_wheel()


@pytest.fixture
def archive(wheel: Wheel) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(io.BytesIO(wheel.content)) as archive:
        yield archive


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, free to be edited."""
    target = tmp_path / "checkout" / "monitoring"
    shutil.copytree(SOURCE, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def test_the_same_sources_give_the_same_bytes_wherever_and_whenever_they_lie(
    wheel: Wheel, copy: Path
) -> None:
    for file in copy.rglob("*.py"):
        os.utime(file, (0, 0))
        file.chmod(0o600)
    assert build_wheel(copy) == wheel


def test_another_metric_gives_another_name(wheel: Wheel, copy: Path) -> None:
    file = copy / "domains" / "job.py"
    file.write_text(file.read_text() + "\n")
    assert build_wheel(copy).name != wheel.name


@pytest.mark.parametrize("file", ["cli.py", "resources/jobs.py", "wheel.py"])
def test_what_no_job_imports_does_not_touch_the_wheel(wheel: Wheel, copy: Path, file: str) -> None:
    (copy / file).write_text("# another one\n")
    assert build_wheel(copy) == wheel


def test_the_version_is_that_of_the_project_and_ends_with_the_hash(wheel: Wheel) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == monitoring.VERSION
    assert wheel.name.startswith(f"lakehouse_monitors-{project['version']}+")
    assert wheel.name.endswith("-py3-none-any.whl")


def test_every_file_is_recorded_with_its_hash(archive: zipfile.ZipFile) -> None:
    (record,) = [name for name in archive.namelist() if name.endswith("/RECORD")]
    rows = list(csv.reader(archive.read(record).decode().splitlines()))
    assert {row[0] for row in rows} == set(archive.namelist())
    for name, digest, size in rows:
        if name != record:
            content = archive.read(name)
            found = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            assert (digest, size) == (f"sha256={found}", str(len(content)))


def test_nothing_in_it_needs_pulumi_or_a_terminal(archive: zipfile.ZipFile) -> None:
    sources = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".py")]
    for package in ("pulumi", "typer", "rich", "yaml"):
        assert not [
            source for source in sources if f"import {package}" in source or f"from {package}" in source
        ]


def test_requirements_are_declared_and_are_the_pinned_ones(archive: zipfile.ZipFile) -> None:
    (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
    assert Parser().parsestr(archive.read(name).decode()).get_all("Requires-Dist") == list(REQUIREMENTS)
    pins = (ROOT / "requirements.txt").read_text()
    assert [text for text in REQUIREMENTS if "==" in text and text not in pins] == []
    assert REQUIREMENTS[0] == "databricks-sdk>=0.28.0"


@pytest.mark.parametrize("function", ENTRY_POINTS.values())
def test_every_entry_point_can_be_imported_from_the_wheel_alone(
    wheel: Wheel, tmp_path: Path, function: str
) -> None:
    file = wheel.write(tmp_path)
    module, _, name = function.partition(":")
    code = (
        f"import sys; sys.path.insert(0, {str(file)!r})\n"
        f"import {module} as entry, monitoring, monitoring.jobs.steps\n"
        f"assert monitoring.__file__.startswith({str(file)!r})\n"
        f"print(callable(entry.{name}))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_pip_installs_it_without_a_network(wheel: Wheel, tmp_path: Path) -> None:
    file = wheel.write(tmp_path)
    target = tmp_path / "installed"
    command = ["-m", "pip", "install", "-q", "--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run([sys.executable, *command, "--target", str(target), str(file)], check=True)
    assert (target / "bin" / "lakehouse_monitors_setup").exists()
    assert (target / "monitoring" / "jobs" / "setup.py").exists()


def test_writing_replaces_older_builds_and_leaves_other_files(wheel: Wheel, tmp_path: Path) -> None:
    older = tmp_path / "lakehouse_monitors-0.1.0+old-py3-none-any.whl"
    other = tmp_path / "notes.txt"
    for file in (older, other):
        file.write_text("x")
    written = wheel.write(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([written, other])
    before = written.stat()
    assert wheel.write(tmp_path).stat().st_mtime_ns == before.st_mtime_ns
