"""Files with incidents that are over within minutes are evaluated with short windows as well."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import numpy as np
import pytest

from evaluation.evaluate import Evaluation, evaluate_files
from local_workspace.engine.types import to_duckdb
from monitoring.gold import GOLD_TABLES

START = datetime(2026, 6, 1, 8)  # noqa: DTZ001 - UTC without a zone, as DuckDB holds it
HOURS = 4
FAULT = timedelta(hours=3)
"""After the start; it lasts five minutes."""


@pytest.fixture(scope="module")
def evaluations(tmp_path_factory: pytest.TempPathFactory) -> list[Evaluation]:
    """One machine, measured every minute for four hours, whose memory is full for five minutes."""
    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(1)
    with duckdb.connect() as connection:
        types = GOLD_TABLES["fact_node_timeline"].column_types
        columns = ", ".join(f"{name} {to_duckdb(kind)}" for name, kind in types.items())
        connection.execute(f"CREATE TABLE made ({columns})")
        for minute in range(60 * HOURS):
            time = START + timedelta(minutes=minute)
            full = FAULT <= time - START < FAULT + timedelta(minutes=5)
            memory = 95.0 if full else 40 + rng.normal()
            connection.execute(
                "INSERT INTO made BY NAME SELECT 'w' AS workspace_id, 'c' AS cluster_id, 'c' AS cluster_name, "
                "'i' AS instance_id, false AS driver, ? AS start_time, 1 / 60 AS duration_hours, "
                "? AS mem_used_percent, 20.0 AS cpu_user_percent, 5.0 AS cpu_system_percent",
                [time, memory],
            )
        connection.execute(f"COPY made TO '{folder / 'fact_node_timeline.made.parquet'}' (FORMAT parquet)")
    (folder / "incidents.csv").write_text(
        "table,slice_key,slice_value,start,end\n"
        f"fact_node_timeline.made,cluster_name,c,{START + FAULT},{START + FAULT + timedelta(minutes=5)}\n",
        encoding="utf-8",
    )
    return list(evaluate_files(folder))


def test_the_monitor_is_evaluated_as_it_is_deployed_and_with_short_windows(
    evaluations: list[Evaluation],
) -> None:
    assert [each.granularities for each in evaluations] == [
        ("1 hour", "1 day"),
        ("5 minutes", "1 hour", "1 day"),
    ]


def test_hours_of_a_single_morning_cannot_be_judged_and_minutes_can(evaluations: list[Evaluation]) -> None:
    assert [each.score.judged is None for each in evaluations] == [True, False]
    assert [each.score.outcomes[0].judgeable for each in evaluations] == [False, True]


def test_the_short_incident_is_found_in_short_windows(evaluations: list[Evaluation]) -> None:
    assert [each.score.found for each in evaluations] == [0, 1]
    assert evaluations[1].score.false_alarms == ()
