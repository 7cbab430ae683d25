"""Folders, files and notebooks: the provider's upload, the SDK's, and what is refused."""

from __future__ import annotations

import base64
import io
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from databricks.sdk.errors import NotFound
from databricks.sdk.service.workspace import ExportFormat, ImportFormat, Language, ObjectType
from hypothesis import given
from hypothesis import strategies as st

from local_workspace.errors import InvalidParameterError
from local_workspace.files import place_of
from local_workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.local_workspace.target import Target

API = "/api/2.0/workspace"
BYTES = bytes(range(256)) + b"\r\n--\r\n\n\r"
PARTS = {"path": b"/Shared/x.whl", "format": b"RAW", "overwrite": b"true", "content": BYTES}


def multipart(parts: Iterable[tuple[str, bytes]], boundary: bytes = b"b0undary") -> bytes:
    """A body as the provider writes it: the content as a file, the rest as fields."""
    pieces = []
    for name, value in parts:
        file_name = (
            b'; filename="content"\r\nContent-Type: application/octet-stream' if name == "content" else b""
        )
        head = b'Content-Disposition: form-data; name="' + name.encode() + b'"' + file_name
        pieces.append(b"--" + boundary + b"\r\n" + head + b"\r\n\r\n" + value + b"\r\n")
    return b"".join(pieces) + b"--" + boundary + b"--\r\n"


def send_multipart(target: Target, parts: Iterable[tuple[str, bytes]]) -> tuple[int, dict[str, object]]:
    answer = target.raw.post(
        f"{API}/import",
        content=multipart(parts),
        headers={"Content-Type": "multipart/form-data; boundary=b0undary"},
    )
    return answer.status_code, answer.json()


@pytest.mark.parametrize("order", [*permutations(PARTS)][::5], ids="-".join)
def test_upload_takes_its_parts_in_any_order(workspace: Target, order: tuple[str, ...]) -> None:
    status, answer = send_multipart(workspace, [(name, PARTS[name]) for name in order])
    assert (status, list(answer)) == (200, ["object_id"])
    assert workspace.sdk.workspace.download("/Shared/x.whl").read() == BYTES


def test_file_has_what_the_provider_reads(workspace: Target) -> None:
    _, created = send_multipart(workspace, PARTS.items())
    status = workspace.get(f"{API}/get-status", path="/Shared/x.whl").json()
    assert {"created_at", "modified_at", "resource_id"} <= status.keys()
    assert {field: status[field] for field in ("object_id", "object_type", "path", "size")} == {
        "object_id": created["object_id"],
        "object_type": "FILE",
        "path": "/Shared/x.whl",
        "size": len(BYTES),
    }


def test_notebook_is_made_from_json(workspace: Target) -> None:
    body = {
        "path": "/Shared/n",
        "language": "PYTHON",
        "format": "SOURCE",
        "overwrite": True,
        "content": base64.b64encode(b"print(1)").decode(),
    }
    assert workspace.post(f"{API}/import", body).status_code == 200
    status = workspace.sdk.workspace.get_status("/Shared/n")
    assert (status.object_type, status.language) == (ObjectType.NOTEBOOK, Language.PYTHON)
    exported = workspace.get(f"{API}/export", path="/Shared/n").json()
    assert exported == {"content": body["content"], "file_type": "py"}


def test_sdk_uploads_and_downloads(workspace: Target) -> None:
    files = workspace.sdk.workspace
    files.upload("/Shared/a.py", io.BytesIO(b"x = 1"), format=ImportFormat.AUTO)
    assert files.get_status("/Shared/a.py").object_type is ObjectType.FILE
    assert files.download("/Shared/a.py", format=ExportFormat.AUTO).read() == b"x = 1"


def test_source_that_begins_as_a_notebook_becomes_one_without_its_ending(workspace: Target) -> None:
    files = workspace.sdk.workspace
    files.upload("/Shared/n.py", io.BytesIO(b"# Databricks notebook source\nx"), format=ImportFormat.AUTO)
    assert files.get_status("/Shared/n").object_type is ObjectType.NOTEBOOK


def test_both_spellings_are_one_place_and_each_is_given_back(workspace: Target) -> None:
    workspace.post(f"{API}/mkdirs", {"path": "/Workspace/Shared/a"})
    both = [workspace.sdk.workspace.get_status(path) for path in ("/Shared/a", "/Workspace/Shared/a")]
    assert [status.path for status in both] == ["/Shared/a", "/Workspace/Shared/a"]
    assert both[0].object_id == both[1].object_id
    listed = [
        [one.path for one in workspace.sdk.workspace.list(path)] for path in ("/Shared", "/Workspace/Shared")
    ]
    assert listed == [["/Shared/a"], ["/Workspace/Shared/a"]]


