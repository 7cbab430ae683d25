"""Brings a Genie space to what is wanted; it holds only tables that are there.

Knows nothing of Pulumi. A space is found again by its id, and after a lost answer by its title and tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from databricks.sdk.errors import NotFound

from monitoring.genie import canonical, tables_of, with_tables

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class SpaceState(StrEnum):
    """How far a space is."""

    PENDING = "pending"
    """None of its tables is there, so there is no space yet."""
    PARTIAL = "partial"
    """Tables are missing: the first refresh of their monitor makes them."""
    READY = "ready"


@dataclass(frozen=True)
class SpaceText:
    """What is said of a space."""

    title: str
    description: str
    warehouse_id: str
    content: str
    """Its `serialized_space`, as written or as the service gives it back."""

    def same(self, other: SpaceText) -> bool:
        """Whether two texts mean the same; how their content is written does not count."""
        return canonical(self.content) == canonical(other.content) and (
            (self.title, self.description, self.warehouse_id)
            == (other.title, other.description, other.warehouse_id)
        )


@dataclass(frozen=True)
class Observed:
    """A space as it is on the workspace."""

    space_id: str
    """Empty when there is none yet."""
    live: SpaceText


NO_SPACE = Observed("", SpaceText("", "", "", "{}"))


class GenieSpaces:
    """Reads and changes spaces."""

    def __init__(self, client: WorkspaceClient) -> None:
        self._client = client

    def read(self, space_id: str) -> Observed | None:
        """The space; None when it is not there or in the trash."""
        try:
            found = self._client.genie.get_space(space_id, include_serialized_space=True)
        except NotFound:
            return None
        content = found.serialized_space or "{}"
        text = SpaceText(found.title, found.description or "", found.warehouse_id or "", content)
        return Observed(found.space_id, text)

    def reconcile(self, space_id: str, desired: SpaceText, parent_path: str) -> Observed:
        """Make the space, or change what differs.

        Args:
            space_id: that of an earlier call; empty when there was none.
            desired: the wanted space, with all its tables.
            parent_path: workspace folder of a new space.
        """
        present = [table for table in tables_of(desired.content) if self._is_there(table)]
        if not present:
            return NO_SPACE
        wanted = replace(desired, content=with_tables(desired.content, [table.lower() for table in present]))
        live = (self.read(space_id) if space_id else None) or self._lost(desired)
        if live is None:
            made = self._client.genie.create_space(
                wanted.warehouse_id,
                wanted.content,
                title=wanted.title,
                description=wanted.description,
                parent_path=parent_path,
            )
            return self._written(made.space_id)
        if not live.live.same(wanted):
            self._client.genie.update_space(
                live.space_id,
                title=wanted.title,
                description=wanted.description,
                warehouse_id=wanted.warehouse_id,
                serialized_space=wanted.content,
            )
            return self._written(live.space_id)
        return live

    def trash(self, space_id: str) -> None:
        """Put the space into the trash; nothing happens when it is not there."""
        try:
            self._client.genie.trash_space(space_id)
        except NotFound:
            return

    def _written(self, space_id: str) -> Observed:
        found = self.read(space_id)
        if found is None:
            raise NotFound(f"the Genie space {space_id} was written but is not there")
        return found

    def _lost(self, desired: SpaceText) -> Observed | None:
        """A space of this title and with none but these tables: made by a call whose answer was lost."""
        tables = {table.lower() for table in tables_of(desired.content)}
        page: str | None = None
        while True:
            answer = self._client.genie.list_spaces(page_token=page)
            for space in answer.spaces or []:
                found = self.read(space.space_id) if space.title == desired.title else None
                if found and {table.lower() for table in tables_of(found.live.content)} <= tables:
                    return found
            page = answer.next_page_token
            if not page:
                return None

    def _is_there(self, table: str) -> bool:
        try:
            self._client.tables.get(table)
        except NotFound:
            return False
        return True


def state_of(desired: SpaceText, observed: Observed) -> SpaceState:
    """How far the space is: by the tables that it holds of those that it should."""
    if not observed.space_id:
        return SpaceState.PENDING
    missing = set(tables_of(desired.content)) - set(tables_of(observed.live.content))
    return SpaceState.PARTIAL if missing else SpaceState.READY
