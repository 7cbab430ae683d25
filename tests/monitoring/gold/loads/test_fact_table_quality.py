"""What the load makes of rule results and of the health of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.monitoring.gold.loads.engines import Cells, Engine
    from tests.monitoring.gold.loads.system_tables import Row

NAMES = {"catalog_name": "main", "schema_name": "silver", "table_name": "orders"}
CHECKED = "2026-03-03 10:00:00"


def rule(passed: str, criticality: str = "error", **given: Any) -> Row:  # noqa: ANN401 - any column
    """The result of a rule of ``main.silver.orders``."""
    return {**NAMES, "check_time": CHECKED, "criticality": criticality, "passed": passed, **given}


def health(at: str, **given: Any) -> Row:  # noqa: ANN401 - any column
    """The health of ``main.silver.orders``."""
    return {**NAMES, "event_time": at, **given}


def committed(at: str) -> dict[str, Any]:
    """Freshness that names the last commit."""
    return {"commit_freshness": {"last_value": at}}


def loaded(engine: Engine, *columns: str, **settings: Any) -> Cells:  # noqa: ANN401 - any field
    results = engine.named("quality", "rule_results")
    return engine.loaded("fact_table_quality", *columns, **{"rule_results": results, **settings})


def test_the_rules_of_a_run_become_one_row_with_their_counts(engine: Engine) -> None:
    engine.sources(
        quality__rule_results=[
            rule("true"),
            rule("false", is_not_null_rule="true"),
            rule("false", "warn", is_not_null_rule="false"),
            rule("false", "info"),
        ]
    )
    columns = ("table_full_name", "rules_count", "rules_passed", "quality_score", "critical_violations",
               "warning_violations", "info_violations", "null_violations",
               "has_critical_violations")  # fmt: skip
    assert loaded(engine, *columns) == [("main.silver.orders", "4", "1", "25.0", "1", "1", "1", "1", "true")]


def test_a_table_without_rules_has_one_row_a_day_from_its_latest_health(engine: Engine) -> None:
    engine.sources(
        data_quality_monitoring__table_results=[
            health("2026-03-03 08:00:00", status="Healthy"),
            health(
                "2026-03-03 23:59:59",
                status="Unhealthy",
                completeness={"total_row_count": {"last_value": "7"}},
            ),
            health("2026-03-04 00:00:00", status="Healthy"),
        ]
    )
    columns = ("check_time", "status", "rules_count", "quality_score", "row_count")
    assert loaded(engine, *columns) == [
        ("2026-03-03 23:59:59", "UNHEALTHY", "0", None, "7"),
        ("2026-03-04 00:00:00", "HEALTHY", "0", None, None),
    ]


def test_a_run_of_rules_carries_the_health_of_its_day_and_is_not_doubled(engine: Engine) -> None:
    engine.sources(
        quality__rule_results=[rule("true"), rule("true", check_time="2026-03-03 12:00:00")],
        data_quality_monitoring__table_results=[
            health("2026-03-03 08:00:00", status="Unknown"),
            health("2026-03-03 09:00:00", status="Healthy"),
        ],
    )
    assert loaded(engine, "check_time", "status", "rules_count") == [
        ("2026-03-03 10:00:00", "HEALTHY", "1"),
        ("2026-03-03 12:00:00", "HEALTHY", "1"),
    ]


@pytest.mark.parametrize(
    ("freshness", "hours", "violated"),
    [
        (committed("2026-03-02 10:00:00"), "24.0", "false"),
        (committed("2026-03-02 09:00:00"), "25.0", "true"),
        ({"status": "Unhealthy", **committed("2026-03-03 09:00:00")}, "1.0", "true"),
        (None, None, "false"),
    ],
)
def test_a_table_is_stale_by_its_health_or_by_the_hours_since_its_last_commit(
    engine: Engine, freshness: dict[str, Any] | None, hours: str | None, violated: str
) -> None:
    engine.sources(data_quality_monitoring__table_results=[health(CHECKED, freshness=freshness)])
    assert loaded(engine, "hours_since_update", "is_freshness_violated") == [(hours, violated)]


def test_without_health_the_status_is_unknown_and_lineage_tells_the_last_write(engine: Engine) -> None:
    writes = ["2026-03-03 08:00:00", "2026-03-03 09:00:00", "2026-03-03 11:00:00"]
    engine.sources(
        quality__rule_results=[rule("true")],
        access__table_lineage=[
            {"target_table_full_name": "Main.silver.orders", "event_time": write} for write in writes
        ],
    )
    columns = ("status", "hours_since_update", "is_freshness_violated")
    assert loaded(engine, *columns, table_health=False) == [("UNKNOWN", "1.0", "false")]
    assert loaded(engine, *columns, table_health=False, freshness_hours=0.5) == [("UNKNOWN", "1.0", "true")]


def test_the_id_of_a_check_tells_tables_and_times_apart(engine: Engine) -> None:
    engine.sources(
        quality__rule_results=[
            rule("true"),
            rule("true", check_time="2026-03-03 12:00:00"),
            rule("true", table_name="customers"),
        ]
    )
    assert len(set(loaded(engine, "check_id"))) == 3


def test_only_the_days_are_loaded(engine: Engine) -> None:
    times = ["2026-03-01 23:59:59", "2026-03-02 00:00:00", "2026-03-04 23:59:59", "2026-03-05 00:00:00"]
    engine.sources(quality__rule_results=[rule("true", check_time=time) for time in times])
    assert loaded(engine, "check_time") == [(time,) for time in times[1:3]]