def test_upload_into_a_missing_folder_is_404_until_the_folder_is_made(workspace: Target) -> None:
    parts = {**PARTS, "path": b"/Workspace/Shared/a/b/x.whl"}
    assert send_multipart(workspace, parts.items()) == (
        404,
        {
            "error_code": "RESOURCE_DOES_NOT_EXIST",
            "message": "The parent folder (/Shared/a/b) does not exist.",
            "details": [],
        },
    )
    with pytest.raises(NotFound, match=r"Path \(/Workspace/Shared/a/b\) doesn't exist\."):
        workspace.sdk.workspace.get_status("/Workspace/Shared/a/b")
    workspace.sdk.workspace.mkdirs("/Workspace/Shared/a/b")
    assert workspace.sdk.workspace.get_status("/Workspace/Shared/a/b").object_type is ObjectType.DIRECTORY
    assert send_multipart(workspace, parts.items())[0] == 200


def test_second_upload_needs_overwrite_and_keeps_the_object_id(workspace: Target) -> None:
    _, first = send_multipart(workspace, PARTS.items())
    _, second = send_multipart(workspace, {**PARTS, "content": b"new"}.items())
    assert second == first
    status, answer = send_multipart(workspace, {**PARTS, "overwrite": b"false"}.items())
    assert (status, answer["message"]) == (409, "Path (/Shared/x.whl) already exists.")
    assert workspace.sdk.workspace.download("/Shared/x.whl").read() == b"new"


def test_file_does_not_take_the_place_of_a_folder(workspace: Target) -> None:
    workspace.sdk.workspace.mkdirs("/Shared/x.whl")
    status, answer = send_multipart(workspace, PARTS.items())
    assert (status, answer["message"]) == (
        409,
        "Path (/Shared/x.whl) is a DIRECTORY; a FILE cannot take its place.",
    )


def test_folder_with_entries_is_deleted_only_recursively(workspace: Target) -> None:
    files = workspace.sdk.workspace
    files.mkdirs("/Shared/a/b")
    answer = workspace.post(f"{API}/delete", {"path": "/Shared/a"})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "DIRECTORY_NOT_EMPTY")
    files.delete("/Shared/a", recursive=True)
    assert workspace.get(f"{API}/list", path="/Shared").json() == {}
    assert workspace.post(f"{API}/delete", {"path": "/Shared/a"}).status_code == 404


def test_folder_lists_its_own_entries_only(workspace: Target) -> None:
    for path in ("/Shared/a/b", "/Shared/ab"):
        workspace.sdk.workspace.mkdirs(path)
    assert [one.path for one in workspace.sdk.workspace.list("/Shared")] == ["/Shared/a", "/Shared/ab"]
    assert {"/Shared", "/Users"} == {one.path for one in workspace.sdk.workspace.list("/")}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"format": b"DBC"}, "format: 'DBC' is not allowed; expected 'SOURCE', 'RAW' or 'AUTO'"),
        ({"format": b"SOURCE"}, "language is required for a notebook: PYTHON, SQL, SCALA or R"),
        ({"colour": b"red"}, "unknown field 'colour'"),
        ({"overwrite": b"maybe"}, "overwrite: should be a valid boolean, got 'maybe'"),
        ({"path": b"x"}, "Path (x) is not an absolute workspace path, such as /Shared/x."),
    ],
)
def test_what_cannot_be_uploaded_is_named(workspace: Target, changed: dict[str, bytes], message: str) -> None:
    status, answer = send_multipart(workspace, {**PARTS, **changed}.items())
    assert (status, answer["message"]) == (400, message)


def test_content_that_is_not_base64_is_refused(workspace: Target) -> None:
    answer = workspace.post(f"{API}/import", {"path": "/Shared/x", "format": "RAW", "content": "!"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("content: is not base64: ")


def test_content_survives_a_restart_and_strays_do_not(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    workspace = Workspace(folder)
    workspace.files.make_folder("/a")
    workspace.close()
    (folder / "files" / "left-by-a-kill").write_bytes(b"x")
    again = Workspace(folder)
    assert again.files.status("/a")["object_type"] == "DIRECTORY"
    assert list((folder / "files").iterdir()) == []
    again.close()


PART = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1).filter(
    lambda part: part not in {".", ".."}
)


@given(st.lists(PART, min_size=1, max_size=4))
def test_place_is_the_path_without_the_prefix(parts: list[str]) -> None:
    path = "/" + "/".join(parts)
    if parts[0] != "Workspace":
        assert place_of(path) == place_of(f"/Workspace{path}") == place_of(f"{path}/") == path


@pytest.mark.parametrize("path", ["", "x", "/a//b", "/a/../b", "/.", "/a\0"])
def test_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(InvalidParameterError, match="is not an absolute workspace path"):
        place_of(path)
