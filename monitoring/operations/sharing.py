"""Makes views and grants SELECT on single tables and views; what is not there yet stays pending.

Knows nothing of Pulumi. Privileges other than SELECT, and principals that nobody named, are never touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound
from databricks.sdk.service.catalog import PermissionsChange, Privilege

from monitoring.views import FINGERPRINT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from databricks.sdk import WorkspaceClient

    from monitoring.operations.statements import Warehouse

TABLE = "table"
"""The kind of securable; the service counts a view as a table."""


@dataclass(frozen=True)
class WantedView:
    """A view and what must be there before it can be made."""

    source: str
    """Full name of the table that it reads."""
    fingerprint: str
    statement: str


@dataclass(frozen=True)
class Shared:
    """How things stand on the workspace."""

    views: dict[str, str]
    """Fingerprint by full name, of the views that are there; empty when something else made the view."""
    readers: dict[str, tuple[str, ...]]
    """Who of the wanted and the former readers may select from each table and view that is there, sorted."""


class Sharing:
    """Reads and changes what is shared."""

    def __init__(self, client: WorkspaceClient, warehouse: Callable[[], Warehouse]) -> None:
        self._client = client
        self._warehouse = warehouse

    def observe(self, views: Iterable[str], names: Iterable[str], readers: Iterable[str]) -> Shared:
        """What is there now of these views, and who of these readers may select from these tables and views."""
        fingerprints = {name: self._fingerprint(name) for name in views}
        asked = set(readers)
        found = {name: self._selecting(name) for name in names}
        return Shared(
            {name: text for name, text in fingerprints.items() if text is not None},
            {name: tuple(sorted(held & asked)) for name, held in found.items() if held is not None},
        )

    def reconcile(
        self,
        views: Mapping[str, WantedView],
        names: Iterable[str],
        readers: Iterable[str],
        former: Mapping[str, Iterable[str]],
    ) -> Shared:
        """Make the views that differ, grant what is missing, take back what was granted before.

        Args:
            views: by full name.
            names: full names of the tables and views on which each reader gets SELECT.
            readers: principals.
            former: principals that got SELECT from an earlier call, by table or view.

        Raises:
            StatementFailedError: a view could not be made.
        """
        for name, view in views.items():
            if self._fingerprint(name) != view.fingerprint and self._is_there(view.source):
                self._warehouse().run(view.statement)
        names, readers = tuple(names), tuple(readers)
        for name in dict.fromkeys((*names, *former)):
            wanted = set(readers) if name in names else set()
            self._grant(name, wanted, set(former.get(name, ())) - wanted)
        return self.observe(views, names, readers)

    def revoke(self, former: Mapping[str, Iterable[str]]) -> None:
        """Take back SELECT; the views stay, because somebody may read them through grants of their own."""
        for name, principals in former.items():
            self._grant(name, set(), set(principals))

    def _grant(self, name: str, wanted: set[str], unwanted: set[str]) -> None:
        held = self._selecting(name)
        if held is None:
            return
        changes = [
            PermissionsChange(principal=principal, add=[Privilege.SELECT])
            for principal in sorted(wanted - held)
        ]
        changes += [
            PermissionsChange(principal=principal, remove=[Privilege.SELECT])
            for principal in sorted(unwanted & held)
        ]
        if changes:
            self._client.grants.update(TABLE, name, changes=changes)

    def _selecting(self, name: str) -> set[str] | None:
        """Who was granted SELECT on the table itself; None when it is not there."""
        found: set[str] = set()
        page: str | None = None
        try:
            while True:
                answer = self._client.grants.get(TABLE, name, page_token=page)
                for row in answer.privilege_assignments or []:
                    if row.principal and Privilege.SELECT in (row.privileges or []):
                        found.add(row.principal)
                page = answer.next_page_token
                if not page:
                    return found
        except NotFound:
            return None

    def _fingerprint(self, view: str) -> str | None:
        try:
            return (self._client.tables.get(view).properties or {}).get(FINGERPRINT, "")
        except NotFound:
            return None

    def _is_there(self, table: str) -> bool:
        try:
            self._client.tables.get(table)
        except NotFound:
            return False
        return True
