"""Folders, files and notebooks of the workspace."""

from __future__ import annotations

import base64
import binascii
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_form

from local_workspace.errors import InvalidParameterError, MalformedRequestError
from local_workspace.files import SUFFIXES, Upload
from local_workspace.server.bodies import Body, check
from local_workspace.server.routing import Answer, Request, Route

if TYPE_CHECKING:
    from python_multipart.multipart import Field, File


class Import(Body):
    """Body of an import; in multipart, a part per field."""

    path: str
    content: str | bytes
    format: Literal["SOURCE", "RAW", "AUTO"] | None = None
    language: Literal["PYTHON", "SQL", "SCALA", "R"] | None = None
    overwrite: bool | None = None


class Folder(Body):
    """Body of a new folder."""

    path: str


class Deletion(Body):
    """Body of a deletion."""

    path: str
    recursive: bool | None = None


def import_object(request: Request) -> dict[str, Any]:
    """Make or replace a file or notebook.

    Takes JSON with the content in base64, or multipart/form-data with its parts in any order. Format SOURCE
    (the default) makes a notebook, RAW a file, AUTO a notebook of what begins as one. Archives and Jupyter
    notebooks are not taken. The folder must be there.
    """
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        body = _multipart(request)
        check(Import, body)
        content = body["content"]
    else:
        body = request.body(Import)
        content = _from_base64(body["content"])
    upload = Upload(
        path=body["path"],
        content=content,
        form=body.get("format") or "SOURCE",
        language=body.get("language"),
        overwrite=bool(body.get("overwrite")),
    )
    return {"object_id": request.workspace.files.upload(upload)}


def get_status(request: Request) -> dict[str, Any]:
    """What is at a path.

    `/Workspace/x` and `/x` are one place; the answer spells it as the request does.
    """
    return request.workspace.files.status(_path(request))


def make_folder(request: Request) -> None:
    """Make a folder and those above it."""
    request.workspace.files.make_folder(request.body(Folder)["path"])


def list_folder(request: Request) -> dict[str, Any]:
    """What is in a folder, by name."""
    found = request.workspace.files.children(_path(request))
    return {"objects": found} if found else {}


def delete_object(request: Request) -> None:
    """Remove an object; a folder with entries only with `recursive`."""
    body = request.body(Deletion)
    request.workspace.files.delete(body["path"], recursive=bool(body.get("recursive")))


def export_object(request: Request) -> Answer:
    """The content of a file or notebook: in base64, or with `direct_download=true` as it is."""
    path = _path(request)
    form = request.query.get("format", "SOURCE")
    if form not in {"SOURCE", "RAW", "AUTO"}:
        raise InvalidParameterError(f"format: '{form}' is not allowed; expected SOURCE, RAW or AUTO")
    content = request.workspace.files.content(path)
    if request.flag("direct_download"):
        return Answer(content)
    kind = request.workspace.files.status(path)
    suffix = SUFFIXES[kind["language"]] if "language" in kind else path.rpartition(".")[2]
    return Answer({"content": base64.b64encode(content).decode("ascii"), "file_type": suffix})


def _path(request: Request) -> str:
    path = request.query.get("path")
    if path is None:
        raise InvalidParameterError("query parameter 'path' is missing")
    return path


def _multipart(request: Request) -> dict[str, Any]:
    """The parts by name: `content` as bytes, `overwrite` as a boolean, the others as text."""
    parts: dict[str, bytes] = {}

    def keep_field(field: Field) -> None:
        parts[(field.field_name or b"").decode()] = field.value or b""

    def keep_file(file: File) -> None:
        file.file_object.seek(0)
        parts[(file.field_name or b"").decode()] = file.file_object.read()
        file.close()

    headers = {
        "Content-Type": request.headers["content-type"].encode(),
        "Content-Length": str(len(request.content)).encode(),
    }
    try:
        parse_form(headers, BytesIO(request.content), keep_field, keep_file)
        body: dict[str, Any] = {
            name: value if name == "content" else value.decode() for name, value in parts.items()
        }
    except (FormParserError, UnicodeDecodeError) as error:
        raise MalformedRequestError(
            f"The body of {request.method} {request.path} is not multipart/form-data: {error}"
        ) from error
    if "overwrite" in body:
        body["overwrite"] = {"true": True, "false": False}.get(body["overwrite"].lower(), body["overwrite"])
    return body


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidParameterError(f"content: is not base64: {error}") from error


_BASE = "/api/2.0/workspace"

ROUTES = (
    Route("POST", f"{_BASE}/import", import_object),
    Route("GET", f"{_BASE}/get-status", get_status, query=("path",)),
    Route("POST", f"{_BASE}/mkdirs", make_folder),
    Route("GET", f"{_BASE}/list", list_folder, query=("path",)),
    Route("POST", f"{_BASE}/delete", delete_object),
    Route("GET", f"{_BASE}/export", export_object, query=("path", "format", "direct_download")),
)
