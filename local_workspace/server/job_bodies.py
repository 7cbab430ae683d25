"""Shapes of the bodies of jobs and runs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from local_workspace.server.bodies import Body

Unread = dict[str, Any]
"""Kept and given back as sent; nothing here looks into it."""


class Dependency(Body):
    """An entry of `depends_on`."""

    task_key: str
    outcome: str | None = None


class PythonWheelTask(Body):
    """`python_wheel_task`."""

    package_name: str
    entry_point: str
    parameters: list[str] | None = None
    named_parameters: dict[str, str] | None = None


class SparkPythonTask(Body):
    """`spark_python_task`."""

    python_file: str
    parameters: list[str] | None = None
    source: Literal["WORKSPACE", "GIT"] | None = None


class SqlFile(Body):
    """`sql_task.file`."""

    path: str
    source: Literal["WORKSPACE", "GIT"] | None = None


class SqlTask(Body):
    """`sql_task`."""

    warehouse_id: str
    file: SqlFile | None = None
    query: Unread | None = None
    alert: Unread | None = None
    dashboard: Unread | None = None
    parameters: dict[str, str] | None = None


class EmailNotifications(Body):
    """`email_notifications` of a job or a task."""

    on_start: list[str] | None = None
    on_success: list[str] | None = None
    on_failure: list[str] | None = None
    on_duration_warning_threshold_exceeded: list[str] | None = None
    on_streaming_backlog_exceeded: list[str] | None = None
    no_alert_for_skipped_runs: bool | None = None


class Task(Body):
    """An entry of `tasks`."""

    task_key: Annotated[str, Field(pattern=r"^[\w-]{1,100}$")]
    description: str | None = None
    depends_on: list[Dependency] | None = None
    run_if: (
        Literal[
            "ALL_SUCCESS",
            "ALL_DONE",
            "NONE_FAILED",
            "AT_LEAST_ONE_SUCCESS",
            "ALL_FAILED",
            "AT_LEAST_ONE_FAILED",
        ]
        | None
    ) = None
    disabled: bool | None = None
    environment_key: str | None = None
    job_cluster_key: str | None = None
    existing_cluster_id: str | None = None
    new_cluster: Unread | None = None
    compute: Unread | None = None
    libraries: list[Unread] | None = None
    max_retries: int | None = None
    min_retry_interval_millis: int | None = None
    retry_on_timeout: bool | None = None
    disable_auto_optimization: bool | None = None
    timeout_seconds: int | None = None
    email_notifications: EmailNotifications | None = None
    webhook_notifications: Unread | None = None
    notification_settings: Unread | None = None
    health: Unread | None = None
    python_wheel_task: PythonWheelTask | None = None
    spark_python_task: SparkPythonTask | None = None
    sql_task: SqlTask | None = None
    alert_task: Unread | None = None
    clean_rooms_notebook_task: Unread | None = None
    condition_task: Unread | None = None
    dashboard_task: Unread | None = None
    dbt_cloud_task: Unread | None = None
    dbt_platform_task: Unread | None = None
    dbt_task: Unread | None = None
    for_each_task: Unread | None = None
    gen_ai_compute_task: Unread | None = None
    notebook_task: Unread | None = None
    pipeline_task: Unread | None = None
    power_bi_task: Unread | None = None
    run_job_task: Unread | None = None
    spark_jar_task: Unread | None = None
    spark_submit_task: Unread | None = None


class EnvironmentSpecification(Body):
    """`environments.spec`."""

    environment_version: str | None = None
    client: str | None = None
    dependencies: list[str] | None = None
    base_environment: str | None = None
    java_dependencies: list[str] | None = None


class Environment(Body):
    """An entry of `environments`."""

    environment_key: str
    spec: EnvironmentSpecification | None = None


class Parameter(Body):
    """An entry of `parameters`."""

    name: Annotated[str, Field(pattern=r"^[\w.-]+$")]
    default: str


class Schedule(Body):
    """`schedule`."""

    quartz_cron_expression: str
    timezone_id: str
    pause_status: Literal["PAUSED", "UNPAUSED"] | None = None


class Queue(Body):
    """`queue`."""

    enabled: bool


class RunAs(Body):
    """`run_as`."""

    user_name: str | None = None
    service_principal_name: str | None = None


class Settings(Body):
    """The settings of a job."""

    name: str | None = None
    description: str | None = None
    tasks: list[Task] | None = None
    environments: list[Environment] | None = None
    parameters: list[Parameter] | None = None
    schedule: Schedule | None = None
    trigger: Unread | None = None
    continuous: Unread | None = None
    timeout_seconds: int | None = None
    max_concurrent_runs: int | None = None
    queue: Queue | None = None
    run_as: RunAs | None = None
    tags: dict[str, str] | None = None
    email_notifications: EmailNotifications | None = None
    webhook_notifications: Unread | None = None
    notification_settings: Unread | None = None
    health: Unread | None = None
    job_clusters: list[Unread] | None = None
    git_source: Unread | None = None
    format: Literal["MULTI_TASK"] | None = None
    performance_target: Literal["PERFORMANCE_OPTIMIZED", "STANDARD"] | None = None
    edit_mode: Literal["EDITABLE", "UI_LOCKED"] | None = None
    deployment: Unread | None = None
    budget_policy_id: str | None = None
    usage_policy_id: str | None = None


class ResetJob(Body):
    """Body that replaces the settings of a job."""

    job_id: int
    new_settings: Settings


class UpdateJob(Body):
    """Body that changes some settings of a job."""

    job_id: int
    new_settings: Settings | None = None
    fields_to_remove: list[str] | None = None


class JobReference(Body):
    """Body that names a job."""

    job_id: int


class RunReference(Body):
    """Body that names a run."""

    run_id: int


class RunNow(Body):
    """Body that starts a run."""

    job_id: int
    job_parameters: dict[str, str] | None = None
    idempotency_token: Annotated[str, Field(max_length=64)] | None = None
    queue: Queue | None = None
