"""What the state of a stack knows, read from ``pulumi stack export``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


class StackStateError(Exception):
    """The state of a stack cannot be read; the text says why and what to do."""


@dataclass(frozen=True)
class StackState:
    """The resources in the state of a stack."""

    urns: frozenset[str]
    ids: frozenset[tuple[str, str]]
    """Type and id of every resource that has an id."""

    @classmethod
    def from_export(cls, text: str) -> StackState:
        """The state that ``pulumi stack export`` printed; a stack without a deployment is empty.

        Raises:
            StackStateError: the text is no export.
        """
        try:
            deployment = json.loads(text)["deployment"] or {}
            resources: list[dict[str, Any]] = deployment.get("resources") or []
            # What waits to be deleted is on its way out: the stack does not hold it any more.
            kept = [resource for resource in resources if not resource.get("delete")]
            return cls(
                frozenset(resource["urn"] for resource in kept),
                frozenset((resource["type"], resource["id"]) for resource in kept if resource.get("id")),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StackStateError(
                f"pulumi stack export printed no state ({error!r}); update Pulumi, or look at what it prints"
            ) from error

    def has(self, type_: str, id_: str) -> bool:
        """Whether the stack holds the resource of that type and id."""
        return (type_, id_) in self.ids
