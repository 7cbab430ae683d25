"""Fairness of a classification: the group for which a predicate is true against the one for which it is false.

Documented is what is compared: precision, false-positive rate, recall and acceptance rate, each class against all
others. Whether as a difference or as a ratio is not, so it is a switch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.temporary import CLASSES, GROUPS

if TYPE_CHECKING:
    from local_workspace.engine.definition import InferenceLog
    from local_workspace.engine.source import Source
    from local_workspace.engine.switches import Switches

_WITH_LABEL: Final = {
    "predictive_parity": "hits / nullif(predicted, 0)",
    "predictive_equality": "(predicted - hits) / nullif(labelled - actual, 0)",
    "equal_opportunity": "hits / nullif(actual, 0)",
}
_WITHOUT_LABEL: Final = {"statistical_parity": "accepted / nullif(given, 0)"}
_COUNTS: Final = ("accepted", "predicted", "actual", "hits")


def fairness_query(log: InferenceLog, source: Source, switches: Switches) -> str:
    """DuckDB query of the fairness columns, one row for each group for which a slicing predicate is true.

    A rate without rows to be taken of is NULL.
    """
    predicates = [str(number) for number, each in enumerate(source.slices) if each.is_predicate]
    if switches.fairness == "none" or not predicates:
        return f"SELECT rowid AS place FROM {GROUPS} LIMIT 0"
    same = " AND ".join(
        f"one.{name} IS NOT DISTINCT FROM other.{name}" for name in ("frame", "start", "slice", "model")
    )
    pairs = (
        f"SELECT one.rowid AS place, other.rowid AS other FROM {GROUPS} AS one JOIN {GROUPS} AS other ON {same} "
        f"WHERE one.value = 'true' AND other.value = 'false' AND one.slice IN ({', '.join(predicates)})"
    )
    measures = _WITHOUT_LABEL if log.label is None else _WITH_LABEL | _WITHOUT_LABEL
    operator = "-" if switches.fairness == "difference" else "/"
    rates = ", ".join(f"{measure} AS {identifier(name)}" for name, measure in measures.items())
    maps = ", ".join(
        f"map_from_entries(list(struct_pack(k := class, v := CAST(one.{name} {operator} {_divisor(name, operator)} AS DOUBLE)) "
        f"ORDER BY class)) AS {name}"
        for name in measures
    )
    sides = {
        side: f"(SELECT place, class, {rates} FROM ({_counts(pairs, column)}))"
        for side, column in (("one", "place"), ("other", "other"))
    }
    return f"SELECT place, {maps} FROM {sides['one']} AS one JOIN {sides['other']} AS other USING (place, class) GROUP BY place"


def _divisor(name: str, operator: str) -> str:
    return f"other.{name}" if operator == "-" else f"nullif(other.{name}, 0)"


def _counts(pairs: str, side: str) -> str:
    """The counts of one side of each pair, with 0 for a class that only the other side has, and both totals."""
    counts = ", ".join(f"coalesce({name}, 0) AS {name}" for name in _COUNTS)
    totals = ", ".join(
        f"sum({name}) OVER (PARTITION BY every.place) AS {total}"
        for name, total in (("accepted", "given"), ("predicted", "labelled"))
    )
    return (
        f"SELECT every.place, every.class, {counts}, {totals} FROM ("
        f"SELECT DISTINCT pairs.place, pairs.other, classes.class FROM ({pairs}) AS pairs JOIN {CLASSES} AS classes "
        f"ON classes.place IN (pairs.place, pairs.other)) AS every LEFT JOIN {CLASSES} AS found "
        f"ON found.place = every.{side} AND found.class = every.class"
    )
