"""Who and what there is: an invented retailer's workspaces, people, jobs, clusters, warehouses and models.

Plain facts that all tables share, so that the same job, person or cluster is found in each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ACCOUNT_ID = "0c4f1a52-7d3e-4b8a-9f61-5e2b7a90c8d4"
METASTORE_ID = "b1f9f3d6-2c47-4a55-8e0d-64a7c3f0e912"


class Workspace(StrEnum):
    """Workspace ids by what the workspace is for."""

    EUROPE = "2841907733510264"
    AMERICA = "5160394482273905"
    ANALYTICS = "7392046618850217"
    SCIENCE = "3975528104466318"
    PLATFORM = "6628813950742153"
    DEVELOPMENT = "8801547326619470"


CLOUDS = {
    Workspace.EUROPE: "AWS",
    Workspace.AMERICA: "AWS",
    Workspace.ANALYTICS: "AZURE",
    Workspace.SCIENCE: "GCP",
    Workspace.PLATFORM: "AWS",
    Workspace.DEVELOPMENT: "AZURE",
}

_ENGINEERS = (
    "anna.lindqvist", "bashir.haddad", "carla.mendes", "dmitri.volkov", "elena.rossi", "farid.naseri",
    "grace.okafor", "hiro.tanaka", "ines.moreau", "jonas.weber", "katya.ivanova", "liam.byrne",
    "mei.chen", "nadia.benali", "oskar.nowak", "priya.raman",
)  # fmt: skip
_ANALYSTS = (
    "quentin.dubois", "rosa.jimenez", "samir.patel", "tessa.vandijk", "ulrich.braun", "vera.kowalska",
    "wale.adeyemi", "ximena.castro", "yusuf.demir", "zoe.papadaki", "aidan.murphy", "beatriz.silva",
    "chiara.conti", "david.fischer", "emma.johansen", "fatima.zahra", "gustav.holm", "hannah.klein",
    "ivo.petrov", "julia.santos",
)  # fmt: skip
_SCIENTISTS = (
    "kenji.sato", "lucia.ferrari", "marek.dvorak", "noor.hassan", "olga.smirnova", "pablo.ortega",
    "rina.kapoor", "stefan.ilic", "tomas.horak", "uma.krishnan",
)  # fmt: skip


def _addresses(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{name}@example.com" for name in names)


ENGINEERS = _addresses(_ENGINEERS)
ANALYSTS = _addresses(_ANALYSTS)
SCIENTISTS = _addresses(_SCIENTISTS)
PEOPLE = ENGINEERS + ANALYSTS + SCIENTISTS
CONTRACTOR = "victor.stahl@contractor.example.com"

SERVICE_PRINCIPALS = (
    "svc-orchestrator", "svc-dbt", "svc-dashboards", "svc-ingestion", "svc-catalog-sync", "svc-ml-platform",
    "svc-terraform", "svc-reverse-etl", "svc-quality-checks", "svc-finops",
)  # fmt: skip


@dataclass(frozen=True)
class Job:
    """A job and how it behaves.

    Attributes:
        every_minutes: distance of scheduled runs; 0 where something else starts them.
        first_hour: hour (UTC) of the day's first scheduled run.
        runs_a_day: how often something else starts it, on average.
        minutes: usual run time; half of the runs are shorter.
        spread: standard deviation of the run time's logarithm.
        trouble: how much more often than usual it goes wrong.
    """

    name: str
    workspace: Workspace
    trigger: str = "CRON"
    every_minutes: int = 0
    first_hour: int = 0
    runs_a_day: float = 0.0
    minutes: float = 10.0
    spread: float = 0.22
    trouble: float = 1.0
    weekdays_only: bool = False
    serverless: bool = False


_E, _A, _N = Workspace.EUROPE, Workspace.AMERICA, Workspace.ANALYTICS
_S, _P, _D = Workspace.SCIENCE, Workspace.PLATFORM, Workspace.DEVELOPMENT

JOBS = (
    Job("bronze_orders_ingest", _E, every_minutes=30, minutes=6),
    Job("bronze_orders_ingest_us", _A, every_minutes=30, minutes=5),
    Job("bronze_payments_ingest", _E, every_minutes=60, minutes=4, serverless=True),
    Job("bronze_inventory_ingest", _A, every_minutes=120, minutes=9),
    Job("bronze_web_events_ingest", _A, "CONTINUOUS", runs_a_day=10, minutes=48, spread=0.3),
    Job("bronze_supplier_files", _E, "FILE_ARRIVAL", runs_a_day=46, minutes=3, spread=0.5, serverless=True),
    Job("bronze_returns_ingest", _E, every_minutes=120, minutes=5),
    Job("silver_orders", _E, every_minutes=60, minutes=14),
    Job("silver_orders_us", _A, every_minutes=60, minutes=12),
    Job("silver_payments", _E, every_minutes=120, minutes=11),
    Job("silver_sessions", _A, every_minutes=60, minutes=24),
    Job("silver_inventory", _A, "TABLE", runs_a_day=10, minutes=16, spread=0.3),
    Job("silver_customers", _N, every_minutes=240, minutes=18),
    Job("silver_returns", _E, "TABLE", runs_a_day=8, minutes=8, spread=0.3),
    Job("gold_sales_daily", _N, every_minutes=720, first_hour=4, minutes=52),
    Job("gold_sales_hourly", _N, every_minutes=60, first_hour=5, minutes=9, serverless=True),
    Job("gold_margin_daily", _N, every_minutes=1440, first_hour=5, minutes=45),
    Job("gold_customer_360", _N, every_minutes=360, first_hour=2, minutes=38, trouble=1.5),
    Job("gold_stock_forecast", _N, every_minutes=720, first_hour=3, minutes=70, spread=0.35),
    Job("gold_finance_close", _N, every_minutes=1440, first_hour=6, minutes=95, spread=0.4),
    Job(
        "gold_marketing_attribution", _N, every_minutes=720, first_hour=1, minutes=110, spread=0.4, trouble=2
    ),
    Job("gold_web_funnel", _N, every_minutes=180, minutes=15, serverless=True),
    Job("gold_supplier_score", _N, every_minutes=1440, first_hour=7, minutes=22),
    Job("export_erp", _E, every_minutes=360, first_hour=3, minutes=13),
    Job("export_crm", _N, every_minutes=240, minutes=8, serverless=True),
    Job("export_price_feed", _A, every_minutes=180, minutes=5),
    Job("features_customer", _S, every_minutes=360, first_hour=1, minutes=33, spread=0.35),
    Job("features_product", _S, every_minutes=720, first_hour=2, minutes=41, spread=0.35),
    Job("train_demand_model", _S, every_minutes=1440, first_hour=2, minutes=190, spread=0.4, trouble=2),
    Job("train_churn_model", _S, every_minutes=1440, first_hour=4, minutes=80, spread=0.4, trouble=2),
    Job("score_churn", _S, every_minutes=360, first_hour=6, minutes=17),
    Job("score_cost_anomalies", _P, every_minutes=1440, first_hour=5, minutes=9),
    Job("maintenance_optimize", _P, every_minutes=1440, first_hour=1, minutes=120, spread=0.35),
    Job("maintenance_vacuum", _P, every_minutes=1440, first_hour=2, minutes=60, spread=0.35),
    Job("gold_system_tables", _P, every_minutes=180, minutes=12, serverless=True),
    Job("quality_checks", _P, every_minutes=360, minutes=15),
    Job("audit_export", _P, "PERIODIC", every_minutes=240, minutes=6),
    Job("notebook_experiment", _S, "ONETIME", runs_a_day=9, minutes=18, spread=0.9, trouble=4),
    Job("integration_tests", _D, "ONETIME", runs_a_day=14, minutes=11, spread=0.4, trouble=4),
    Job("nightly_sandbox_refresh", _D, every_minutes=1440, first_hour=22, minutes=35, trouble=2),
)


def job_id(job: Job) -> str:
    """The job's id inside its workspace, always the same."""
    return str(210_000_000_000_000 + 7_919_000_001 * (JOBS.index(job) + 1))


