"""Runs of jobs: real processes and statements, with parameters, retries, order, limits and a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from databricks.sdk.errors import InvalidParameterValue, NotFound
from databricks.sdk.service.jobs import TriggerType

from tests.local_workspace.job_target import (
    API,
    WHEEL,
    create,
    file_task,
    finished,
    output,
    result,
    results,
    run_to_end,
    start,
    state,
    upload,
    wheel,
    wheel_job,
)
from tests.local_workspace.server.test_statements import ENDLESS
from tests.local_workspace.target import TOKEN, until

if TYPE_CHECKING:
    from pathlib import Path

    from databricks.sdk.service.jobs import Run

    from tests.local_workspace.target import Target

GREETING = "import sys\ndef main():\n    print('hello', *sys.argv[1:])\n"
FOREVER = "import time\nprint('begun', flush=True)\ntime.sleep(600)\n"
PARAMETERS = [{"name": "catalog", "default": "main"}]


def message(run: Run) -> str:
    assert run.state is not None
    return run.state.state_message or ""


def begun(target: Target, run_id: int) -> None:
    """Wait until the only task of a run has printed something."""

    def logs() -> str:
        answer = target.get(f"{API}/runs/get-output", run_id=str(run_id)).json()
        return str(answer.get("logs", ""))

    until(logs, bool, seconds=30)


def test_file_runs_and_what_it_prints_is_kept(workspace: Target) -> None:
    code = "import sys\nprint('out', *sys.argv[1:])\nprint('err', file=sys.stderr)"
    path = upload(workspace, "/Shared/x.py", code)
    task = {
        "task_key": "x",
        "environment_key": "default",
        "spark_python_task": {
            "python_file": path,
            "parameters": ["{{job.parameters.catalog}}", "{{task.name}}"],
        },
    }
    run = run_to_end(workspace, task, parameters=PARAMETERS)
    assert result(run) == "SUCCESS"
    assert output(workspace, run, "x").logs == "out main x\nerr\n"
    assert run.trigger is TriggerType.ONE_TIME
    assert run.run_duration is not None


def test_entry_point_of_a_wheel_gets_named_parameters(workspace: Target) -> None:
    upload(workspace, WHEEL, wheel({"greeting.py": GREETING}))
    job = wheel_job([WHEEL], named_parameters={"to": "{{job.parameters.catalog}}", "n": "1"})
    run = finished(
        workspace, start(workspace, create(workspace, **job, parameters=PARAMETERS), catalog="it's")
    )
    assert (result(run), message(run)) == ("SUCCESS", "")
    assert output(workspace, run, "greet").logs == "hello --to=it's --n=1 --catalog=it's\n"
    assert [parameter.as_dict() for parameter in run.job_parameters or []] == [
        {"name": "catalog", "default": "main", "value": "it's"}
    ]


def test_code_reaches_the_workspace_as_its_user_and_sees_nothing_else_of_the_server(
    shared_server: Target,
) -> None:
    shared_server.post("/__local/reset", {"everything": True})
    code = (
        "import os, sys\nfrom databricks.sdk import WorkspaceClient\n"
        "print(WorkspaceClient().current_user.me().user_name)\n"
        "print(sorted(name for name in os.environ if 'LOCAL' in name), os.listdir())\n"
        "try:\n    import local_workspace\nexcept ImportError:\n    print('alone')\n"
    )
    run = run_to_end(shared_server, file_task(shared_server, "who", code))
    assert output(shared_server, run, "who").logs == "local.user@example.com\n[] []\nalone\n"
    assert TOKEN not in str(run.as_dict())


def test_error_of_the_code_is_told_with_its_own_trace(workspace: Target) -> None:
    run = run_to_end(workspace, file_task(workspace, "x", "def f():\n    1 / 0\nf()\n"))
    assert result(run) == "FAILED"
    assert message(run) == "Task x failed with message: ZeroDivisionError: division by zero"
    told = output(workspace, run, "x")
    assert told.error == "ZeroDivisionError: division by zero"
    trace = told.error_trace or ""
    assert trace in (told.logs or "")
    assert trace.startswith("Traceback (most recent call last):\n")
    assert "launcher" not in trace


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("raise SystemExit('no gold')", "SystemExit: no gold"),
        ("import os; os._exit(7)", "the process ended with exit code 7"),
    ],
)
def test_other_ends_than_success_fail(local: Target, code: str, expected: str) -> None:
    run = run_to_end(local, file_task(local, "x", code))
    assert (result(run), output(local, run, "x").error) == ("FAILED", expected)


def test_sql_file_runs_statement_by_statement_on_the_warehouse(workspace: Target) -> None:
    sql = "CREATE TABLE main.default.t (a STRING); -- one; two\nINSERT INTO main.default.t VALUES (';'), (:x);\n"
    path = upload(workspace, "/Shared/x.sql", sql)
    task = {"warehouse_id": workspace.warehouse_id, "file": {"path": path}, "parameters": {"x": "it's"}}
    run = run_to_end(workspace, {"task_key": "sql", "sql_task": task})
    assert (result(run), message(run)) == ("SUCCESS", "")
    assert workspace.rows("SELECT a FROM main.default.t ORDER BY a") == [[";"], ["it's"]]
    assert (output(workspace, run, "sql").logs or "").startswith("statement 1 of 2: SUCCEEDED")


def test_first_failing_statement_ends_a_sql_task(local: Target) -> None:
    path = upload(local, "/Shared/x.sql", "SELECT * FROM nothing; CREATE TABLE main.default.t (a INT)")
    task = {"warehouse_id": local.warehouse_id, "file": {"path": path}}
    run = run_to_end(local, {"task_key": "sql", "sql_task": task})
    assert result(run) == "FAILED"
    assert message(run).startswith(
        "Task sql failed with message: statement 1 of 2: [TABLE_OR_VIEW_NOT_FOUND]"
    )
    assert local.get("/api/2.1/unity-catalog/tables/main.default.t").status_code == 404


NOT_RUNNABLE: list[tuple[dict[str, Any], str]] = [
    (
        {"notebook_task": {"notebook_path": "/Shared/n"}},
        (
            "the local workspace does not run notebook_task; "
            "it runs python_wheel_task, spark_python_task, sql_task"
        ),
    ),
    (
        {"spark_python_task": {"python_file": "/Shared/none.py"}},
        "the local workspace has no clusters; give the task an environment_key (serverless)",
    ),
    (
        {"environment_key": "default", "spark_python_task": {"python_file": "/Shared/none.py"}},
        "Path (/Shared/none.py) doesn't exist.",
    ),
    (
        {"environment_key": "default", "spark_python_task": {"python_file": "dbfs:/x.py"}},
        "'dbfs:/x.py' is not a workspace file; the local workspace runs those only",
    ),
    (
        {"sql_task": {"warehouse_id": "w", "query": {"query_id": "q"}}},
        "the local workspace runs SQL tasks with a file of the workspace only",
    ),
    (
        {"sql_task": {"warehouse_id": "w", "file": {"path": "/Shared/x.sql"}}},
        "/Shared/x.sql: SQL warehouse w does not exist.",
    ),
]


@pytest.mark.parametrize(("task", "reason"), NOT_RUNNABLE, ids=[reason for _, reason in NOT_RUNNABLE])
def test_task_that_cannot_be_run_here_fails_and_says_why(
    local: Target, task: dict[str, Any], reason: str
) -> None:
    run = run_to_end(local, {"task_key": "x", **task})
    assert (result(run), message(run)) == ("FAILED", f"Task x failed with message: {reason}")
    assert output(local, run, "x").error == reason


@pytest.mark.parametrize(
    ("dependencies", "reason"),
    [
        (
            ["/Shared/none-1.0-py3-none-any.whl"],
            (
                "dependency '/Shared/none-1.0-py3-none-any.whl': "
                "Path (/Shared/none-1.0-py3-none-any.whl) doesn't exist."
            ),
        ),
        (
            ["no-such-package>=1"],
            (
                "dependency 'no-such-package>=1': the local workspace installs nothing; "
                "it runs with no-such-package (none)"
            ),
        ),
        (["-r x.txt"], "dependency '-r x.txt' is neither a package nor a wheel in the workspace"),
        (
            [WHEEL.replace("any.whl", "win32.whl")],
            (
                f"dependency '{WHEEL.replace('any.whl', 'win32.whl')}' is not pure Python; "
                "the local workspace runs pure wheels only"
            ),
        ),
    ],
)
def test_environment_that_cannot_be_had_fails_the_task(
    local: Target, dependencies: list[str], reason: str
) -> None:
    upload(local, WHEEL.replace("any.whl", "win32.whl"), wheel({"greeting.py": GREETING}))
    run = run_to_end(local, **wheel_job(dependencies))
    assert (result(run), message(run)) == ("FAILED", f"Task greet failed with message: {reason}")


def test_what_a_wheel_needs_itself_is_looked_for_too(local: Target) -> None:
    upload(local, WHEEL, wheel({"greeting.py": GREETING}, requires=("pytest>=1", "pytest<1")))
    run = run_to_end(local, **wheel_job([WHEEL]))
    assert "dependency 'pytest<1'" in message(run)
    assert "pytest>=1" not in message(run)


def test_tasks_run_in_their_order_and_those_below_a_failure_do_not(workspace: Target) -> None:
    def after(*keys: str) -> dict[str, Any]:
        return {"depends_on": [{"task_key": key} for key in keys]}

    run = run_to_end(
        workspace,
        file_task(workspace, "first", "print(1)"),
        file_task(workspace, "bad", "1 / 0", **after("first")),
        file_task(workspace, "below", "print(1)", **after("bad")),
        file_task(workspace, "always", "print(1)", run_if="ALL_DONE", **after("bad")),
        file_task(workspace, "off", "1 / 0", disabled=True),
    )
    assert results(run) == {
        "first": "SUCCESS",
        "bad": "FAILED",
        "below": "UPSTREAM_FAILED",
        "always": "SUCCESS",
        "off": "DISABLED",
    }
    assert result(run) == "FAILED"


def test_failed_task_is_tried_again_as_often_as_it_may_be(workspace: Target, tmp_path: Path) -> None:
    count = tmp_path / "count"
    code = (
        f"import pathlib\nfile = pathlib.Path({str(count)!r})\n"
        "tries = file.read_text() + 'x' if file.exists() else 'x'\nfile.write_text(tries)\n"
        "assert len(tries) == 3, tries\n"
    )
    run = run_to_end(workspace, file_task(workspace, "x", code, max_retries=2))
    assert result(run) == "SUCCESS"
    assert [task.attempt_number for task in run.tasks or []] == [2]
    count.unlink()
    again = run_to_end(workspace, file_task(workspace, "x", code, max_retries=1))
    assert (result(again), count.read_text()) == ("FAILED", "xx")


def test_cancelled_run_ends_with_all_its_processes(workspace: Target, tmp_path: Path) -> None:
    child = tmp_path / "child"
    code = (
        "import pathlib, subprocess, sys\n"
        "process = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(child)!r}).write_text(str(process.pid))\n" + FOREVER
    )
    run_id = start(workspace, create(workspace, file_task(workspace, "x", code)))
    begun(workspace, run_id)
    assert state(workspace, run_id) == "RUNNING"
    workspace.sdk.jobs.cancel_run(run_id)
    run = finished(workspace, run_id)
    assert (result(run), results(run)) == ("CANCELED", {"x": "CANCELED"})
    assert run.state is not None
    assert run.state.user_cancelled_or_timedout
    until(lambda: alive(int(child.read_text())), lambda living: not living)


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has collected yet does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123 - a file of the kernel
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_task_that_takes_too_long_is_stopped(local: Target) -> None:
    run = run_to_end(local, file_task(local, "x", FOREVER, timeout_seconds=1))
    assert (result(run), results(run)) == ("FAILED", {"x": "TIMEDOUT"})


def test_job_that_takes_too_long_is_stopped(local: Target) -> None:
    tasks = [
        file_task(local, "x", FOREVER),
        file_task(local, "y", "print(1)", depends_on=[{"task_key": "x"}]),
    ]
    run = run_to_end(local, *tasks, timeout_seconds=1)
    assert (result(run), results(run)) == ("TIMEDOUT", {"x": "TIMEDOUT", "y": "TIMEDOUT"})


def test_sql_that_takes_too_long_is_stopped(local: Target) -> None:
    path = upload(local, "/Shared/x.sql", ENDLESS)
    task = {"warehouse_id": local.warehouse_id, "file": {"path": path}}
    run = run_to_end(local, {"task_key": "x", "sql_task": task, "timeout_seconds": 1})
    assert results(run) == {"x": "TIMEDOUT"}, message(run)


def test_second_run_waits_for_its_turn_or_is_skipped(workspace: Target) -> None:
    job_id = create(workspace, file_task(workspace, "x", FOREVER), queue={"enabled": True})
    first = start(workspace, job_id)
    begun(workspace, first)
    second = start(workspace, job_id)
    assert state(workspace, second) == "QUEUED"
    answer = workspace.post(f"{API}/run-now", {"job_id": job_id, "queue": {"enabled": False}})
    skipped = workspace.sdk.jobs.get_run(answer.json()["run_id"])
    assert result(skipped) == "MAXIMUM_CONCURRENT_RUNS_REACHED"
    workspace.sdk.jobs.cancel_run(first)
    until(lambda: state(workspace, second), lambda found: found == "RUNNING", seconds=30)
    workspace.sdk.jobs.cancel_run(second)
    assert result(finished(workspace, second)) == "CANCELED"


def test_two_runs_at_once_when_the_job_allows_it(local: Target) -> None:
    job_id = create(local, file_task(local, "x", FOREVER), max_concurrent_runs=2)
    runs = [start(local, job_id) for _ in range(2)]
    for run_id in runs:
        begun(local, run_id)
    assert [state(local, run_id) for run_id in runs] == ["RUNNING", "RUNNING"]
    local.sdk.jobs.delete(job_id)
    assert [result(finished(local, run_id)) for run_id in runs] == ["CANCELED", "CANCELED"]


def test_second_request_with_the_same_token_gives_the_same_run(local: Target) -> None:
    body = {"job_id": create(local, file_task(local, "x", "print(1)")), "idempotency_token": "t"}
    assert local.post(f"{API}/run-now", body).json() == local.post(f"{API}/run-now", body).json()


def test_schedule_fires_by_the_clock_of_the_workspace_unless_it_is_paused(workspace: Target) -> None:
    workspace.post("/__local/clock", {"now": "2030-05-01T05:59:00Z"})
    schedule = {"quartz_cron_expression": "0 0 6 * * ?", "timezone_id": "UTC"}
    task = file_task(workspace, "x", "print(1)")
    fires = create(workspace, task, schedule=schedule)
    paused = create(workspace, task, schedule={**schedule, "pause_status": "PAUSED"})
    workspace.post("/__local/clock", {"advance_seconds": 120})
    (run,) = until(lambda: list(workspace.sdk.jobs.list_runs(job_id=fires)), bool)
    assert run.trigger is TriggerType.PERIODIC
    assert result(finished(workspace, run.run_id or 0)) == "SUCCESS"
    assert list(workspace.sdk.jobs.list_runs(job_id=paused)) == []


def test_runs_are_listed_newest_first_and_by_state(local: Target) -> None:
    job_id = create(local, file_task(local, "x", "print(1)"), max_concurrent_runs=5)
    ids = [start(local, job_id) for _ in range(3)]
    for run_id in ids:
        finished(local, run_id)
    assert [run.run_id for run in local.sdk.jobs.list_runs(job_id=job_id)] == ids[::-1]
    assert list(local.sdk.jobs.list_runs(active_only=True)) == []
    assert len(list(local.sdk.jobs.list_runs(completed_only=True, limit=2))) == 3
    answer = local.get(f"{API}/runs/list", active_only="true", completed_only="true")
    assert answer.json()["message"] == "active_only and completed_only cannot both be true"


def test_output_is_given_task_by_task(local: Target) -> None:
    run = run_to_end(local, file_task(local, "x", "print(1)"), file_task(local, "y", "print(2)"))
    with pytest.raises(InvalidParameterValue, match="runs with multiple tasks is not supported"):
        local.sdk.jobs.get_run_output(run.run_id or 0)
    assert output(local, run, "y").logs == "2\n"


def test_long_logs_are_cut_at_their_beginning(local: Target) -> None:
    code = "import sys\nfor n in range(6): sys.stdout.write(str(n) * 2**20)\nprint('end')"
    run = run_to_end(local, file_task(local, "x", code))
    told = output(local, run, "x")
    assert told.logs_truncated
    assert told.logs is not None
    assert (len(told.logs), told.logs[-5:]) == (5 * 2**20, "5end\n")


def test_run_that_is_none_is_named(local: Target) -> None:
    with pytest.raises(NotFound, match=r"Run 77 does not exist\."):
        local.sdk.jobs.get_run(77)


def test_reset_of_everything_stops_and_forgets_runs(workspace: Target) -> None:
    run_id = start(workspace, create(workspace, file_task(workspace, "x", FOREVER)))
    begun(workspace, run_id)
    assert workspace.post("/__local/reset", {"everything": True}).status_code == 200
    assert list(workspace.sdk.jobs.list()) == []
    assert workspace.get(f"{API}/runs/get", run_id=str(run_id)).status_code == 404
