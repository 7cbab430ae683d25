"""The workspace's own tree of folders, files and notebooks.

What an object is lies in the store, its content in a file of its own. A content is on disk before the store
names it, so a kill at any moment leaves an object with its old or its new content, never with half of one.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.catalog import OWNER
from local_workspace.errors import (
    AlreadyExistsError,
    BadRequestError,
    FolderNotEmptyError,
    InvalidParameterError,
    NotFoundError,
)

if TYPE_CHECKING:
    from pathlib import Path

    from local_workspace.clock import Clock
    from local_workspace.store import Document, Store

_PREFIX = "/Workspace"
_FIRST_FOLDERS = ("/", "/Shared", "/Users", f"/Users/{OWNER}")
_NOTEBOOK_MARKS = {
    ".py": ("PYTHON", b"# Databricks notebook source"),
    ".sql": ("SQL", b"-- Databricks notebook source"),
    ".scala": ("SCALA", b"// Databricks notebook source"),
    ".r": ("R", b"# Databricks notebook source"),
}
SUFFIXES = {language: suffix.lstrip(".") for suffix, (language, _) in _NOTEBOOK_MARKS.items()}
"""File name endings of notebooks by language, without a dot."""


@dataclass(frozen=True)
class Upload:
    """What is brought in.

    Attributes:
        path: where to, as the client wrote it.
        content: the bytes.
        form: SOURCE makes a notebook, RAW a file; AUTO makes a notebook of a source file that begins as one.
        language: of a notebook: PYTHON, SQL, SCALA or R.
        overwrite: whether an object of the same kind may be replaced.
    """

    path: str
    content: bytes
    form: str
    language: str | None = None
    overwrite: bool = False


class WorkspaceFiles:
    """Creates, shows and removes folders, files and notebooks."""

    def __init__(self, store: Store, clock: Clock, folder: Path) -> None:
        self._store = store
        self._clock = clock
        self._folder = folder
        self._folder.mkdir(exist_ok=True)
        self.make_first()
        self._sweep()

    def make_first(self) -> None:
        """Make the folders that a fresh workspace has."""
        with self._store.transaction():
            for path in _FIRST_FOLDERS:
                if self._store.get("workspace_object", path) is None:
                    self._put(path, {"object_type": "DIRECTORY"}, None)

    def upload(self, upload: Upload) -> int:
        """Make or replace a file or notebook; gives its object id.

        Raises:
            InvalidParameterError: the path is none, or a notebook has no language.
            NotFoundError: the folder is not there.
            AlreadyExistsError: something is there and may not be replaced.
        """
        path, own = _placed(upload)
        content_name = self._write(upload.content)
        try:
            with self._store.transaction():
                self._require_folder(_parent(path))
                old = self._store.get("workspace_object", path)
                _refuse_overwriting(upload, old, own["object_type"])
                size = len(upload.content)
                record = self._put(path, {**own, "size": size, "content": content_name}, old)
        except BaseException:
            (self._folder / content_name).unlink()
            raise
        if old is not None:
            (self._folder / old["content"]).unlink(missing_ok=True)
        return int(record["object_id"])

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it; nothing happens when it is there.

        Raises:
            AlreadyExistsError: a file or notebook has the path.
        """
        place = place_of(path)
        with self._store.transaction():
            for ancestor in [*_ancestors(place), place]:
                old = self._store.get("workspace_object", ancestor)
                if old is None:
                    self._put(ancestor, {"object_type": "DIRECTORY"}, None)
                elif old["object_type"] != "DIRECTORY":
                    raise AlreadyExistsError(f"Path ({ancestor}) is a {old['object_type']}, not a folder.")

    def status(self, path: str) -> Document:
        """What is at a path; the answer spells the path as it was asked for.

        Raises:
            NotFoundError: nothing is there.
        """
        return _shown(self._record(path), path)

    def children(self, path: str) -> list[Document]:
        """What is in a folder, by name; a file or notebook is its own only entry.

        Raises:
            NotFoundError: nothing is there.
        """
        record, place = self._record(path), place_of(path)
        if record["object_type"] != "DIRECTORY":
            return [_shown(record, path)]
        below = "" if place == "/" else place
        spelled = path.rstrip("/")
        return [
            _shown(child, spelled + key.removeprefix(below))
            for key, child in self._store.all("workspace_object", f"{below}/")
            if key != "/" and "/" not in key.removeprefix(f"{below}/")
        ]

    def content(self, path: str) -> bytes:
        """The bytes of a file or notebook.

        Raises:
            NotFoundError: nothing is there.
            BadRequestError: it is a folder.
        """
        with self._store.transaction():
            record = self._record(path)
            if record["object_type"] == "DIRECTORY":
                raise BadRequestError(
                    f"Path ({path}) is a folder; the local workspace exports files and notebooks only."
                )
            return self._folder.joinpath(record["content"]).read_bytes()

    def delete(self, path: str, *, recursive: bool) -> None:
        """Remove an object; a folder that is not empty only when `recursive`.

        Raises:
            NotFoundError: nothing is there.
            FolderNotEmptyError: the folder has entries.
            BadRequestError: it is one of the folders that every workspace has.
        """
        place = place_of(path)
        with self._store.transaction():
            record = self._record(path)
            if place in _FIRST_FOLDERS:
                raise BadRequestError(f"Folder ({path}) belongs to the workspace and cannot be deleted.")
            below = self._store.all("workspace_object", f"{place}/")
            if below and not recursive:
                raise FolderNotEmptyError(f"Folder ({path}) is not empty.")
            for key, _ in [(place, record), *below]:
                self._store.delete("workspace_object", key)
        self._remove_contents(record, *(child for _, child in below))

    def clear(self) -> None:
        """Leave what a fresh workspace has."""
        records = [record for _, record in self._store.all("workspace_object")]
        self._store.delete_all("workspace_object")
        self._remove_contents(*records)
        self.make_first()

    def _record(self, path: str) -> Document:
        record = self._store.get("workspace_object", place_of(path))
        if record is None:
            raise NotFoundError(f"Path ({path}) doesn't exist.")
        return record

    def _require_folder(self, place: str) -> None:
        parent = self._store.get("workspace_object", place)
        if parent is None:
            raise NotFoundError(f"The parent folder ({place}) does not exist.")
        if parent["object_type"] != "DIRECTORY":
            raise InvalidParameterError(f"Path ({place}) is a {parent['object_type']}, not a folder.")

    def _put(self, place: str, own: Document, old: Document | None) -> Document:
        now = self._clock.now_ms()
        record = {
            "object_id": old["object_id"] if old else self._store.next_number("workspace_object"),
            "created_at": old["created_at"] if old else now,
            "modified_at": now,
            **own,
        }
        self._store.put("workspace_object", place, record)
        return record

    def _write(self, content: bytes) -> str:
        name = uuid.uuid4().hex
        with (self._folder / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return name

    def _remove_contents(self, *records: Document) -> None:
        for record in records:
            if "content" in record:
                (self._folder / record["content"]).unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Remove contents that no object names: what a kill between two steps left."""
        named = {record.get("content") for _, record in self._store.all("workspace_object")}
        for file in self._folder.iterdir():
            if file.name not in named:
                file.unlink()


def place_of(path: str) -> str:
    """Where an object is: `/Workspace/x` and `/x` are one place.

    Raises:
        InvalidParameterError: it is no absolute path.
    """
    short = path.removeprefix(_PREFIX) if path == _PREFIX or path.startswith(f"{_PREFIX}/") else path
    parts = short.strip("/").split("/")
    wrong = any(part in {"", ".", ".."} for part in parts) and short.strip("/")
    if not path.startswith("/") or wrong or "\0" in path:
        raise InvalidParameterError(f"Path ({path}) is not an absolute workspace path, such as /Shared/x.")
    return "/" + "/".join(parts) if short.strip("/") else "/"


def _placed(upload: Upload) -> tuple[str, Document]:
    """Where an upload goes, and what it becomes."""
    place = place_of(upload.path)
    stem, dot, ending = place.rpartition(".")
    language, mark = _NOTEBOOK_MARKS.get(f"{dot}{ending.lower()}", ("", b""))
    if upload.form == "AUTO" and mark and upload.content.startswith(mark):
        return stem, {"object_type": "NOTEBOOK", "language": language}
    if upload.form in {"AUTO", "RAW"}:
        return place, {"object_type": "FILE"}
    if upload.language is None:
        raise InvalidParameterError("language is required for a notebook: PYTHON, SQL, SCALA or R")
    return place, {"object_type": "NOTEBOOK", "language": upload.language}


def _refuse_overwriting(upload: Upload, old: Document | None, object_type: str) -> None:
    if old is None:
        return
    if old["object_type"] != object_type:
        raise AlreadyExistsError(
            f"Path ({upload.path}) is a {old['object_type']}; a {object_type} cannot take its place."
        )
    if not upload.overwrite:
        raise AlreadyExistsError(f"Path ({upload.path}) already exists.")


def _parent(place: str) -> str:
    return place.rpartition("/")[0] or "/"


def _ancestors(place: str) -> list[str]:
    parts = place.strip("/").split("/")[:-1]
    return ["/", *("/" + "/".join(parts[: count + 1]) for count in range(len(parts)))]


def _shown(record: Document, path: str) -> Document:
    fields = ("object_id", "object_type", "language", "size", "created_at", "modified_at")
    shown = {field: record[field] for field in fields if field in record}
    return {**shown, "path": path, "resource_id": str(record["object_id"])}
