"""What a caller may do with catalogs, schemas and tables, by grants and ownership.

A privilege on a catalog or schema holds for everything in it. Whoever wants something of a table also needs
USE_CATALOG and USE_SCHEMA. The owner of a thing may do everything with it; the owner of its schema or catalog
may manage it, which is not reading it. ALL_PRIVILEGES includes everything but MANAGE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.errors import NotFoundError, PermissionDeniedError
from local_workspace.grants import holders
from local_workspace.names import SchemaName, TableName

if TYPE_CHECKING:
    from local_workspace.catalog import Catalog
    from local_workspace.grants import Grants
    from local_workspace.principals import Caller
    from local_workspace.store import Document

_ENTER = {"catalog": "USE_CATALOG", "schema": "USE_SCHEMA"}


class Permissions:
    """The permissions of one caller."""

    def __init__(self, grants: Grants, catalog: Catalog, caller: Caller) -> None:
        self._grants = grants
        self._catalog = catalog
        self.caller = caller

    def on_table(self, privilege: str, name: TableName) -> None:
        """Nothing, when the caller has the privilege on a table or view, or the table is not there.

        Raises:
            PermissionDeniedError: naming the first privilege that is missing.
        """
        self._require(privilege, "table", str(name))

    def describe(self, name: TableName) -> None:
        """Nothing, when the caller may see a table with its columns and its monitor: SELECT or ownership.

        Raises:
            PermissionDeniedError: naming the first privilege that is missing.
        """
        if not self._owns(name):
            self.on_table("SELECT", name)

    def own(self, name: TableName) -> None:
        """Nothing, when the caller owns a table, its schema or its catalog, and may use what is around it.

        Raises:
            PermissionDeniedError: it does not.
        """
        if self.caller.is_owner:
            return
        self._enter("table", str(name))
        if not self._owns(name):
            raise PermissionDeniedError(
                f"User '{self.caller.name}' does not own Table '{name}', its schema or its catalog."
            )

    def on_schema(self, privilege: str, name: SchemaName) -> None:
        """The same for a schema."""
        self._require(privilege, "schema", str(name))

    def on_catalog(self, privilege: str, name: str) -> None:
        """The same for a catalog."""
        self._require(privilege, "catalog", name)

    def on(self, privilege: str, kind: str, name: str) -> None:
        """The same for any kind of securable that holds or is a table."""
        self._require(privilege, kind.lower(), name.lower())

    def see(self, name: TableName) -> bool:
        """Whether the caller may see that a table is there and what columns it has."""
        try:
            self.describe(name)
        except PermissionDeniedError:
            return False
        return True

    def refuse_others(self, what: str) -> None:
        """Nothing, when the caller is the owner of the workspace.

        Raises:
            PermissionDeniedError: it is somebody else.
        """
        if not self.caller.is_owner:
            raise PermissionDeniedError(
                f"User '{self.caller.name}' may not {what}: the local workspace does it for its owner only."
            )

    def _require(self, privilege: str, kind: str, name: str) -> None:
        if self.caller.is_owner:
            return
        self._enter(kind, name)
        self._demand(privilege, kind, name)

    def _enter(self, kind: str, name: str) -> None:
        for holder, held in reversed(holders(kind, name)):
            if holder in _ENTER:
                self._demand(_ENTER[holder], holder, held)

    def _demand(self, privilege: str, kind: str, name: str) -> None:
        if not self._holds(privilege, kind, name):
            raise PermissionDeniedError(
                f"User '{self.caller.name}' does not have {privilege.replace('_', ' ')} on "
                f"{kind.capitalize()} '{name}'."
            )

    def _owns(self, name: TableName) -> bool:
        """Whether the table or what it is in belongs to the caller; what is not there is left to fail."""
        try:
            owners = {self._document(*one).get("owner") for one in holders("table", str(name))}
        except NotFoundError:
            return True
        return bool(owners & self.caller.identities)

    def _holds(self, privilege: str, kind: str, name: str) -> bool:
        for place, (holder, held) in enumerate(holders(kind, name)):
            try:
                rows = self._grants.get(holder, held)
                owner = self._document(holder, held).get("owner")
            except NotFoundError:
                # Not there: what is asked of it fails by itself, and says so.
                return True
            if owner in self.caller.identities and (place == 0 or privilege in {"MANAGE", *_ENTER.values()}):
                return True
            if any(self._grants_it(row, privilege) for row in rows):
                return True
        return False

    def _grants_it(self, row: Document, privilege: str) -> bool:
        if row["principal"] not in self.caller.identities:
            return False
        held = row["privileges"]
        return privilege in held or (privilege != "MANAGE" and "ALL_PRIVILEGES" in held)

    def _document(self, kind: str, name: str) -> Document:
        if kind == "catalog":
            return self._catalog.catalog(name)
        if kind == "schema":
            return self._catalog.schema(SchemaName.parse(name))
        return self._catalog.table(TableName.parse(name))
