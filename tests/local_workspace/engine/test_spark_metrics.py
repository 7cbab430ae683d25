"""All metrics of the eight domains give on DuckDB what Spark gives, over the same random rows."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import pytest

from local_workspace.engine.coercion import identifier
from local_workspace.engine.types import to_duckdb
from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES
from monitoring.metrics import Kind
from tests.local_workspace.engine.local_engine import LocalEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from monitoring.domain import Domain
    from monitoring.metrics import Metric
    from tests.local_workspace.engine.local_engine import Columns
    from tests.local_workspace.engine.spark_engine import SparkEngine
    from tests.local_workspace.engine.sql_cases import Outcome

pytestmark = pytest.mark.spark

ROWS: Final = 200
START: Final = datetime(2026, 3, 16, tzinfo=UTC).replace(tzinfo=None)
NUMBERS: Final = (0, 0, 1, 1, 2, 7, 100, -3)
"""Numbers of rows, and of metrics that formulas read: zeros to divide by, equal ones, a negative one."""


@dataclass(frozen=True)
class Both:
    """The tables of a domain in both engines: `many`, `one` and `no` rows of the gold table, and `metrics`."""

    domain: Domain
    local: LocalEngine
    spark: SparkEngine

    def differences(
        self,
        metrics: list[Metric],
        source: str,
        columns: Columns,
    ) -> dict[str, tuple[list[Outcome], list[Outcome]]]:
        """Metrics whose type, value or failure is not Spark's, with both outcomes: DuckDB's first."""
        written = {metric.name: f"CAST(({plain(metric)}) AS {metric.output_type})" for metric in metrics}
        written |= {f"{metric.name} as it is": plain(metric) for metric in metrics}
        referee = dict(zip(written, self.spark.table(list(written.values()), source), strict=True))
        found = {}
        for name, expression in written.items():
            mine = self.local.outcomes(expression, source, columns)
            pairs = zip(mine, referee[name], strict=True)
            if not all(one.agrees(other.type, other.value) for one, other in pairs):
                found[name] = (mine, referee[name])
        return found

    def metrics(self, *kinds: Kind) -> list[Metric]:
        """The metrics of some kinds."""
        return [metric for metric in self.domain.metrics if metric.kind in kinds]


def plain(metric: Metric) -> str:
    """The definition with the frames as the names of tables."""
    return re.sub(r"\{\{(\w+)\}\}", r"\1", metric.definition)


@dataclass(frozen=True)
class RandomRows:
    """Rows of a gold table; the texts and numbers that its metrics look for are among the values."""

    chance: random.Random
    texts: list[str]
    numbers: list[int]

    @classmethod
    def of(cls, domain: Domain) -> RandomRows:
        """The rows of a domain, the same in each run."""
        definitions = " ".join(metric.definition for metric in domain.metrics)
        texts = {text.replace("%", "") for text in re.findall(r"'([^']*)'", definitions)}
        numbers = {
            int(digits) + more for digits in re.findall(r"\b\d+\b", definitions) for more in (-1, 0, 1)
        }
        chance = random.Random(domain.name)  # noqa: S311 - test data
        return cls(chance, [*sorted(texts), "other", ""], [*sorted(numbers), *NUMBERS])

    def value(self, kind: str) -> object:
        """A value of a Databricks type; one in five is NULL."""
        chance = self.chance
        if chance.random() < 0.2:
            return None
        moment = START + timedelta(
            seconds=chance.randrange(3 * 86400), microseconds=chance.randrange(1_000_000)
        )
        makers: dict[str, Callable[[], object]] = {
            "STRING": lambda: chance.choice(self.texts),
            "BOOLEAN": lambda: chance.random() < 0.6,
            "DATE": moment.date,
            "TIMESTAMP": lambda: moment,
            "DOUBLE": lambda: chance.choice([chance.uniform(-5, 100), chance.choice(self.numbers)]),
            "ARRAY<STRING>": lambda: [chance.choice(self.texts)],
            "MAP<STRING,STRING>": lambda: {chance.choice(["team", "owner"]): "1"},
            "DECIMAL(38,18)": lambda: Decimal(chance.randrange(10**24)) / Decimal(10**18),
        }
        made = makers.get(kind.replace(", ", ","))
        return made() if made else chance.choice(self.numbers)


def fill(engine: LocalEngine, name: str, columns: Mapping[str, str], rows: list[list[object]]) -> None:
    listed = ", ".join(f"{identifier(column)} {to_duckdb(kind)}" for column, kind in columns.items())
    engine.connection.execute(f"CREATE TABLE {name} ({listed})")
    if rows:
        marks = ", ".join("?" * len(columns))
        engine.connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)


@pytest.fixture(scope="module", params=DOMAINS, ids=lambda domain: domain.name)
def both(
    request: pytest.FixtureRequest, spark: SparkEngine, tmp_path_factory: pytest.TempPathFactory
) -> Both:
    domain: Domain = request.param
    maker = RandomRows.of(domain)
    gold = dict(GOLD_TABLES[domain.gold_table].column_types)
    known = {"id": "INT"} | known_metrics(domain)
    rows = [[maker.value(kind) for kind in gold.values()] for _ in range(ROWS)]
    values: list[list[object]] = [
        [at, *(maker.value(kind) for kind in list(known.values())[1:])] for at in range(ROWS)
    ]
    empty: list[object] = [ROWS, *[None] * (len(known) - 1)]
    zeros: list[object] = [ROWS + 1, *[0] * (len(known) - 1)]
    engine, folder = LocalEngine(), tmp_path_factory.mktemp(domain.name)
    tables = {
        "many": (gold, rows),
        "one": (gold, rows[:1]),
        "no": (gold, []),
        "metrics": (known, [*values, empty, zeros]),
    }
    for name, (columns, content) in tables.items():
        fill(engine, name, columns, content)
        hand_over(engine, spark, name, folder, columns)
    return Both(domain, engine, spark)


def test_the_random_rows_reach_every_aggregate_metric(both: Both) -> None:
    columns = GOLD_TABLES[both.domain.gold_table].column_types
    aggregates = both.metrics(Kind.AGGREGATE)
    found = {each.name: both.local.outcomes(plain(each), "many", columns)[0].value for each in aggregates}
    assert [name for name, value in found.items() if value in {"NULL", "0", "0.0"}] == []


def known_metrics(domain: Domain) -> dict[str, str]:
    """Name and type of what derived and drift metrics read."""
    types = {"DOUBLE": "DOUBLE", "LONG": "BIGINT"}
    return {
        metric.name: types[metric.output_type] for metric in domain.metrics if metric.kind is not Kind.DRIFT
    }


def hand_over(
    engine: LocalEngine, spark: SparkEngine, name: str, folder: Path, columns: Mapping[str, str]
) -> None:
    path = folder / f"{name}.parquet"
    engine.connection.execute(f"COPY {name} TO '{path}' (FORMAT parquet)")
    spark.load(name, path, columns)


def test_the_domains_have_225_metrics() -> None:
    counted = Counter(metric.kind for domain in DOMAINS for metric in domain.metrics)
    assert counted == {Kind.AGGREGATE: 133, Kind.DERIVED: 61, Kind.DRIFT: 31}


@pytest.mark.parametrize("table", ["many", "one", "no"])
def test_aggregate_metrics_are_spark_s(both: Both, table: str) -> None:
    columns = GOLD_TABLES[both.domain.gold_table].column_types
    assert both.differences(both.metrics(Kind.AGGREGATE), table, columns) == {}


def test_derived_metrics_are_spark_s(both: Both) -> None:
    known = known_metrics(both.domain)
    assert both.differences(both.metrics(Kind.DERIVED), "metrics ORDER BY id", known) == {}


def test_drift_metrics_are_spark_s(both: Both) -> None:
    frames = {"current_df": known_metrics(both.domain), "base_df": known_metrics(both.domain)}
    pairs = "metrics AS current_df JOIN metrics AS base_df ON current_df.id = base_df.id + 1 ORDER BY current_df.id"
    assert both.differences(both.metrics(Kind.DRIFT), pairs, frames) == {}
