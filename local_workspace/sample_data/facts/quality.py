"""Data-quality checks: `fact_table_quality`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.rows import Rows, Values, sometimes, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.period import Period

TABLES = {
    "main.sales": (
        "orders", "order_lines", "returns", "payments", "baskets", "coupons", "stores", "sales_daily",
    ),
    "main.web": ("events", "sessions", "page_views", "searches", "experiments", "funnel_daily", "devices"),
    "main.supply": (
        "inventory", "stock_moves", "suppliers", "deliveries", "purchase_orders", "warehouses", "forecasts",
        "price_list",
    ),
    "main.customer": ("profiles", "addresses", "consents", "segments", "loyalty", "contacts", "customer_360"),
    "finance.ledger": (
        "journal", "accounts", "invoices", "refunds", "tax_rates", "close_monthly", "margin_daily",
    ),
    "finance.reporting": ("revenue", "costs", "budget", "forecast", "cash_flow", "kpi_daily"),
    "ml.features": (
        "customer_features", "product_features", "store_features", "weather", "labels_churn", "labels_demand",
    ),
    "ml.scores": ("churn_scores", "demand_scores", "anomaly_scores", "search_embeddings", "run_failures"),
    "raw.landing": ("erp_dump", "crm_dump", "clickstream", "supplier_files", "pos_feed", "weather_feed"),
}  # fmt: skip
"""Tables by catalog and schema."""
FRESHNESS_SLA_HOURS = 26
_WITHOUT_RULES = {"raw.landing.crm_dump", "raw.landing.weather_feed"}
_CHECKS_EVERY_MINUTES = 360

_FULL_NAME = "concat_ws('.', catalog_name, schema_name, table_name)"
_FAILED = "critical_violations + warning_violations + info_violations"

GOLD = {
    "check_id": f"sha256({_FULL_NAME} || '|' || CAST(check_time AS VARCHAR))",
    "table_full_name": _FULL_NAME,
    "quality_score": f"(rules_count - ({_FAILED})) * 100.0 / NULLIF(rules_count, 0)",
    "rules_passed": f"rules_count - ({_FAILED})",
    "is_freshness_violated": f"COALESCE(hours_since_update > {FRESHNESS_SLA_HOURS}, FALSE)",
    "has_critical_violations": "critical_violations > 0",
}


def generate(period: Period, rng: np.random.Generator) -> Rows:
    """Four checks a day of every table."""
    tables = _described(rng)
    checks = period.on_schedule(rng, _CHECKS_EVERY_MINUTES, 0, delay_seconds=60)
    number = np.tile(np.arange(tables.count), len(checks))
    spread = (rng.random(len(number)) * 900_000).astype("timedelta64[ms]").astype("timedelta64[us]")
    times = np.repeat(checks, tables.count) + spread
    rows = tables.take(number).replace(check_time=times)
    rows = rows.take(period.has_passed(times))
    rows = _checked(rows.take(np.argsort(rows["check_time"], kind="stable")), rng)
    grown = 1 + 0.004 * (rows["check_time"] - rows["check_time"][0]) / np.timedelta64(1, "D")
    size = np.round(rows["first_row_count"] * grown)
    return rows.replace(row_count=np.where(sometimes(rng, rows.count, 0.01), np.nan, size))


def _described(rng: np.random.Generator) -> Rows:
    """What the checks of a table have in common, one row per table."""
    names = [(*place.split("."), table) for place, tables in TABLES.items() for table in tables]
    count = len(names)
    once_a_day = [name[2].endswith(("daily", "monthly")) for name in names]
    bare = np.array([".".join(name) in _WITHOUT_RULES for name in names])
    return Rows({
        "catalog_name": texts([name[0] for name in names]),
        "schema_name": texts([name[1] for name in names]),
        "table_name": texts([name[2] for name in names]),
        "rules_count": np.where(bare, 0, rng.integers(8, 21, count)),
        "load_hours": np.where(once_a_day, 24, rng.choice([1, 6, 12], count)),
        "first_row_count": np.round(rng.lognormal(14, 1.6, count)),
        "trouble": rng.lognormal(0, 0.5, count),
    })  # fmt: skip


def _checked(rows: Rows, rng: np.random.Generator) -> Rows:
    """Few rules fail, fewer of them critical; a table is as old as its last load."""
    has_rules = rows["rules_count"] > 0

    def failures(share: float) -> Values:
        return np.where(has_rules, rng.poisson(share * rows["trouble"]), 0)

    critical, warning, info = failures(0.005), failures(0.015), failures(0.01)
    late = sometimes(rng, rows.count, 0.006)
    age = rows["load_hours"] * rng.uniform(0.05, 1.0, rows.count) + np.where(
        late, rng.uniform(20, 30, rows.count), 0
    )
    age = np.where(sometimes(rng, rows.count, 0.004), np.nan, np.round(age, 3))
    unhealthy = (critical > 0) | (np.nan_to_num(age) > FRESHNESS_SLA_HOURS)
    status = np.where(
        unhealthy, "UNHEALTHY", np.where(sometimes(rng, rows.count, 0.02), "UNKNOWN", "HEALTHY")
    )
    return rows.replace(
        status=status.astype(object),
        critical_violations=critical,
        warning_violations=warning,
        info_violations=info,
        null_violations=np.minimum(rng.binomial(1, 0.4, rows.count), critical + warning),
        schema_changes=rng.binomial(2, 0.003, rows.count),
        hours_since_update=age,
    )
