"""Grants: who may do what with catalogs, schemas and tables. Stored as given; nothing is implied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.errors import InvalidParameterError, NotFoundError
from local_workspace.names import SchemaName, TableName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from local_workspace.catalog import Catalog
    from local_workspace.store import Document, Store

_SCHEMA_PRIVILEGES = (
    "ALL_PRIVILEGES",
    "APPLY_TAG",
    "CREATE_FUNCTION",
    "CREATE_MATERIALIZED_VIEW",
    "CREATE_MODEL",
    "CREATE_TABLE",
    "CREATE_VOLUME",
    "EXECUTE",
    "EXTERNAL_USE_SCHEMA",
    "MANAGE",
    "MODIFY",
    "READ_VOLUME",
    "REFRESH",
    "SELECT",
    "USE_SCHEMA",
    "WRITE_VOLUME",
)
PRIVILEGES = {
    "catalog": (*_SCHEMA_PRIVILEGES, "BROWSE", "CREATE_SCHEMA", "USE_CATALOG"),
    "schema": _SCHEMA_PRIVILEGES,
    "table": ("ALL_PRIVILEGES", "APPLY_TAG", "MANAGE", "MODIFY", "REFRESH", "SELECT"),
}
"""Privileges that can be granted on each kind of securable."""

OTHER_SECURABLES = (
    "volume",
    "function",
    "connection",
    "external_location",
    "storage_credential",
    "credential",
    "metastore",
    "pipeline",
    "recipient",
    "provider",
    "share",
    "clean_room",
)
"""Kinds that the service knows and of which nothing exists here."""


@dataclass(frozen=True)
class Change:
    """Privileges to add to and remove from one principal."""

    principal: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


class Grants:
    """Reads and changes the list of grants of a securable."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self._store = store
        self._catalog = catalog

    def get(self, kind: str, name: str) -> list[Document]:
        """Grants on a securable: `principal` and `privileges`, as stored.

        Raises:
            NotFoundError: it is not there.
        """
        stored = self._store.get("grant", self._key(kind, name))
        return list(stored["privilege_assignments"]) if stored else []

    def effective(self, kind: str, name: str) -> list[Document]:
        """Grants on a securable and what it inherits from schema and catalog."""
        found: dict[str, list[Document]] = {}
        for place, (holder, holder_name) in enumerate(holders(kind.lower(), name.lower())):
            inherited = (
                {}
                if place == 0
                else {"inherited_from_type": holder.upper(), "inherited_from_name": holder_name}
            )
            for row in self.get(holder, holder_name):
                found.setdefault(row["principal"], []).extend(
                    {"privilege": privilege, **inherited} for privilege in row["privileges"]
                )
        return [{"principal": principal, "privileges": privileges} for principal, privileges in found.items()]

    def change(self, kind: str, name: str, changes: Iterable[Change]) -> list[Document]:
        """Apply changes; gives the list afterwards. A principal without privileges leaves the list.

        Raises:
            NotFoundError: the securable is not there.
            InvalidParameterError: a privilege is unknown, or added and removed at once.
        """
        with self._store.transaction():
            key = self._key(kind, name)
            held = {row["principal"]: list(row["privileges"]) for row in self.get(kind, name)}
            for change in changes:
                add = [_privilege(kind, privilege) for privilege in change.add]
                remove = [_privilege(kind, privilege) for privilege in change.remove]
                both = sorted(set(add) & set(remove))
                if both:
                    raise InvalidParameterError(
                        f"Privilege {both[0]} is both added to and removed from principal "
                        f"'{change.principal}'; "
                        "name it in one of the two lists"
                    )
                kept = [one for one in held.get(change.principal, []) if one not in remove]
                held[change.principal] = kept + [one for one in dict.fromkeys(add) if one not in kept]
            rows = [
                {"principal": one, "privileges": privileges} for one, privileges in held.items() if privileges
            ]
            self._store.put("grant", key, {"privilege_assignments": rows})
        return rows

    def _key(self, kind: str, name: str) -> str:
        kind, name = kind.lower(), name.lower()
        if kind == "catalog":
            self._catalog.catalog(name)
        elif kind == "schema":
            self._catalog.schema(_schema_name(name))
        elif kind == "table":
            self._catalog.table(_table_name(name))
        elif kind in OTHER_SECURABLES:
            raise NotFoundError(f"{kind.replace('_', ' ').capitalize()} '{name}' does not exist.")
        else:
            allowed = ", ".join(sorted((*PRIVILEGES, *OTHER_SECURABLES)))
            raise InvalidParameterError(f"Securable type '{kind}' is not known; expected one of {allowed}")
        return f"{kind}/{name}"


def holders(kind: str, name: str) -> list[tuple[str, str]]:
    """Kind and name of a securable, then of the schema and catalog whose grants it inherits."""
    parts = name.split(".", 2)
    kinds = {"table": ("table", "schema", "catalog"), "schema": ("schema", "catalog")}.get(kind, (kind,))
    return [(holder, ".".join(parts[: len(parts) - place])) for place, holder in enumerate(kinds)]


def _privilege(kind: str, written: str) -> str:
    privilege = written.upper().replace(" ", "_")
    allowed = PRIVILEGES.get(kind.lower(), ())
    if privilege not in allowed:
        raise InvalidParameterError(
            f"Privilege {written} is not applicable to a {kind.lower()}; expected one of {', '.join(allowed)}"
        )
    return privilege


def _schema_name(name: str) -> SchemaName:
    try:
        return SchemaName.parse(name)
    except ValueError as error:
        raise InvalidParameterError(str(error)) from error


def _table_name(name: str) -> TableName:
    try:
        return TableName.parse(name)
    except ValueError as error:
        raise InvalidParameterError(str(error)) from error
