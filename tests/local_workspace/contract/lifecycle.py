"""What a contract is: a piece of work done through the official SDK, and the routes that this needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.local_workspace.target import Target

    Work = Callable[[Target], None]


@dataclass(frozen=True)
class Contract:
    """Work that the SDK does with a workspace.

    Attributes:
        work: does it and checks what the SDK made of the answers.
        routes: `METHOD /path` of every route that answers one of its calls with success.
        refused: routes that answer with an error, as the service does.
    """

    work: Work
    routes: frozenset[str]
    refused: frozenset[str]

    @property
    def name(self) -> str:
        """What the work is about."""
        return self.work.__name__


def contract(*routes: str, refused: tuple[str, ...] = ()) -> Callable[[Work], Contract]:
    """Declare that a function exercises these routes through the SDK."""
    return lambda work: Contract(work, frozenset(routes), frozenset(refused))


def declared_in(module: object) -> list[Contract]:
    """The contracts of a module, in its order."""
    return [value for value in vars(module).values() if isinstance(value, Contract)]
