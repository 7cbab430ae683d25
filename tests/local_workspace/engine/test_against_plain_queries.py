"""One plan for everything gives what one plain query for each metric, window and slice gives."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_workspace.engine.coercion import identifier
from local_workspace.engine.definition import MonitorDefinition
from local_workspace.engine.dialect import parse_expression, to_duckdb_sql, translate
from local_workspace.engine.refresh import refresh
from local_workspace.engine.switches import Switches
from local_workspace.engine.types import to_duckdb
from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES
from monitoring.metrics import Kind
from tests.local_workspace.engine.monitored import NOW, PROFILE, Monitored, domain_body, metric, monitored

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from monitoring.domain import Domain

ROWS: Final = 400
DAYS: Final = 3


@dataclass(frozen=True)
class Computed:
    """A domain's monitor, refreshed over random rows."""

    domain: Domain
    connection: duckdb.DuckDBPyConnection
    source: str
    profile: str
    drift: str

    def one(self, query: str) -> tuple[Any, ...]:
        """The only row of a query."""
        found = self.connection.execute(query).fetchall()
        assert len(found) == 1, query
        return tuple(found[0])


def random_value(kind: str, texts: list[str], chance: random.Random) -> object:
    """A value of a Databricks type; one in ten is NULL."""
    if chance.random() < 0.1:
        return None
    moment = NOW - timedelta(seconds=chance.randrange(DAYS * 86400))
    makers: dict[str, Callable[[], object]] = {
        "STRING": lambda: chance.choice(texts),
        "BOOLEAN": lambda: chance.random() < 0.6,
        "DATE": moment.date,
        "TIMESTAMP": lambda: moment,
        "DOUBLE": lambda: round(chance.uniform(0, 120), 2),
        "ARRAY<STRING>": lambda: [chance.choice(texts)],
        "MAP<STRING,STRING>": lambda: {chance.choice(texts): "1"},
    }
    kind = kind.replace(", ", ",")
    if kind.startswith("DECIMAL"):
        return Decimal(chance.randrange(10000)) / 100
    return makers[kind]() if kind in makers else chance.randrange(100)


@pytest.fixture(scope="module", params=DOMAINS, ids=lambda domain: domain.name)
def computed(request: pytest.FixtureRequest) -> Computed:
    domain: Domain = request.param
    columns = GOLD_TABLES[domain.gold_table].column_types
    chance = random.Random(domain.name)  # noqa: S311 - test data
    texts = [*sorted(set(re.findall(r"'([^'%]+)'", " ".join(m.definition for m in domain.metrics)))), "other"]
    rows = [[random_value(kind, texts, chance) for kind in columns.values()] for _ in range(ROWS)]
    monitor = monitored("SELECT 1 AS x")
    source = f'"main.gold".{identifier(domain.gold_table)}'
    listed = ", ".join(f"{identifier(name)} {to_duckdb(kind)}" for name, kind in columns.items())
    monitor.connection.execute(f"CREATE TABLE {source} ({listed})")
    monitor.connection.executemany(f"INSERT INTO {source} VALUES ({', '.join('?' * len(columns))})", rows)
    refresh(
        monitor.connection,
        MonitorDefinition.from_legacy(f"main.gold.{domain.gold_table}", domain_body(domain)),
        now=NOW,
        created_at=NOW,
        monitor_version=0,
        commit_version=0,
        switches=Switches(),
        cancelled=lambda: False,
    )
    out = f'"main.out".{identifier(domain.gold_table + "_profile_metrics")}'
    return Computed(domain, monitor.connection, source, out, out.replace("_profile_", "_drift_"))


def close(actual: tuple[Any, ...], expected: tuple[Any, ...], names: list[str]) -> None:
    for name, one, other in zip(names, actual, expected, strict=True):
        plain = float(other) if isinstance(other, Decimal) else other
        assert one == (pytest.approx(plain, rel=1e-9) if isinstance(plain, float) else plain), name


def plain_values(computed: Computed, where: str) -> tuple[Any, ...]:
    columns = GOLD_TABLES[computed.domain.gold_table].column_types
    values: list[Any] = []
    for each in computed.domain.metrics:
        if each.kind is Kind.AGGREGATE:
            sql = to_duckdb_sql(translate(parse_expression(each.definition), columns, now=NOW))
            values += computed.one(f"SELECT {sql} FROM {computed.source} WHERE {where}")
    return tuple(values)


