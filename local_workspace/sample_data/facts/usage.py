"""Billing records: `fact_usage`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.facts.usage_lines import Line, lines
from local_workspace.sample_data.organisation import ACCOUNT_ID, CLOUDS
from local_workspace.sample_data.rows import Rows, identifiers, moment, sometimes, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.period import Period

_ARRIVES_LATE = np.timedelta64(3, "h")
_MICRO = 1_000_000

_TAGS = ("team", "cost_center", "environment")
_TAG_MAP = " || ".join(
    f"CASE WHEN tag_{tag} IS NULL THEN [] ELSE [('{tag}', tag_{tag})] END" for tag in _TAGS
)
_TAG_COUNT = " + ".join(f"(tag_{tag} IS NOT NULL)::INTEGER" for tag in _TAGS)
_QUANTITY = f"CAST(quantity_micro AS DECIMAL(20,0)) * {1 / _MICRO:.6f}"

GOLD = {
    "account_id": f"'{ACCOUNT_ID}'",
    "usage_end_time": "usage_start_time + INTERVAL 1 HOUR",
    "usage_date": "CAST(usage_start_time AS DATE)",
    "usage_quantity": _QUANTITY,
    "custom_tags": f"map_from_entries({_TAG_MAP})",
    "list_price": "CAST(list_price AS DECIMAL(16,8))",
    "list_cost": f"CAST({_QUANTITY} AS DECIMAL(22,12)) * CAST(list_price AS DECIMAL(16,8))",
    "is_tagged": f"{_TAG_COUNT} > 0",
    "tag_count": _TAG_COUNT,
}


def generate(period: Period, rng: np.random.Generator) -> Rows:
    """Hourly records of every line, corrections included."""
    bill = lines()
    number, start, quantity = _records(bill, period, rng)
    rows = _described(bill).take(number).replace(
        record_id=identifiers(rng, len(number), "{:016x}-usage"),
        usage_start_time=start,
        quantity_micro=np.round(quantity * _MICRO).astype(np.int64),
        record_type=texts(["ORIGINAL"] * len(number)),
    )  # fmt: skip
    unclassified = sometimes(rng, rows.count, 0.003)
    rows = rows.where(unclassified, sku_name=None, list_price=np.nan)
    rows = rows.where(sometimes(rng, rows.count, 0.002), list_price=np.nan)
    return _corrected(rows, rng)


def _described(bill: tuple[Line, ...]) -> Rows:
    """What every record of a line has in common, one row per line."""
    facts = [asdict(line) for line in bill]

    def column(name: str) -> list[str | None]:
        return [fact[name] for fact in facts]

    return Rows({
        "workspace_id": texts([None if line.workspace is None else line.workspace.value for line in bill]),
        "cloud": texts([CLOUDS[line.workspace] if line.workspace else "AWS" for line in bill]),
        "sku_name": texts(column("sku")),
        "billing_origin_product": texts(column("product")),
        "usage_unit": texts(column("unit")),
        "usage_type": texts(column("kind")),
        "list_price": np.array([np.nan if line.price is None else line.price for line in bill]),
        "product_features_is_serverless": np.array([line.serverless for line in bill]),
        "product_features_is_photon": np.array([line.photon for line in bill]),
        "usage_metadata_cluster_id": texts(column("cluster")),
        "usage_metadata_job_id": texts(column("job")),
        "usage_metadata_warehouse_id": texts(column("warehouse")),
        "usage_metadata_endpoint_name": texts(column("endpoint")),
        "identity_metadata_run_as": texts(column("run_as")),
        "attributed_job_id": texts(column("attributed_job")),
        **{f"tag_{tag}": texts([line.tags.get(tag) for line in bill]) for tag in _TAGS},
    })  # fmt: skip


def _records(
    bill: tuple[Line, ...], period: Period, rng: np.random.Generator
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.int64]],
    np.ndarray[tuple[int], np.dtype[np.datetime64]],
    np.ndarray[tuple[int], np.dtype[np.float64]],
]:
    """Line number, first moment and quantity of every record, in order of time."""
    days = len(period.dates)
    per_day = np.array([len(line.hours) for line in bill])
    number = np.repeat(np.arange(len(bill)), per_day * days)
    hour = np.concatenate([np.tile(np.asarray(line.hours), days) for line in bill])
    day = np.concatenate([np.repeat(np.arange(days), len(line.hours)) for line in bill])
    busy = np.array([line.week for line in bill])[number, period.weekdays[day]] * period.growth_by_day[day]
    usual = np.array([line.quantity for line in bill])[number]
    quantity = usual * busy * rng.lognormal(-0.02, 0.2, len(number))
    start = period.dates[day].astype("datetime64[us]") + hour.astype("timedelta64[h]").astype(
        "timedelta64[us]"
    )
    known = start + np.timedelta64(1, "h") + _ARRIVES_LATE <= moment(period.end)
    kept = known & (rng.random(len(number)) < np.minimum(1.0, 0.25 + busy))
    order = np.argsort(start[kept], kind="stable")
    return number[kept][order], start[kept][order], quantity[kept][order]


def _corrected(rows: Rows, rng: np.random.Generator) -> Rows:
    """One record in a hundred was taken back and stated again with another quantity."""
    wrong = rows.take(sometimes(rng, rows.count, 0.01))
    taken_back = wrong.replace(
        record_id=identifiers(rng, wrong.count, "{:016x}-usage"),
        quantity_micro=-wrong["quantity_micro"],
        record_type=texts(["RETRACTION"] * wrong.count),
    )
    right = (wrong["quantity_micro"] * rng.uniform(0.75, 1.1, wrong.count)).astype(np.int64)
    stated_again = wrong.replace(
        record_id=identifiers(rng, wrong.count, "{:016x}-usage"),
        quantity_micro=right,
        record_type=texts(["RESTATEMENT"] * wrong.count),
    )
    return rows.followed_by(taken_back).followed_by(stated_again)
