"""The same arguments give the same data, in files and in databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest

from local_workspace.sample_data import SampleData, generate, generation
from monitoring.gold import GOLD_TABLES
from tests.local_workspace.sample_data.conftest import END

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from local_workspace.sample_data.period import Period
    from local_workspace.sample_data.rows import Rows


def _digest(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[object, ...]:
    row = connection.execute(f"SELECT COUNT(*), SUM(hash(rows_)) FROM {relation} AS rows_").fetchone()
    assert row is not None
    return row


def _digests(data: SampleData) -> dict[str, tuple[object, ...]]:
    with duckdb.connect() as connection:
        data.create_in(connection, {table: table for table in data.tables})
        return {table: _digest(connection, table) for table in data.tables}


def test_the_same_arguments_give_the_same_rows() -> None:
    assert _digests(generate(END, 4, seed=3)) == _digests(generate(END, 4, seed=3))


def test_another_seed_gives_other_rows_in_every_table() -> None:
    some, other = _digests(generate(END, 4, seed=3)), _digests(generate(END, 4, seed=4))
    assert [table for table in GOLD_TABLES if some[table] == other[table]] == []


def test_a_table_draws_its_own_random_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = _digests(generate(END, 4))
    make = generation._GENERATORS["fact_usage"]

    def make_with_one_more_number(period: Period, rng: np.random.Generator) -> Rows:
        rng.random()
        return make(period, rng)

    monkeypatch.setitem(generation._GENERATORS, "fact_usage", make_with_one_more_number)
    changed = _digests(generate(END, 4))
    assert [table for table in GOLD_TABLES if usual[table] != changed[table]] == ["fact_usage"]


def test_files_hold_what_is_inserted(
    loaded: duckdb.DuckDBPyConnection, sample: SampleData, tmp_path: Path
) -> None:
    files = sample.write_parquet(tmp_path)
    assert {table: file.name for table, file in files.items()} == {t: f"{t}.parquet" for t in GOLD_TABLES}
    for table, file in files.items():
        assert _digest(loaded, f"read_parquet('{file}')") == _digest(loaded, table)
        assert (
            loaded.execute(f"DESCRIBE FROM '{file}'").fetchall()
            == loaded.execute(f"DESCRIBE {table}").fetchall()
        )


def test_rows_go_by_name_into_the_named_tables_of_a_closed_database_and_roll_back() -> None:
    data = generate(END, 2)
    with duckdb.connect() as database:
        database.execute('CREATE SCHEMA "main.gold"')
        database.execute(
            'CREATE TABLE "main.gold"."fact_audit_logs" (event_time TIMESTAMP, event_id VARCHAR)'
        )
        template = "FROM fact_audit_logs"
        data.create_in(database, {"fact_audit_logs": "fact_audit_logs"})
        database.execute(
            f'CREATE OR REPLACE TABLE "main.gold"."fact_audit_logs" AS SELECT event_time, * EXCLUDE (event_time) {template} LIMIT 0'
        )
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")
        with database.cursor() as cursor:
            cursor.begin()
            data.insert_into(cursor, {"fact_audit_logs": '"main.gold"."fact_audit_logs"'})
            inserted = cursor.execute('SELECT COUNT(*) FROM "main.gold"."fact_audit_logs"').fetchone()
            cursor.rollback()
        assert inserted == (data.tables["fact_audit_logs"].count,)
        assert database.execute('SELECT COUNT(*) FROM "main.gold"."fact_audit_logs"').fetchone() == (0,)


def test_an_end_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - the whole text is compared
        generate(datetime(2026, 7, 15))  # noqa: DTZ001 - what is tested
    assert str(raised.value) == (
        "2026-07-15 00:00:00 has no time zone; give a time in UTC, such as datetime(2026, 7, 1, tzinfo=UTC)"
    )


def test_a_period_without_days_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^days is 0; give at least 1$"):
        generate(END, 0)


def test_an_end_at_midnight_and_a_single_day_work() -> None:
    data = generate(END.replace(hour=0, minute=0), 1)
    assert all(rows.count > 0 for rows in data.tables.values())
    assert data.incidents == ()
    assert data.period.end - data.period.start == timedelta(days=1)
