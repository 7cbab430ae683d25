"""Who sends a request: the owner of the workspace, or a principal with a token of its own."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_workspace.catalog import OWNER

if TYPE_CHECKING:
    from local_workspace.store import Store

EVERYBODY = "account users"
"""The group that every principal is in."""


@dataclass(frozen=True)
class Caller:
    """A principal and the groups that it is in."""

    name: str
    groups: tuple[str, ...] = ()

    @property
    def is_owner(self) -> bool:
        """Whether it is the owner of the workspace, who may do everything."""
        return self.name == OWNER

    @property
    def identities(self) -> frozenset[str]:
        """Every name under which something can be granted to it."""
        return frozenset((self.name, *self.groups, EVERYBODY))


THE_OWNER = Caller(OWNER)


class Principals:
    """Tokens of principals; only their digests are kept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def issue(self, name: str, groups: tuple[str, ...] = ()) -> str:
        """A new token for a principal; older ones of the same principal go on, with their groups."""
        token = f"local-{secrets.token_hex(16)}"
        self._store.put("principal_token", _digest(token), {"principal": name, "groups": list(groups)})
        return token

    def caller(self, token: str) -> Caller | None:
        """Who holds a token; None when it was not issued here."""
        known = self._store.get("principal_token", _digest(token))
        return None if known is None else Caller(known["principal"], tuple(known["groups"]))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
