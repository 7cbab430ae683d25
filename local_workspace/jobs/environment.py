"""A task's environment: its wheels unpacked, everything else it asks for compared with what is there."""

from __future__ import annotations

import zipfile
from importlib import metadata
from io import BytesIO
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from local_workspace.errors import WorkspaceError
from local_workspace.jobs.attempt import TaskNotRunnableError

if TYPE_CHECKING:
    from pathlib import Path

    from local_workspace.files import WorkspaceFiles
    from local_workspace.store import Document

_KNOWN_FIELDS = ("environment_version", "client", "dependencies")


def prepare(specification: Document, files: WorkspaceFiles, folder: Path) -> None:
    """Put what a task may import into a folder.

    Nothing is downloaded: wheels come from the workspace's files; other packages are those of the Python that
    runs the workspace, and must be there in a version that fits.

    Args:
        specification: `spec` of the environment.
        files: the workspace's files.
        folder: gets the contents of the wheels.

    Raises:
        TaskNotRunnableError: naming everything that is missing or does not fit.
    """
    problems = [
        f"field '{field}' of the environment is not supported by the local workspace"
        for field, value in specification.items()
        if value and field not in _KNOWN_FIELDS
    ]
    requirements: list[str] = []
    for dependency in specification.get("dependencies", []):
        if dependency.startswith("/"):
            try:
                requirements += _unpack(dependency, files, folder)
            except TaskNotRunnableError as error:
                problems.append(str(error))
        else:
            requirements.append(dependency)
    problems += [problem for text in requirements if (problem := _unmet(text))]
    if problems:
        raise TaskNotRunnableError("; ".join(problems))


def _unpack(path: str, files: WorkspaceFiles, folder: Path) -> list[str]:
    """Unpack a wheel; gives what it needs itself."""
    try:
        _, _, _, tags = parse_wheel_filename(path.rpartition("/")[2])
        content = files.content(path)
    except InvalidWheelFilename as error:
        raise TaskNotRunnableError(f"dependency '{path}' is not a wheel: {error}") from error
    except WorkspaceError as error:
        raise TaskNotRunnableError(f"dependency '{path}': {error}") from error
    if not any(tag.platform == "any" for tag in tags):
        raise TaskNotRunnableError(
            f"dependency '{path}' is not pure Python; the local workspace runs pure wheels only"
        )
    try:
        with zipfile.ZipFile(BytesIO(content)) as wheel:
            wheel.extractall(folder)
            (information,) = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    except (zipfile.BadZipFile, ValueError) as error:
        raise TaskNotRunnableError(f"dependency '{path}' cannot be read as a wheel: {error}") from error
    return metadata.Distribution.at(folder / information).requires or []


def _unmet(text: str) -> str:
    """What is wrong with a requirement; empty when it is fulfilled."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return f"dependency '{text}' is neither a package nor a wheel in the workspace"
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return ""
    try:
        found = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        found = ""
    if found and requirement.url is None and requirement.specifier.contains(found, prereleases=True):
        return ""
    return (
        f"dependency '{text}': the local workspace installs nothing; it runs with {requirement.name} "
        f"{found or '(none)'}"
    )
