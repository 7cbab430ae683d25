"""Builds the wheel that the jobs run: the part of this package that they import.

The same sources give the same bytes on every machine: entries are sorted, stored without compression (which
differs between versions of zlib) and dated alike. The version ends with a hash of the contents, so another
content has another file name, and an unchanged one is no change.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import os
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from monitoring import VERSION
from monitoring.operations.client_version import REQUIREMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PACKAGE = "lakehouse_monitors"
"""Without a hyphen: jobs look packages up by exactly the name that the metadata says."""
ENTRY_POINTS = {
    "lakehouse_monitors_setup": "monitoring.jobs.setup:main",
    "lakehouse_monitors_document": "monitoring.jobs.document:main",
    "lakehouse_monitors_refresh": "monitoring.jobs.refresh:main",
}
REQUIREMENTS = (REQUIREMENT, "pydantic==2.14.4", "sqlglot==30.30.0")
"""What the jobs import beside the standard library, in the versions of requirements.txt but for the client."""
SOURCE = Path(__file__).parent
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that an archive can hold."""
_HASH_LENGTH = 12


@dataclass(frozen=True)
class Wheel:
    """A built wheel.

    Attributes:
        name: its file name.
        content: its bytes.
    """

    name: str
    content: bytes

    @property
    def md5(self) -> str:
        """Hash of the content, as the Databricks provider keeps it in the state."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()

    def write(self, folder: Path) -> Path:
        """Put it into a folder in one step, in place of older builds; gives the file."""
        file = folder / self.name
        if not file.exists() or file.read_bytes() != self.content:
            folder.mkdir(parents=True, exist_ok=True)
            draft = folder / f"{self.name}.{os.getpid()}"
            draft.write_bytes(self.content)
            draft.replace(file)
        for other in folder.glob(f"{PACKAGE}-*.whl"):
            if other != file:
                other.unlink(missing_ok=True)
        return file


def build_wheel(source: Path = SOURCE) -> Wheel:
    """The wheel of the package in the folder ``source``; takes milliseconds and no network."""
    modules = _modules(source)
    information = {
        "WHEEL": "Wheel-Version: 1.0\nGenerator: lakehouse-monitors\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": "[console_scripts]\n"
        + "".join(f"{name} = {function}\n" for name, function in ENTRY_POINTS.items()),
    }
    requirements = "".join(f"Requires-Dist: {text}\n" for text in REQUIREMENTS)
    version = (
        f"{VERSION}+{_hash({**modules, **_encoded(information), 'requirements': requirements.encode()})}"
    )
    head = f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: {version}\nRequires-Python: >=3.11\n"
    information["METADATA"] = head + requirements
    folder = f"{PACKAGE}-{version}.dist-info"
    files = modules | {f"{folder}/{name}": content for name, content in _encoded(information).items()}
    record = f"{folder}/RECORD"
    lines = [_record_line(name, content) for name, content in sorted(files.items())]
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    return Wheel(f"{PACKAGE}-{version}-py3-none-any.whl", _archive(files))


def _modules(source: Path) -> dict[str, bytes]:
    """Contents of the modules that the entry points reach through imports, by path in the wheel.

    What no job imports stays out, so that a change of it does not touch the jobs.
    """
    waiting = [function.partition(":")[0] for function in ENTRY_POINTS.values()]
    found: dict[str, bytes] = {}
    while waiting:
        module = waiting.pop()
        file = _file_of(module, source)
        if file is None or f"{SOURCE.name}/{file.as_posix()}" in found:
            continue
        content = (source / file).read_bytes()
        found[f"{SOURCE.name}/{file.as_posix()}"] = content
        # A package is imported before what lies in it.
        waiting += [module.rpartition(".")[0], *_imports(content)]
    return found


def _file_of(module: str, source: Path) -> Path | None:
    """The file of a module of this package, from its folder; None for anything else."""
    top, *parts = module.split(".")
    if top != SOURCE.name:
        return None
    for file in (Path(*parts, "__init__.py"), Path(*parts).with_suffix(".py") if parts else Path()):
        if (source / file).is_file():
            return file
    return None


def _imports(content: bytes) -> Iterator[str]:
    """Names that a module imports from this package, some of which are modules."""
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def _encoded(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in texts.items()}


def _hash(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:_HASH_LENGTH]


def _record_line(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def _archive(files: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()
