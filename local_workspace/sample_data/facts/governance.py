"""Daily snapshots of governed assets: `fact_governance_metrics`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from local_workspace.sample_data.facts.quality import TABLES
from local_workspace.sample_data.organisation import ANALYSTS, ENGINEERS, METASTORE_ID, SCIENTISTS, Workspace
from local_workspace.sample_data.period import WORKING_WEEK
from local_workspace.sample_data.rows import Rows, Values, sometimes, texts

if TYPE_CHECKING:
    from local_workspace.sample_data.period import Period

_KINDS = {
    "MANAGED": ("", 0.52), "VIEW": ("_view", 0.2), "EXTERNAL": ("_external", 0.06),
    "STREAMING_TABLE": ("_stream", 0.07), "MATERIALIZED_VIEW": ("_summary", 0.06), "VOLUME": ("_files", 0.04),
    "FUNCTION": ("_rules", 0.03), "MODEL": ("_model", 0.02),
}  # fmt: skip
_VARIANTS = 7
_SENSITIVE_WORDS = (
    "profiles",
    "addresses",
    "payments",
    "contacts",
    "consents",
    "invoices",
    "journal",
    "loyalty",
)
_USERS_BY_CATALOG = {
    "main": (Workspace.EUROPE, Workspace.AMERICA, Workspace.ANALYTICS),
    "finance": (Workspace.ANALYTICS,),
    "ml": (Workspace.SCIENCE,),
    "raw": (Workspace.EUROPE, Workspace.AMERICA, Workspace.DEVELOPMENT),
}
_CREATORS = (*ENGINEERS[:8], *SCIENTISTS[:3], *ANALYSTS[:3], "svc-dbt", "svc-ingestion", "svc-ml-platform")
_ALREADY_THERE = 0.86
"""Share of the assets that exist on the first day; the others come while time goes on."""

GOLD = {
    "metric_date": "CAST(metric_date AS DATE)",
    "asset_id": f"sha256('{METASTORE_ID}|' || asset_full_name)",
    "asset_full_name": "asset_full_name",
}


def generate(period: Period, rng: np.random.Generator) -> Rows:
    """One row per asset and day from the day it was made on; coverage improves slowly."""
    assets = _described(rng)
    days = len(period.dates)
    day = np.repeat(np.arange(days), assets.count)
    number = np.tile(np.arange(assets.count), days)
    share_passed = day / period.days
    rows = assets.take(number).replace(metric_date=period.dates[day].astype("datetime64[us]"))
    rows = rows.replace(
        has_documentation=rows["documented_from"] <= share_passed,
        is_tagged=rows["tagged_from"] <= share_passed,
        has_acl=rows["granted_from"] <= share_passed,
    )
    busy = np.asarray(WORKING_WEEK)[period.weekdays[day]] * rows["has_lineage"]
    rows = rows.replace(
        read_event_count=rng.poisson(rows["reads_a_day"] * busy),
        write_event_count=rng.poisson(rows["writes_a_day"] * busy),
    )
    return rows.take(rows["made_on"] <= share_passed)


def _described(rng: np.random.Generator) -> Rows:
    """Every asset that exists on the last day, one row each."""
    kinds = list(_KINDS)
    names, types = [], []
    for place, tables in TABLES.items():
        for table in tables:
            for variant, kind in enumerate(
                rng.choice(len(kinds), _VARIANTS, p=[s for _, s in _KINDS.values()])
            ):
                suffix = _KINDS[kinds[kind]][0] + (f"_v{variant}" if variant else "")
                names.append(f"{place}.{table}{suffix}")
                types.append(kinds[kind])
    count = len(names)
    catalogs = [name.split(".")[0] for name in names]
    traced = sometimes(rng, count, 0.9)
    creators = texts(_CREATORS)[rng.integers(0, len(_CREATORS), count)]
    creators[sometimes(rng, count, 0.01)] = "unknown"
    main_user = [str(rng.choice(_USERS_BY_CATALOG[catalog])) for catalog in catalogs]
    return Rows({
        "asset_full_name": texts(names),
        "entity_type": texts(types),
        "source_catalog_name": texts(catalogs),
        "source_schema_name": texts([name.split(".")[1] for name in names]),
        "workspace_id": np.where(traced, texts(main_user), "unknown").astype(object),
        "created_by": creators,
        "has_lineage": traced,
        "is_sensitive": np.array([any(word in name for word in _SENSITIVE_WORDS) for name in names]),
        "made_on": np.where(rng.random(count) < _ALREADY_THERE, 0.0, rng.random(count)),
        "documented_from": _since(rng, count, 0.8, 0.86),
        "tagged_from": _since(rng, count, 0.84, 0.9),
        "granted_from": _since(rng, count, 0.93, 0.96),
        "reads_a_day": rng.lognormal(0.6, 1.2, count),
        "writes_a_day": rng.lognormal(-0.3, 1.0, count),
    })  # fmt: skip


def _since(rng: np.random.Generator, count: int, first: float, last: float) -> Values:
    """Share of the period after which an asset has something: `first` have it at once, `last` at the end."""
    drawn = rng.random(count)
    later = np.where(drawn < last, (drawn - first) / (last - first), np.inf)
    return np.where(drawn < first, 0.0, later)
