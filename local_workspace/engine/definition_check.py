"""The body of a monitor under check, and the sentences that are found about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local_workspace.engine.dialect_errors import nearest
from local_workspace.engine.metric_rules import column_named

if TYPE_CHECKING:
    from local_workspace.engine.switches import Switches


@dataclass
class Check:
    """What the rules read, and where they say what is wrong.

    Attributes:
        body: the body of the call.
        columns: columns of the monitored table, with their Databricks types.
        baseline: columns of the baseline table; None where there is none.
        switches: what to do where nothing is published.
        found: the sentences so far.
    """

    body: Mapping[str, object]
    columns: Mapping[str, str]
    baseline: Mapping[str, str] | None
    switches: Switches
    found: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        """Something is wrong."""
        self.found.append(sentence)

    def items(self, name: str, where: Mapping[str, object], path: str) -> Sequence[object]:
        """A list of the body; absent is empty."""
        value = where.get(name)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.say(f"{path}{name}: a list is expected, not {value!r}")
            return ()
        return value

    def section(self, name: str) -> Mapping[str, object] | None:
        """An object of the body, or None."""
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.say(f"{name}: an object is expected, not {value!r}")
            return None
        return value

    def column(self, path: str, name: object, purpose: str) -> str | None:
        """The column of the monitored table that a field names; says so when there is none.

        Args:
            path: the field, such as `time_series.timestamp_col`.
            name: its value.
            purpose: goes on "name the column that …".
        """
        if not isinstance(name, str) or not name:
            self.say(f"{path} is missing; name the column that {purpose}")
            return None
        found = column_named(self.columns, name)
        if found is None:
            self.say(f"{path} '{name}' is not a column of the table{nearest(name, self.columns)}")
        return found


def repeated(values: Iterable[object]) -> list[object]:
    """Values that are listed more than once."""
    seen = list(values)
    return [value for value in dict.fromkeys(seen) if seen.count(value) > 1]
