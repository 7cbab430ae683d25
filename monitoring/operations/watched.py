"""What the operations need to know of one domain of a stack: names and texts, no configuration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.descriptions import table_comments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitoring.descriptions import TableText
    from monitoring.settings import Settings


@dataclass(frozen=True)
class Watched:
    """A monitored table and its two output tables with their wanted comments."""

    domain: str
    table: str
    """Full name of the gold table."""
    output_tables: dict[str, TableText]
    """Wanted comments by full name: the profile table, then the drift table."""

    @classmethod
    def from_settings(cls, settings: Settings, names: Iterable[str] = ()) -> tuple[Watched, ...]:
        """The chosen domains of a stack, or all of them."""
        chosen = set(names)
        watched = []
        for domain in settings.domains:
            if chosen and domain.name not in chosen:
                continue
            texts = table_comments(domain)
            tables = {
                settings.profile_table_name(domain): texts["profile"],
                settings.drift_table_name(domain): texts["drift"],
            }
            watched.append(cls(domain.name, settings.gold_table_name(domain), tables))
        return tuple(watched)