@dataclass(frozen=True)
class Cluster:
    """A cluster and how its machines are used.

    Attributes:
        workers: machines beside the driver.
        hours: first and last hour (UTC) at which it runs.
        cpu: mean CPU use of its machines, percent.
        memory: mean memory use of its machines, percent.
        product: what it is billed as: ALL_PURPOSE, JOBS or DLT.
    """

    name: str
    workspace: Workspace
    node_type: str
    workers: int
    hours: tuple[int, int]
    cpu: float
    memory: float
    product: str
    weekdays_only: bool = False

    @property
    def id(self) -> str:
        """The cluster's id inside its workspace, always the same."""
        number = CLUSTERS.index(self) + 1
        return f"0{number % 9 + 1}12-{70000 + 1373 * number:06d}-{(0x2F6A91C3 * number) % 0xFFFFFFFF:08x}"


CLUSTERS = (
    Cluster("orders-streaming", _E, "m6gd.xlarge", 1, (0, 23), 52, 58, "JOBS"),
    Cluster("sessions-streaming", _A, "r6id.xlarge", 1, (0, 23), 47, 62, "DLT"),
    Cluster("etl-europe", _E, "m6gd.2xlarge", 1, (0, 7), 61, 57, "JOBS"),
    Cluster("etl-america", _A, "m6gd.2xlarge", 1, (4, 11), 58, 55, "JOBS"),
    Cluster("gold-build", _N, "Standard_E8ds_v5", 1, (1, 8), 64, 60, "JOBS"),
    Cluster("finance-pipeline", _N, "Standard_D8ds_v5", 1, (3, 7), 49, 52, "DLT"),
    Cluster("feature-store", _S, "n2-highmem-8", 1, (1, 5), 55, 61, "JOBS"),
    Cluster("model-training", _S, "n2-highmem-8", 2, (2, 7), 68, 63, "JOBS"),
    Cluster("analysts-shared", _N, "Standard_D8ds_v5", 2, (7, 17), 44, 51, "ALL_PURPOSE", weekdays_only=True),
    Cluster("data-science-shared", _S, "n2-highmem-8", 1, (7, 18), 42, 54, "ALL_PURPOSE", weekdays_only=True),
    Cluster("platform-tools", _P, "m6gd.xlarge", 0, (0, 23), 36, 44, "ALL_PURPOSE"),
    Cluster(
        "engineering-shared", _D, "Standard_D8ds_v5", 1, (7, 17), 40, 48, "ALL_PURPOSE", weekdays_only=True
    ),
    Cluster("ad-hoc-backfill", _E, "m6gd.2xlarge", 1, (10, 15), 50, 50, "ALL_PURPOSE"),
    Cluster("support-notebooks", _A, "m6gd.xlarge", 0, (8, 17), 15, 26, "ALL_PURPOSE", weekdays_only=True),
    Cluster("sandbox", _D, "Standard_D8ds_v5", 0, (8, 19), 12, 24, "ALL_PURPOSE", weekdays_only=True),
)


