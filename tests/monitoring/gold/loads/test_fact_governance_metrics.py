"""What the load makes of the information schema and of lineage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.monitoring.gold.loads.engines import Engine, SparkEngine
    from tests.monitoring.gold.loads.system_tables import Row

pytestmark = [pytest.mark.spark]

FLAGS = ("has_documentation", "is_tagged", "has_acl", "has_lineage", "is_sensitive")
ORDERS = {"catalog_name": "main", "schema_name": "silver", "table_name": "orders"}


@pytest.fixture
def engine(spark_engine: SparkEngine) -> Engine:
    """Spark alone: the local workspace refuses this load, see `test_local_workspace`."""
    return spark_engine


def asset(name: str = "orders", **given: Any) -> Row:  # noqa: ANN401 - any column
    """A table of ``main.silver``."""
    return {"table_catalog": "main", "table_schema": "silver", "table_name": name, **given}


def lineage(day: str, workspace_id: str = "1", **given: Any) -> Row:  # noqa: ANN401 - any column
    """A lineage event."""
    return {"event_date": day, "event_time": f"{day} 12:00:00", "workspace_id": workspace_id, **given}


def reads(day: str, workspace_id: str = "1") -> Row:
    return lineage(day, workspace_id, source_table_full_name="main.silver.Orders")


def writes(day: str, workspace_id: str = "1") -> Row:
    return lineage(day, workspace_id, target_table_full_name="MAIN.silver.orders")


def test_an_asset_that_nobody_cares_for_has_no_null_flag(engine: Engine) -> None:
    engine.sources(information_schema__tables=[asset(comment="  ")])
    columns = ("asset_full_name", *FLAGS, "read_event_count", "write_event_count")
    assert engine.loaded("fact_governance_metrics", *columns) == [
        ("main.silver.orders", "false", "false", "false", "false", "false", "0", "0")
    ]
    found = engine.loaded("fact_governance_metrics", "entity_type", "workspace_id", "created_by")
    assert found == [("unknown", "unknown", "unknown")]


def test_an_asset_with_everything_is_still_one_row(engine: Engine) -> None:
    engine.sources(
        information_schema__tables=[asset(comment="Orders.", table_type="MANAGED", created_by="ann")],
        information_schema__table_tags=[{**ORDERS, "tag_name": name} for name in ("team", "sensitivity")],
        information_schema__column_tags=[{**ORDERS, "column_name": "mail", "tag_name": "sensitivity"}],
        information_schema__table_privileges=[
            asset(grantee=who, inherited_from="NONE") for who in ("a", "b")
        ],
        data_classification__results=[{**ORDERS, "column_name": name} for name in ("mail", "phone")],
        access__table_lineage=[reads("2026-03-04"), writes("2026-03-04")],
    )
    assert engine.loaded("fact_governance_metrics", "asset_full_name", *FLAGS) == [
        ("main.silver.orders", "true", "true", "true", "true", "true")
    ]


def test_an_inherited_grant_does_not_count(engine: Engine) -> None:
    engine.sources(
        information_schema__tables=[asset()],
        information_schema__table_privileges=[asset(grantee="a", inherited_from="SCHEMA")],
    )
    assert engine.loaded("fact_governance_metrics", "has_acl") == [("false",)]


@pytest.mark.parametrize(
    ("table", "row", "settings", "expected"),
    [
        ("information_schema__table_tags", {"tag_name": "sensitivity"}, {}, "true"),
        ("information_schema__table_tags", {"tag_name": "team"}, {}, "false"),
        ("information_schema__column_tags", {"tag_name": "it's"}, {"sensitivity_tags": ("it's",)}, "true"),
        ("information_schema__column_tags", {"tag_name": "sensitivity"}, {"sensitivity_tags": ()}, "false"),
        ("data_classification__results", {}, {}, "true"),
        ("data_classification__results", {}, {"classified_data": False}, "false"),
    ],
)
def test_data_is_sensitive_by_tag_or_by_classification(
    engine: Engine, table: str, row: Row, settings: dict[str, Any], expected: str
) -> None:
    engine.sources(information_schema__tables=[asset()], **{table: [{**ORDERS, **row}]})
    assert engine.loaded("fact_governance_metrics", "is_sensitive", **settings) == [(expected,)]


def test_lineage_counts_the_day_and_looks_back_a_year(engine: Engine) -> None:
    engine.sources(
        information_schema__tables=[asset()],
        access__table_lineage=[
            reads("2026-03-04"),
            reads("2026-03-04"),
            writes("2026-03-04"),
            reads("2026-03-03"),
            reads("2026-03-05"),
        ],
    )
    columns = ("metric_date", "read_event_count", "write_event_count")
    assert engine.loaded("fact_governance_metrics", *columns) == [("2026-03-04", "2", "1")]


@pytest.mark.parametrize(("day", "has_lineage"), [("2025-03-05", "true"), ("2025-03-04", "false")])
def test_lineage_ends_after_365_days(engine: Engine, day: str, has_lineage: str) -> None:
    engine.sources(information_schema__tables=[asset()], access__table_lineage=[reads(day)])
    columns = ("has_lineage", "read_event_count")
    assert engine.loaded("fact_governance_metrics", *columns) == [(has_lineage, "0")]


def test_the_workspace_is_the_one_that_uses_the_asset_most_and_ties_go_to_the_first(engine: Engine) -> None:
    engine.sources(
        information_schema__tables=[asset()],
        access__table_lineage=[
            reads("2026-03-01", "3"),
            writes("2026-03-02", "3"),
            reads("2026-03-01", "2"),
            reads("2026-03-01", "2"),
            reads("2026-03-04", "1"),
        ],
    )
    assert engine.loaded("fact_governance_metrics", "workspace_id") == [("2",)]


def test_what_belongs_to_the_platform_is_left_out(engine: Engine) -> None:
    engine.sources(
        information_schema__tables=[
            asset(),
            asset(table_catalog="system"),
            asset(table_catalog="samples"),
            asset(table_schema="information_schema"),
        ]
    )
    assert engine.loaded("fact_governance_metrics", "asset_full_name") == [("main.silver.orders",)]


def test_the_id_of_an_asset_tells_metastores_apart(engine: Engine) -> None:
    engine.sources(information_schema__tables=[asset()])
    one, other = (
        engine.loaded("fact_governance_metrics", "asset_id", metastore_id=metastore)
        for metastore in ("it's", "that")
    )
    assert one != other
