"""Warehouses, statements, files and jobs through the SDK."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import pytest
from databricks.sdk.errors import NotFound, ResourceDoesNotExist
from databricks.sdk.service import compute, iam, jobs, sql
from databricks.sdk.service.workspace import ExportFormat, ImportFormat, Language, ObjectType

from tests.local_workspace.contract.lifecycle import contract
from tests.local_workspace.server.test_statements import COUNTING, DIGITS

if TYPE_CHECKING:
    from tests.local_workspace.target import Target

STATEMENTS = "/api/2.0/sql/statements"
WAREHOUSES = "/api/2.0/sql/warehouses"
WAREHOUSE = f"{WAREHOUSES}/{{warehouse_id}}"
WORKSPACE = "/api/2.0/workspace"
JOBS = "/api/2.2/jobs"
OBJECT = "/api/2.0/permissions/{kind}/{id}"
SQL_OBJECT = "/api/2.0/permissions/sql/{kind}/{id}"
MANY = f"{DIGITS} SELECT n FROM ({COUNTING}) WHERE n < 12000 ORDER BY n"
"""A statement whose result has several chunks."""
WAITING = "import time\nprint('started', flush=True)\ntime.sleep(120)\n"


@contract(
    f"POST {STATEMENTS}",
    f"GET {STATEMENTS}/{{statement_id}}",
    f"GET {STATEMENTS}/{{statement_id}}/result/chunks/{{chunk_index}}",
    f"POST {STATEMENTS}/{{statement_id}}/cancel",
)
def statements(target: Target) -> None:
    """A statement is run, looked at again, read chunk by chunk, and cancelled when it is over."""
    execution = target.sdk.statement_execution
    ran = execution.execute_statement(MANY, target.warehouse_id, wait_timeout="30s")
    assert ran.status is not None
    assert ran.status.state is sql.StatementState.SUCCEEDED
    identifier = ran.statement_id or ""
    shown = execution.get_statement(identifier)
    assert shown.manifest is not None
    assert (shown.manifest.total_chunk_count or 0) > 1
    chunk = execution.get_statement_result_chunk_n(identifier, 1)
    assert chunk.chunk_index == 1
    assert (chunk.data_array or [])[0][0] == str(chunk.row_offset)
    execution.cancel_execution(identifier)
    after = execution.get_statement(identifier).status
    assert after is not None
    assert after.state is sql.StatementState.SUCCEEDED


@contract(
    f"GET {WAREHOUSES}",
    f"POST {WAREHOUSES}",
    f"GET {WAREHOUSE}",
    f"POST {WAREHOUSE}/edit",
    f"POST {WAREHOUSE}/start",
    f"POST {WAREHOUSE}/stop",
    f"DELETE {WAREHOUSE}",
    "GET /api/2.0/preview/sql/data_sources",
)
def warehouses(target: Target) -> None:
    """A warehouse is made, changed, stopped, started and removed; it has a data source."""
    sdk = target.sdk.warehouses
    identifier = sdk.create_and_wait(name="second", cluster_size="Small").id or ""
    sdk.edit_and_wait(identifier, name="renamed", cluster_size="Small")
    assert sdk.get(identifier).name == "renamed"
    assert sdk.stop_and_wait(identifier).state is sql.State.STOPPED
    assert sdk.start_and_wait(identifier).state is sql.State.RUNNING
    assert identifier in {warehouse.id for warehouse in sdk.list()}
    assert identifier in {source.warehouse_id for source in target.sdk.data_sources.list()}
    sdk.delete(identifier)
    with pytest.raises((NotFound, ResourceDoesNotExist)):
        sdk.get(identifier)


@contract(f"GET {OBJECT}", f"PUT {OBJECT}", f"GET {SQL_OBJECT}", f"PUT {SQL_OBJECT}")
def permissions_on_objects(target: Target) -> None:
    """A group may use a warehouse, under the short and under the long name of its kind."""
    allowed = iam.AccessControlRequest(group_name="users", permission_level=iam.PermissionLevel.CAN_USE)
    for kind in ("warehouses", "sql/warehouses"):
        target.sdk.permissions.set(kind, target.warehouse_id, access_control_list=[allowed])
        shown = target.sdk.permissions.get(kind, target.warehouse_id)
        assert "users" in {row.group_name for row in shown.access_control_list or []}


@contract(
    f"POST {WORKSPACE}/import",
    f"GET {WORKSPACE}/get-status",
    f"POST {WORKSPACE}/mkdirs",
    f"GET {WORKSPACE}/list",
    f"POST {WORKSPACE}/delete",
    f"GET {WORKSPACE}/export",
)
def workspace_files(target: Target) -> None:
    """A notebook and a file are brought in, listed, read back both ways and removed."""
    sdk = target.sdk.workspace
    sdk.mkdirs("/Shared/contract")
    code = "print(1)\n"
    content = base64.b64encode(code.encode()).decode()
    sdk.import_(
        "/Shared/contract/book", content=content, format=ImportFormat.SOURCE, language=Language.PYTHON
    )
    sdk.upload("/Shared/contract/data.txt", io.BytesIO(b"text"), format=ImportFormat.RAW)
    assert sdk.get_status("/Shared/contract/book").object_type is ObjectType.NOTEBOOK
    listed = [entry.path for entry in sdk.list("/Shared/contract")]
    assert listed == ["/Shared/contract/book", "/Shared/contract/data.txt"]
    exported = sdk.export("/Shared/contract/book", format=ExportFormat.SOURCE).content or ""
    assert code in base64.b64decode(exported).decode()
    assert sdk.download("/Shared/contract/data.txt").read() == b"text"
    sdk.delete("/Shared/contract", recursive=True)
    with pytest.raises((NotFound, ResourceDoesNotExist)):
        sdk.get_status("/Shared/contract")


def python_task(target: Target, code: str) -> dict[str, object]:
    """Settings of a job with one task that runs this code."""
    target.sdk.workspace.upload("/Shared/task.py", io.BytesIO(code.encode()), format=ImportFormat.RAW)
    task = jobs.Task(
        "only",
        environment_key="default",
        spark_python_task=jobs.SparkPythonTask("/Shared/task.py"),
    )
    environment = jobs.JobEnvironment("default", compute.Environment(environment_version="4"))
    return {"tasks": [task], "environments": [environment]}


@contract(
    f"POST {JOBS}/create",
    f"GET {JOBS}/get",
    f"GET {JOBS}/list",
    f"POST {JOBS}/reset",
    f"POST {JOBS}/update",
    f"POST {JOBS}/delete",
)
def job_definitions(target: Target) -> None:
    """A job is made, listed, replaced, changed and removed."""
    settings = python_task(target, "print('hello')")
    job_id = target.sdk.jobs.create(name="first", **settings).job_id or 0  # type: ignore[arg-type]
    assert [job.job_id for job in target.sdk.jobs.list(name="first")] == [job_id]
    target.sdk.jobs.reset(job_id, jobs.JobSettings(name="second", **settings))  # type: ignore[arg-type]
    target.sdk.jobs.update(job_id, new_settings=jobs.JobSettings(timeout_seconds=60))
    shown = target.sdk.jobs.get(job_id).settings
    assert shown is not None
    assert (shown.name, shown.timeout_seconds, len(shown.tasks or [])) == ("second", 60, 1)
    target.sdk.jobs.delete(job_id)
    assert list(target.sdk.jobs.list()) == []


@contract(
    f"POST {JOBS}/run-now",
    f"GET {JOBS}/runs/get",
    f"GET {JOBS}/runs/get-output",
    f"GET {JOBS}/runs/list",
)
def job_runs(target: Target) -> None:
    """A job is run to its end, and what it printed is read."""
    job_id = target.sdk.jobs.create(name="a job", **python_task(target, "print('hello')")).job_id or 0  # type: ignore[arg-type]
    run = target.sdk.jobs.run_now_and_wait(job_id)
    assert run.state is not None
    assert run.state.result_state is jobs.RunResultState.SUCCESS
    (task,) = run.tasks or []
    assert (target.sdk.jobs.get_run_output(task.run_id or 0).logs or "").strip() == "hello"
    assert [one.run_id for one in target.sdk.jobs.list_runs(job_id=job_id)] == [run.run_id]


@contract(f"POST {JOBS}/runs/cancel")
def cancelled_run(target: Target) -> None:
    """A run that goes on is stopped."""
    job_id = target.sdk.jobs.create(name="a job", **python_task(target, WAITING)).job_id or 0  # type: ignore[arg-type]
    run_id = target.sdk.jobs.run_now(job_id).run_id
    ended = target.sdk.jobs.cancel_run_and_wait(run_id)
    assert ended.state is not None
    assert ended.state.result_state is jobs.RunResultState.CANCELED