@dataclass(frozen=True)
class Warehouse:
    """A SQL warehouse, who uses it and how.

    Attributes:
        a_day: statements on a usual Monday.
        milliseconds: usual time of a statement; half of them are faster.
        heavy: share of statements that read far more than usual.
        never_stops: its users are programs that work at every hour of every day.
    """

    name: str
    workspace: Workspace
    a_day: float
    milliseconds: float
    heavy: float
    users: tuple[str, ...]
    serverless: bool = True
    never_stops: bool = False

    @property
    def id(self) -> str:
        """The warehouse's id, always the same."""
        return f"{(0x9E3779B97F4A7C15 * (WAREHOUSES.index(self) + 11)) % 2**64:016x}"


WAREHOUSES = (
    Warehouse("dashboards", _N, 450, 1500, 0.01, ("svc-dashboards",)),
    Warehouse("dbt-builds", _N, 150, 7000, 0.05, ("svc-dbt",)),
    Warehouse("analysts", _N, 80, 2600, 0.06, ANALYSTS[:14]),
    Warehouse("finance", _N, 34, 3200, 0.06, ANALYSTS[14:], serverless=False),
    Warehouse("engineering", _E, 46, 2100, 0.05, ENGINEERS[:10]),
    Warehouse("america", _A, 40, 2300, 0.05, ENGINEERS[10:] + ANALYSTS[:4], serverless=False),
    Warehouse("data-science", _S, 36, 4200, 0.08, SCIENTISTS),
    Warehouse(
        "reverse-etl", _P, 320, 1800, 0.004, ("svc-reverse-etl", "svc-quality-checks"), never_stops=True
    ),
)


@dataclass(frozen=True)
class Endpoint:
    """A model serving endpoint.

    Attributes:
        verdict: what the model says: ANOMALY, RUN_FAILURE, TEXT or SCORE.
        a_day: requests on a usual Monday.
        milliseconds: usual time of an answer.
    """

    name: str
    workspace: Workspace
    model: str
    verdict: str
    a_day: float
    milliseconds: float
    callers: tuple[str, ...]


ENDPOINTS = (
    Endpoint("cost-anomalies", _P, "ml.finops.cost_anomalies", "ANOMALY", 200, 42, ("svc-finops",)),
    Endpoint("payment-anomalies", _E, "ml.payments.anomalies", "ANOMALY", 240, 36, ("svc-ingestion",)),
    Endpoint("run-failures", _P, "ml.platform.run_failures", "RUN_FAILURE", 150, 58, ("svc-orchestrator",)),
    Endpoint("churn-score", _S, "ml.crm.churn", "SCORE", 160, 65, ("svc-ml-platform", *SCIENTISTS[:3])),
    Endpoint("support-assistant", _N, "ml.support.assistant", "TEXT", 160, 800, ANALYSTS[:12]),
    Endpoint("product-search", _A, "ml.web.search_embeddings", "TEXT", 120, 95, ("svc-ml-platform",)),
)
