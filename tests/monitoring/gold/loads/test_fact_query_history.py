"""What the load makes of the query history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.monitoring.gold.loads.engines import Engine
    from tests.monitoring.gold.loads.system_tables import Row


def statement(statement_id: str, start: str = "2026-03-03 10:00:00", **given: Any) -> Row:  # noqa: ANN401 - any column
    """A statement on a warehouse."""
    return {
        "statement_id": statement_id,
        "workspace_id": "1",
        "compute": {"type": "WAREHOUSE", "warehouse_id": "w"},
        "execution_status": "FINISHED",
        "statement_type": "SELECT",
        "start_time": start,
        "update_time": start,
        **given,
    }


def test_the_text_becomes_its_length(engine: Engine) -> None:
    engine.sources(query__history=[statement("a", statement_text="SELECT 1"), statement("b")])
    assert engine.loaded("fact_query_history", "statement_id", "statement_length") == [
        ("a", "8"),
        ("b", None),
    ]


def test_the_compute_is_taken_apart(engine: Engine) -> None:
    engine.sources(query__history=[statement("a")])
    assert engine.loaded("fact_query_history", "compute_type", "compute_warehouse_id") == [("WAREHOUSE", "w")]


def test_a_missing_state_is_unknown_and_people_and_warehouses_stay_null(engine: Engine) -> None:
    engine.sources(query__history=[statement("a", compute=None, execution_status=None, statement_type=None)])
    columns = ("execution_status", "statement_type", "executed_by", "compute_warehouse_id")
    assert engine.loaded("fact_query_history", *columns) == [("unknown", "unknown", None, None)]


def test_the_latest_correction_of_a_statement_wins(engine: Engine) -> None:
    engine.sources(
        query__history=[
            statement("a", update_time="2026-03-03 10:05:00", total_duration_ms="5"),
            statement("a", update_time="2026-03-03 10:01:00", total_duration_ms="1"),
        ]
    )
    assert engine.loaded("fact_query_history", "statement_id", "total_duration_ms") == [("a", "5")]


def test_a_statement_of_an_earlier_day_comes_again_when_it_was_corrected_in_the_days(engine: Engine) -> None:
    engine.sources(
        query__history=[
            statement("corrected", "2026-03-01 23:59:59", update_time="2026-03-02 00:00:00"),
            statement("old", "2026-03-01 23:59:59"),
            statement("first", "2026-03-02 00:00:00"),
            statement("last", "2026-03-04 23:59:59"),
            statement("next", "2026-03-05 00:00:00"),
        ]
    )
    assert engine.loaded("fact_query_history", "statement_id") == [("corrected",), ("first",), ("last",)]
