"""Which statistics each column of a source has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from local_workspace.engine.coercion import identifier
from local_workspace.engine.reading import text_sql
from local_workspace.engine.statement_cache import run
from local_workspace.engine.statistics import ColumnStatistics, Family, family_of
from local_workspace.engine.temporary import SOURCE
from local_workspace.engine.types import parse_type

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import duckdb

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.source import Source
    from local_workspace.engine.switches import Switches


_HALF_OF_LARGEST: Final = "8.9e307"
"""From here on the distance of two numbers may be no DOUBLE."""


def described_columns(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    source: Source,
    *,
    switches: Switches,
    now: datetime,
) -> list[ColumnStatistics]:
    """The statistics of the columns that get rows, in order.

    Texts and booleans are compared by the shares of their values, and so are prediction and label of a classification,
    whatever their type.
    """
    kinds = {name: parse_type(source.columns[name]) for name in source.described}
    floating = [name for name, kind in kinds.items() if kind.is_floating]
    not_a_number, unbounded = _columns_with(
        connection,
        {name: f"isnan({identifier(name)})" for name in floating},
        {name: f"abs({source.number(name)}) > {_HALF_OF_LARGEST}" for name in floating},
    )
    classes = _classes(definition)
    found = []
    for name, kind in kinds.items():
        family = family_of(kind, switches)
        is_categorical = family in {Family.TEXT, Family.BOOLEAN} or name.lower() in classes
        counted = is_categorical or (family is Family.NUMBER and switches.frequent_items_numeric)
        found.append(
            ColumnStatistics(
                name=name,
                type=kind,
                family=family,
                value=identifier(name),
                # Without NaN the column is its own number, so that metrics over it have the same aggregates.
                number=(
                    identifier(name)
                    if kind.name == "DOUBLE" and name not in not_a_number
                    else source.number(name)
                ),
                text=text_sql(f"column '{name}'", name, source.columns, now) if counted else "NULL",
                is_categorical=is_categorical,
                switches=switches,
                unbounded=name in unbounded,
                not_a_number=name in not_a_number,
            )
        )
    return found


def _classes(definition: MonitorDefinition) -> set[str]:
    log = definition.inference
    if log is None or not definition.is_classification:
        return set()
    return {column.lower() for column in (log.prediction, log.label) if column is not None}


def _columns_with(connection: duckdb.DuckDBPyConnection, *tests: Mapping[str, str]) -> list[set[str]]:
    """For each kind of test the columns of which a row passes theirs."""
    listed = ", ".join(f"coalesce(bool_or({test}), FALSE)" for each in tests for test in each.values())
    if not listed:
        return [set() for _ in tests]
    found = iter(run(connection, f"SELECT {listed} FROM {SOURCE}").fetchone() or ())
    return [{column for column in each if next(found)} for each in tests]
