"""The jobs of a stack: setup, document and refresh, and the wheel that they run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_databricks as databricks

from monitoring.jobs.parameters import DOCUMENT, REFRESH, SETUP
from monitoring.wheel import PACKAGE, REQUIREMENTS, Wheel, build_wheel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitoring.settings import Settings

TYPE = "lakehouse:index:MonitoringJobs"
"""Part of every URN below the component: another token would need aliases in every stack."""
ENVIRONMENT = "default"
ENVIRONMENT_VERSION = "4"
PROJECT = Path(__file__).parents[2]
BUILD_FOLDER = "dist"
"""Where the wheel is built, from the folder of ``Pulumi.yaml``; the state names it, so it is relative."""


@dataclass(frozen=True)
class JobShape:
    """What tells one job from the others."""

    name: str
    purpose: str
    timeout_seconds: int
    schedule: Mapping[str, str] | None = None

    @property
    def entry_point(self) -> str:
        """Name of the function in the wheel that the job calls."""
        return f"{PACKAGE}_{self.name}"


SHAPES = (
    JobShape("setup", "Creates or updates the monitors, waits for their tables and documents them.", 3600),
    JobShape("document", "Writes the comments of the output tables.", 900),
    JobShape(
        "refresh",
        "Refreshes all monitors and waits for them. Paused: each monitor has its own schedule.",
        1800,
        # One schedule, not two: a deployment that refreshes after its gold load takes the monitors' away.
        {"quartz_cron_expression": "0 0 6 * * ?", "timezone_id": "UTC", "pause_status": "PAUSED"},
    ),
)
PARAMETERS = {"setup": SETUP, "document": DOCUMENT, "refresh": REFRESH}


@dataclass(frozen=True)
class MonitoringJobsArgs:
    """What the jobs are made from, in the words of the stack."""

    gold_schema: str
    """``catalog.schema`` of the gold tables; names the jobs."""
    assets_dir: str
    """Workspace folder that gets the wheel."""
    wheel: Wheel
    """The code of the jobs."""
    parameters: Mapping[str, Mapping[str, str]]
    """Defaults of the parameters by job."""
    failure_emails: tuple[str, ...] = ()
    """Who is told when a job fails."""

    @classmethod
    def from_settings(cls, settings: Settings) -> MonitoringJobsArgs:
        """The arguments for a stack, with a wheel built now."""
        return cls(
            gold_schema=f"{settings.catalog}.{settings.gold_schema}",
            assets_dir=settings.assets_dir,
            wheel=build_wheel(),
            parameters={name: parameters.defaults(settings) for name, parameters in PARAMETERS.items()},
            failure_emails=settings.failure_emails,
        )


class MonitoringJobs(pulumi.ComponentResource):
    """Three jobs on serverless compute; they run as the user or service principal that deploys them."""

    ids: pulumi.Output[dict[str, str]]
    """Id of each job by its name: ``setup``, ``document``, ``refresh``."""

    def __init__(
        self, name: str, args: MonitoringJobsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(TYPE, name, {"gold_schema": args.gold_schema}, opts)
        args.wheel.write(PROJECT / BUILD_FOLDER)
        self.wheel = databricks.WorkspaceFile(
            f"{name}-wheel",
            path=f"{args.assets_dir}/{args.wheel.name}",
            source=f"{BUILD_FOLDER}/{args.wheel.name}",
            # Said here, so that no operation needs to read the file to see that nothing has changed.
            md5=args.wheel.md5,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.jobs = {
            shape.name: databricks.Job(
                f"{name}-{shape.name}", **self._inputs(args, shape), opts=pulumi.ResourceOptions(parent=self)
            )
            for shape in SHAPES
        }
        self.ids = pulumi.Output.all(**{name: job.id for name, job in self.jobs.items()})
        self.register_outputs({"ids": self.ids})

    def _inputs(self, args: MonitoringJobsArgs, shape: JobShape) -> dict[str, Any]:
        """One job in the provider's words."""
        parameters = args.parameters[shape.name]
        inputs: dict[str, Any] = {
            # Always named: the package would add random characters otherwise.
            "name": f"Lakehouse monitors of {args.gold_schema}: {shape.name}",
            "description": shape.purpose,
            "parameters": [{"name": name, "default": value} for name, value in parameters.items()],
            "environments": [
                {
                    "environment_key": ENVIRONMENT,
                    "spec": {
                        "environment_version": ENVIRONMENT_VERSION,
                        "dependencies": [self.wheel.path.apply(workspace_path), *REQUIREMENTS],
                    },
                }
            ],
            "tasks": [
                {
                    "task_key": shape.name,
                    "environment_key": ENVIRONMENT,
                    "python_wheel_task": {
                        "package_name": PACKAGE,
                        "entry_point": shape.entry_point,
                        "named_parameters": {name: f"{{{{job.parameters.{name}}}}}" for name in parameters},
                    },
                }
            ],
            "timeout_seconds": shape.timeout_seconds,
            "max_concurrent_runs": 1,
            # A second start waits for the first to end; without a queue it would be skipped.
            "queue": {"enabled": True},
        }
        if shape.schedule is not None:
            inputs["schedule"] = dict(shape.schedule)
        if args.failure_emails:
            inputs["email_notifications"] = {"on_failures": list(args.failure_emails)}
        return inputs


def workspace_path(path: str) -> str:
    """A path of the workspace as a job's environment needs it: below ``/Workspace``."""
    return path if path.startswith("/Workspace/") else f"/Workspace{path}"


def monitoring_jobs(
    settings: Settings, provider: databricks.Provider
) -> pulumi.Output[dict[str, str]] | None:
    """Declare the jobs; gives their ids by name, None when the stack has none."""
    if not settings.jobs:
        return None
    options = pulumi.ResourceOptions(providers=[provider])
    return MonitoringJobs("jobs", MonitoringJobsArgs.from_settings(settings), options).ids