@pytest.mark.parametrize("sliced", [False, True], ids=["whole table", "a slice"])
def test_every_aggregate_equals_its_own_query(computed: Computed, sliced: bool) -> None:
    names = [each.name for each in computed.domain.metrics if each.kind is Kind.AGGREGATE]
    timestamp = computed.domain.timestamp_column
    day = date(2026, 3, 19)
    window = f"granularity = '1 day' AND \"window\".\"start\" = TIMESTAMP '{day}' AND column_name = ':table'"
    rows = f"{identifier(timestamp)}::DATE = DATE '{day}'"
    chosen = "slice_key IS NULL"
    if sliced:
        key, value = computed.one(
            f"SELECT slice_key, slice_value FROM {computed.profile} WHERE {window} AND slice_key IS NOT NULL "
            "ORDER BY count DESC, slice_key, slice_value LIMIT 1"
        )
        chosen = f"slice_key = '{key}' AND slice_value = '{value}'"
        rows += f" AND {identifier(key)}::VARCHAR = '{value}'"
    listed = ", ".join(identifier(name) for name in names)
    actual = computed.one(f"SELECT {listed} FROM {computed.profile} WHERE {window} AND {chosen}")
    close(actual, plain_values(computed, rows), names)


def test_every_derived_metric_equals_its_formula_on_each_row(computed: Computed) -> None:
    known = {m.name: m.output_type for m in computed.domain.metrics if m.kind is Kind.AGGREGATE}
    for each in computed.domain.metrics:
        if each.kind is Kind.DERIVED:
            sql = to_duckdb_sql(translate(parse_expression(f"CAST({each.definition} AS DOUBLE)"), known))
            wrong = f"{identifier(each.name)} IS DISTINCT FROM {sql}"
            assert (
                computed.one(
                    f"SELECT count(*), count(*) FILTER (WHERE {wrong}) FROM {computed.profile} "
                    "WHERE column_name = ':table'"
                )[1]
                == 0
            ), each.name


def test_every_drift_metric_equals_its_formula_on_two_rows(computed: Computed) -> None:
    drift = [each for each in computed.domain.metrics if each.kind is Kind.DRIFT]
    known = {m.name: m.output_type for m in computed.domain.metrics if m.kind is not Kind.DRIFT}
    for each in drift:
        text = re.sub(r"\{\{(\w+)\}\}", r"\1", each.definition)
        sql = to_duckdb_sql(
            translate(parse_expression(f"CAST({text} AS DOUBLE)"), {"current_df": known, "base_df": known})
        )
        keys = " AND ".join(
            f"d.{key} IS NOT DISTINCT FROM {frame}.{key}"
            for frame in ("current_df", "base_df")
            for key in ("granularity", "slice_key", "slice_value", "column_name")
        )
        rows, wrong = computed.one(
            f"SELECT count(*), count(*) FILTER (WHERE d.{identifier(each.name)} IS DISTINCT FROM {sql}) "
            f"FROM {computed.drift} AS d, {computed.profile} AS current_df, {computed.profile} AS base_df "
            f'WHERE d.column_name = \':table\' AND {keys} AND d."window" = current_df."window" '
            'AND d.window_cmp = base_df."window"'
        )
        assert rows > 0
        assert wrong == 0, each.name


# ---- the order of rows does not matter ----

VALUES = st.tuples(
    st.integers(0, 3),
    st.one_of(st.none(), st.floats(-1e6, 1e6, width=32)),
    st.one_of(st.none(), st.sampled_from(["a", "b", "ä b", ""])),
)


def profile_of(rows: list[tuple[int, float | None, str | None]]) -> list[tuple[Any, ...]]:
    monitor: Monitored = monitored(
        'SELECT NULL::TIMESTAMP AS "at", NULL::DOUBLE AS x, NULL::VARCHAR AS name LIMIT 0',
        slices=["name"],
        metrics=[metric("aggregate", "p90", "PERCENTILE(x, 0.9)"), metric("aggregate", "total", "SUM(x)")],
    )
    start = datetime(2026, 3, 16, tzinfo=UTC).replace(tzinfo=None)
    monitor.connection.executemany(
        'INSERT INTO "main.gold"."runs" VALUES (?, ?, ?)',
        [(start + timedelta(days=day), x, name) for day, x, name in rows],
    )
    monitor.refresh()
    return monitor.rows(
        'SELECT slice_key, slice_value, column_name, "window", count, num_nulls, distinct_count, frequent_items, '
        f"non_null_columns, min, max, median, p90, avg, stddev, total FROM {PROFILE} "
        'ORDER BY slice_key, slice_value, column_name, "window"'
    )


@settings(max_examples=15, deadline=None)
@given(
    st.lists(VALUES, min_size=1, max_size=12).flatmap(
        lambda rows: st.tuples(st.just(rows), st.permutations(rows))
    )
)
def test_the_order_of_the_rows_changes_nothing(pair: tuple[Any, Any]) -> None:
    rows, shuffled = pair
    first, second = profile_of(rows), profile_of(shuffled)
    assert len(first) == len(second)
    for one, other in zip(first, second, strict=True):
        for left, right in zip(one, other, strict=True):
            if isinstance(left, float) and isinstance(right, float):
                assert math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-6)
            else:
                assert left == right
