"""Who may do what with jobs, warehouses, dashboards and other objects of the workspace: rows as they were put."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.catalog import OWNER
from local_workspace.errors import InvalidParameterError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local_workspace.store import Document, Store

PRINCIPALS = ("user_name", "group_name", "service_principal_name")
"""Fields of a row that say whom it is about; a row has one of them."""
IS_OWNER, CAN_MANAGE = "IS_OWNER", "CAN_MANAGE"
_FILES = ("CAN_READ", "CAN_RUN", "CAN_EDIT", CAN_MANAGE)


@dataclass(frozen=True)
class Kind:
    """A kind of object.

    Attributes:
        path: what stands for it in paths and object ids.
        type: its `object_type`, which the provider checks.
        document: kind of the documents that hold such objects.
        levels: permission levels that can be given.
        object_type: of the documents, only those of this `object_type`.
    """

    path: str
    type: str
    document: str
    levels: tuple[str, ...]
    object_type: str | None = None

    @property
    def owner_level(self) -> str:
        """What who made an object has on it."""
        return IS_OWNER if IS_OWNER in self.levels else CAN_MANAGE


_KINDS = (
    Kind("jobs", "job", "job", ("CAN_VIEW", "CAN_MANAGE_RUN", IS_OWNER, CAN_MANAGE)),
    Kind(
        "sql/warehouses",
        "warehouses",
        "warehouse",
        ("CAN_USE", "CAN_MONITOR", "CAN_VIEW", IS_OWNER, CAN_MANAGE),
    ),
    Kind("dashboards", "dashboard", "dashboard", _FILES),
    Kind("alertsv2", "alertv2", "alert", _FILES),
    Kind("genie", "genie-space", "genie_space", (*_FILES, "CAN_VIEW")),
    Kind("directories", "directory", "workspace_object", _FILES, "DIRECTORY"),
    Kind("notebooks", "notebook", "workspace_object", _FILES, "NOTEBOOK"),
    Kind("files", "file", "workspace_object", _FILES, "FILE"),
)
KINDS = {kind.path: kind for kind in _KINDS} | {"warehouses": _KINDS[1]}
"""By what stands for them in a path; warehouses are asked for in two ways."""
_IDS = ("id", "job_id", "dashboard_id", "space_id", "object_id")
"""Fields of documents that hold the id of the object."""


class ObjectPermissions:
    """Reads and replaces the rows of an object."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, path: str, object_id: str) -> Document:
        """The rows of an object as the service shows them.

        Raises:
            InvalidParameterError: the kind is not known.
            NotFoundError: the object is not there.
        """
        kind = _kind(path)
        self._require(kind, object_id)
        stored = self._store.get("object_permissions", f"{kind.path}/{object_id}")
        return _shown(kind, object_id, stored["rows"] if stored else [_creator(kind)])

    def replace(self, path: str, object_id: str, rows: Sequence[Document]) -> Document:
        """Replace all direct rows; who made the object keeps a row, for jobs only when it is among them.

        Raises:
            InvalidParameterError: the kind or a level is not known, a row names not exactly one principal, two
                rows name the same, or a job gets not exactly one owner.
            NotFoundError: the object is not there.
        """
        kind = _kind(path)
        with self._store.transaction():
            self._require(kind, object_id)
            _check(kind, object_id, rows)
            kept = list(rows)
            if kind.path != "jobs" and not any(_principal(row) == ("user_name", OWNER) for row in rows):
                kept.append(_creator(kind))
            self._store.put("object_permissions", f"{kind.path}/{object_id}", {"rows": kept})
        return _shown(kind, object_id, kept)

    def _require(self, kind: Kind, object_id: str) -> None:
        for _, document in self._store.all(kind.document):
            held = next((document[field] for field in _IDS if field in document), None)
            if str(held) == object_id and kind.object_type in {None, document.get("object_type")}:
                return
        raise NotFoundError(f"{kind.path}/{object_id} does not exist.")


def _kind(path: str) -> Kind:
    kind = KINDS.get(path)
    if kind is None:
        raise InvalidParameterError(
            f"'{path}' is no kind of object with permissions here; expected one of {', '.join(KINDS)}"
        )
    return kind


def _check(kind: Kind, object_id: str, rows: Sequence[Document]) -> None:
    seen = set()
    for row in rows:
        level = row["permission_level"]
        if level not in kind.levels:
            raise InvalidParameterError(
                f"permission_level: '{level}' is not allowed for {kind.path}; expected one of "
                f"{', '.join(kind.levels)}"
            )
        principal = _principal(row)
        if principal in seen:
            raise InvalidParameterError(f"{principal[0]}: '{principal[1]}' has two rows; give one")
        seen.add(principal)
    owners = sum(row["permission_level"] == IS_OWNER for row in rows)
    if owners > 1 or (kind.path == "jobs" and owners != 1):
        raise InvalidParameterError(
            f"{kind.path}/{object_id} must have exactly one owner; {owners} are given"
        )


def _principal(row: Document) -> tuple[str, str]:
    given = [(field, row[field]) for field in PRINCIPALS if row.get(field)]
    if len(given) != 1:
        raise InvalidParameterError(
            f"a row names {len(given)} principals; give one of {', '.join(PRINCIPALS)}"
        )
    field, name = given[0]
    return field, str(name)


def _creator(kind: Kind) -> Document:
    return {"user_name": OWNER, "permission_level": kind.owner_level}


def _shown(kind: Kind, object_id: str, rows: Sequence[Document]) -> Document:
    shown = []
    for row in rows:
        field, name = _principal(row)
        permission = {"permission_level": row["permission_level"], "inherited": False}
        shown.append({field: name, "all_permissions": [permission]})
    return {
        "object_id": f"/{kind.path}/{object_id}",
        "object_type": kind.type,
        "access_control_list": shown,
    }
