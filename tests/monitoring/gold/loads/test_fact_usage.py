"""What the load makes of billing records: prices, corrections, jobs and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.monitoring.gold.loads.engines import Engine
    from tests.monitoring.gold.loads.system_tables import Row


def usage(record_id: str, **given: Any) -> Row:  # noqa: ANN401 - any column
    """A record of one DBU on 3 March, ten to eleven o'clock."""
    return {
        "record_id": record_id,
        "workspace_id": "1",
        "sku_name": "JOBS",
        "cloud": "AWS",
        "usage_start_time": "2026-03-03 10:00:00",
        "usage_end_time": "2026-03-03 11:00:00",
        "usage_date": "2026-03-03",
        "usage_unit": "DBU",
        "usage_quantity": "1",
        **given,
    }


def price(amount: str, start: str = "2025-01-01 00:00:00", **given: Any) -> Row:  # noqa: ANN401 - any column
    """A list price of the DBU that `usage` uses."""
    pricing = {"default": amount}
    names = {"sku_name": "JOBS", "cloud": "AWS", "usage_unit": "DBU", "currency_code": "USD"}
    return {**names, "price_start_time": start, "pricing": pricing, **given}


def task(job_id: str, start: str, end: str, **given: Any) -> Row:  # noqa: ANN401 - any column
    """A task run on cluster ``c`` on 3 March between two times of day."""
    return {
        "workspace_id": "1",
        "job_id": job_id,
        "period_start_time": f"2026-03-03 {start}",
        "period_end_time": f"2026-03-03 {end}",
        "compute_ids": ["c"],
        **given,
    }


ON_CLUSTER = {"usage_metadata": {"cluster_id": "c"}}


def test_a_retraction_and_its_restatement_leave_what_was_used(engine: Engine) -> None:
    engine.sources(
        billing__usage=[
            usage("a", record_type="ORIGINAL", usage_quantity="5"),
            usage("b", record_type="RETRACTION", usage_quantity="-5"),
            usage("c", record_type="RESTATEMENT", usage_quantity="3"),
        ],
        billing__list_prices=[price("0.5")],
    )
    costs = engine.loaded("fact_usage", "record_type", "list_cost")
    assert costs == [
        ("ORIGINAL", "2.500000000000000000"),
        ("RESTATEMENT", "1.500000000000000000"),
        ("RETRACTION", "-2.500000000000000000"),
    ]


def test_a_price_changes_at_the_moment_from_which_it_is_valid(engine: Engine) -> None:
    engine.sources(
        billing__usage=[
            usage("before", usage_end_time="2026-03-03 10:59:59"),
            usage("at", usage_end_time="2026-03-03 11:00:00"),
        ],
        billing__list_prices=[
            price("0.5", price_end_time="2026-03-03 11:00:00"),
            price("0.7", "2026-03-03 11:00:00"),
        ],
    )
    assert engine.loaded("fact_usage", "record_id", "list_price") == [
        ("at", "0.700000000000000000"),
        ("before", "0.500000000000000000"),
    ]


def test_prices_of_other_units_clouds_and_currencies_do_not_double_a_record(engine: Engine) -> None:
    engine.sources(
        billing__usage=[usage("a")],
        billing__list_prices=[
            price("0.5"),
            price("0.6", currency_code="EUR"),
            price("0.7", usage_unit="GB"),
            price("0.8", cloud="AZURE"),
        ],
    )
    assert engine.loaded("fact_usage", "record_id", "list_cost") == [("a", "0.500000000000000000")]


def test_the_currency_is_the_one_of_the_settings(engine: Engine) -> None:
    engine.sources(billing__usage=[usage("a")], billing__list_prices=[price("0.6", currency_code="EUR")])
    assert engine.loaded("fact_usage", "list_price", currency="EUR") == [("0.600000000000000000",)]
    assert engine.loaded("fact_usage", "list_price", "list_cost") == [(None, None)]


def test_a_promotion_comes_before_the_default_price(engine: Engine) -> None:
    pricing = {"default": "0.5", "effective_list": {"default": "0.4"}}
    engine.sources(billing__usage=[usage("a")], billing__list_prices=[price("0.5", pricing=pricing)])
    assert engine.loaded("fact_usage", "list_price") == [("0.400000000000000000",)]


def test_the_cost_of_a_token_is_not_rounded_away(engine: Engine) -> None:
    engine.sources(
        billing__usage=[usage("a", usage_quantity="0.000012")], billing__list_prices=[price("0.00000007")]
    )
    assert engine.loaded("fact_usage", "list_cost") == [("0.000000000000840000",)]


def test_a_record_of_a_shared_cluster_goes_to_the_job_that_overlaps_it_longest(engine: Engine) -> None:
    engine.sources(
        billing__usage=[usage("a", **ON_CLUSTER)],
        lakeflow__job_task_run_timeline=[
            task("1", "10:00:00", "10:20:00"),
            task("2", "09:00:00", "10:15:00"),
            task("2", "10:30:00", "10:45:00"),
            task("3", "11:00:00", "13:00:00"),
            task("4", "10:00:00", "11:00:00", workspace_id="2"),
        ],
    )
    assert engine.loaded("fact_usage", "record_id", "attributed_job_id") == [("a", "2")]


def test_jobs_that_overlap_equally_long_give_way_to_the_smallest_id(engine: Engine) -> None:
    engine.sources(
        billing__usage=[usage("a", **ON_CLUSTER), usage("b", usage_quantity="-1", **ON_CLUSTER)],
        lakeflow__job_task_run_timeline=[
            task("7", "10:00:00", "10:20:00"),
            task("5", "10:40:00", "11:00:00"),
        ],
    )
    assert engine.loaded("fact_usage", "record_id", "attributed_job_id") == [("a", "5"), ("b", "5")]


def test_the_job_on_the_bill_is_believed(engine: Engine) -> None:
    engine.sources(
        billing__usage=[usage("a", usage_metadata={"cluster_id": "c", "job_id": "9"})],
        lakeflow__job_task_run_timeline=[task("1", "10:00:00", "11:00:00")],
    )
    assert engine.loaded("fact_usage", "usage_metadata_job_id", "attributed_job_id") == [("9", "9")]


@pytest.mark.parametrize(
    ("tags", "is_tagged", "count"), [(None, "false", "0"), ({"team": "a", "env": "b"}, "true", "2")]
)
def test_missing_tags_are_no_tags(
    engine: Engine, tags: dict[str, str] | None, is_tagged: str, count: str
) -> None:
    engine.sources(billing__usage=[usage("a", custom_tags=tags)])
    assert engine.loaded("fact_usage", "is_tagged", "tag_count") == [(is_tagged, count)]


def test_null_stays_where_a_metric_looks_at_it_and_a_missing_flag_is_false(engine: Engine) -> None:
    engine.sources(billing__usage=[usage("a", workspace_id=None, sku_name=None)])
    columns = ("workspace_id", "sku_name", "list_price", "list_cost", "product_features_is_serverless")
    assert engine.loaded("fact_usage", *columns) == [(None, None, None, None, "false")]


def test_only_the_days_are_loaded(engine: Engine) -> None:
    days = ["2026-03-01", "2026-03-02", "2026-03-04", "2026-03-05"]
    engine.sources(billing__usage=[usage(day, usage_date=day) for day in days])
    assert engine.loaded("fact_usage", "record_id") == [("2026-03-02",), ("2026-03-04",)]
