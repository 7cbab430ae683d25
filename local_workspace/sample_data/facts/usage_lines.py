"""What the invented retailer is billed for: one line per job, cluster, warehouse, endpoint and store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local_workspace.sample_data.organisation import (
    CLUSTERS,
    ENDPOINTS,
    JOBS,
    SERVICE_PRINCIPALS,
    WAREHOUSES,
    Warehouse,
    Workspace,
    job_id,
)
from local_workspace.sample_data.period import EVERY_DAY, PEOPLE_WEEK, WORKING_WEEK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_RECORDS_A_DAY = 12


@dataclass(frozen=True)
class Line:
    """A thing that is billed once in each of its hours.

    Attributes:
        hours: hours of the day (UTC) with a record.
        quantity: usual quantity of a record, in `unit`.
        price: list price of one unit; None where the price list does not have it.
        tags: custom tags by name; empty is untagged.
    """

    workspace: Workspace | None
    sku: str
    product: str
    price: float | None
    quantity: float
    hours: Sequence[int]
    week: tuple[float, ...] = EVERY_DAY
    unit: str = "DBU"
    kind: str = "COMPUTE_TIME"
    serverless: bool = False
    photon: bool = False
    cluster: str | None = None
    job: str | None = None
    attributed_job: str | None = None
    warehouse: str | None = None
    endpoint: str | None = None
    run_as: str = SERVICE_PRINCIPALS[0]
    tags: dict[str, str] = field(default_factory=dict)


_TEAMS = {
    Workspace.EUROPE: ("orders", "4100"),
    Workspace.AMERICA: ("web", "4200"),
    Workspace.ANALYTICS: ("insights", "5100"),
    Workspace.SCIENCE: ("science", "5200"),
    Workspace.PLATFORM: ("platform", "6100"),
    Workspace.DEVELOPMENT: ("platform", "6100"),
}
_UNTAGGED_JOBS = {"notebook_experiment", "export_price_feed", "nightly_sandbox_refresh"}
_ALL_PURPOSE_JOBS = {"ad-hoc-backfill": "silver_returns", "platform-tools": "audit_export"}


def lines() -> tuple[Line, ...]:
    """Every line of the bill."""
    return (*_jobs(), *_clusters(), *_warehouses(), *_endpoints(), *_stores())


def _tags(workspace: Workspace, *, environment: bool = True) -> dict[str, str]:
    team, cost_center = _TEAMS[workspace]
    tags = {"team": team, "cost_center": cost_center}
    if environment:
        tags["environment"] = "dev" if workspace is Workspace.DEVELOPMENT else "prod"
    return tags


def _jobs() -> Iterator[Line]:
    for job in JOBS:
        runs = job.runs_a_day or (24 - job.first_hour) * 60 / job.every_minutes
        records = max(1, min(round(runs), _MOST_RECORDS_A_DAY))
        hours = [(job.first_hour + number * 24 // records) % 24 for number in range(records)]
        units_an_hour = 14.0 if job.serverless else 26.0
        yield Line(
            workspace=job.workspace,
            sku="PREMIUM_JOBS_SERVERLESS_COMPUTE" if job.serverless else "PREMIUM_JOBS_COMPUTE",
            product="JOBS",
            price=0.35 if job.serverless else 0.15,
            quantity=runs * job.minutes / 60 * units_an_hour / records,
            hours=hours,
            serverless=job.serverless,
            photon=job.name.startswith("gold"),
            job=job_id(job),
            attributed_job=job_id(job),
            run_as="svc-orchestrator",
            tags={} if job.name in _UNTAGGED_JOBS else _tags(job.workspace, environment=runs > 1),
        )


def _clusters() -> Iterator[Line]:
    jobs = {job.name: job_id(job) for job in JOBS}
    for cluster in CLUSTERS:
        if cluster.product == "JOBS":
            continue
        first, last = cluster.hours
        yield Line(
            workspace=cluster.workspace,
            sku="PREMIUM_DLT_ADVANCED_COMPUTE" if cluster.product == "DLT" else "PREMIUM_ALL_PURPOSE_COMPUTE",
            product=cluster.product,
            price=0.36 if cluster.product == "DLT" else 0.55,
            quantity=(1 + cluster.workers) * 2.4,
            hours=range(first, last + 1),
            week=PEOPLE_WEEK if cluster.weekdays_only else EVERY_DAY,
            photon=cluster.product == "DLT",
            cluster=cluster.id,
            attributed_job=jobs.get(_ALL_PURPOSE_JOBS.get(cluster.name, "")),
            run_as="svc-orchestrator",
            tags={} if cluster.name in {"sandbox", "ad-hoc-backfill"} else _tags(cluster.workspace),
        )


def _warehouses() -> Iterator[Line]:
    for warehouse in WAREHOUSES:
        hours, week = _open(warehouse)
        yield Line(
            workspace=warehouse.workspace,
            sku="PREMIUM_SERVERLESS_SQL_COMPUTE" if warehouse.serverless else "PREMIUM_SQL_PRO_COMPUTE",
            product="SQL",
            price=0.70 if warehouse.serverless else 0.55,
            quantity=3 + warehouse.a_day * warehouse.milliseconds / 90_000,
            hours=hours,
            week=week,
            serverless=warehouse.serverless,
            photon=True,
            warehouse=warehouse.id,
            run_as=warehouse.users[0],
            tags={} if warehouse.name == "engineering" else _tags(warehouse.workspace),
        )


def _open(warehouse: Warehouse) -> tuple[range, tuple[float, ...]]:
    """Hours of the day and days of the week in which a warehouse runs."""
    if warehouse.never_stops:
        return range(24), EVERY_DAY
    if warehouse.users[0].endswith("example.com"):
        return range(7, 18), PEOPLE_WEEK
    return range(2, 21), WORKING_WEEK


def _endpoints() -> Iterator[Line]:
    for endpoint in ENDPOINTS:
        yield Line(
            workspace=endpoint.workspace,
            sku="PREMIUM_SERVERLESS_REAL_TIME_INFERENCE",
            product="MODEL_SERVING",
            price=0.07,
            quantity=14 + endpoint.a_day / 10,
            hours=range(0, 24, 2),
            week=WORKING_WEEK,
            serverless=True,
            endpoint=endpoint.name,
            run_as="svc-ml-platform",
            tags=_tags(endpoint.workspace, environment=False),
        )
        if endpoint.verdict == "TEXT":
            yield Line(
                workspace=endpoint.workspace,
                sku="PREMIUM_FOUNDATION_MODEL_SERVING",
                product="MODEL_SERVING",
                price=0.0000021,
                quantity=endpoint.a_day * 9_000,
                hours=range(8, 18),
                week=WORKING_WEEK,
                unit="TOKEN",
                kind="TOKEN",
                serverless=True,
                endpoint=endpoint.name,
                run_as="svc-ml-platform",
            )


def _stores() -> Iterator[Line]:
    for number, workspace in enumerate(Workspace):
        yield Line(
            workspace=workspace,
            sku="PREMIUM_DATABRICKS_STORAGE",
            product="DEFAULT_STORAGE",
            price=0.023,
            quantity=420 + 90 * number,
            hours=(0,),
            unit="DSU",
            kind="STORAGE_SPACE",
            tags=_tags(workspace, environment=False),
        )
        yield Line(
            workspace=workspace,
            sku="PREMIUM_INTERNET_EGRESS",
            product="NETWORKING",
            price=None if workspace is Workspace.SCIENCE else 0.09,
            quantity=11 + 6 * number,
            hours=(0, 12),
            unit="GB",
            kind="NETWORK_BYTES",
        )
        yield Line(
            workspace=workspace,
            sku="PREMIUM_JOBS_SERVERLESS_COMPUTE",
            product="DATA_QUALITY_MONITORING",
            price=0.35,
            quantity=2.2,
            hours=(6, 7),
            serverless=True,
            run_as="svc-quality-checks",
            tags=_tags(workspace, environment=False),
        )
    yield Line(None, "PREMIUM_DATA_CLASSIFICATION", "DATA_CLASSIFICATION", 0.35, 14, (3, 15), serverless=True)
    yield Line(
        None,
        "PREMIUM_PREDICTIVE_OPTIMIZATION",
        "PREDICTIVE_OPTIMIZATION",
        0.35,
        18,
        (1, 4, 22),
        serverless=True,
    )
