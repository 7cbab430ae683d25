"""What becomes of runs when the workspace is killed, or stopped, and started again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local_workspace.job_target import (
    API,
    create,
    file_task,
    finished,
    output,
    result,
    start,
    state,
)
from tests.local_workspace.server.test_job_runs import FOREVER, alive, begun
from tests.local_workspace.target import Server, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "state")
    yield server
    server.stop()


def forever_once(marker: Path) -> str:
    """Code that never ends the first time and ends at once the second time; it leaves its process id."""
    return (
        f"import os, pathlib, sys\nmarker = pathlib.Path({str(marker)!r})\n"
        "if marker.exists(): sys.exit(print('second'))\n"
        "marker.write_text(str(os.getpid()))\n" + FOREVER
    )


@pytest.mark.parametrize("kill", [True, False], ids=["killed", "stopped"])
def test_interrupted_attempt_without_retries_ends_its_run_with_an_internal_error(
    server: Server, tmp_path: Path, kill: bool
) -> None:
    target, marker = server.start(), tmp_path / "marker"
    run_id = start(target, create(target, file_task(target, "x", forever_once(marker))))
    begun(target, run_id)
    server.kill() if kill else server.stop()
    target.raw.close()
    until(lambda: alive(int(marker.read_text())), lambda living: not living)
    again = server.start()
    run = finished(again, run_id)
    assert run.state is not None
    assert run.state.life_cycle_state is not None
    assert run.state.life_cycle_state.value == "INTERNAL_ERROR"
    assert run.state.state_message == "Task x failed with message: The workspace ended while the task ran."
    assert output(again, run, "x").logs == "begun\n"
    again.raw.close()


def test_interrupted_attempt_is_repeated_when_the_task_may_be_tried_again(
    server: Server, tmp_path: Path
) -> None:
    target = server.start()
    first = file_task(target, "first", "print('once')")
    task = file_task(
        target, "x", forever_once(tmp_path / "marker"), max_retries=1, depends_on=[{"task_key": "first"}]
    )
    run_id = start(target, create(target, first, task))
    until((tmp_path / "marker").exists, bool, seconds=30)
    before = {one.task_key: one.run_id for one in target.sdk.jobs.get_run(run_id).tasks or []}
    server.kill()
    target.raw.close()
    again = server.start()
    run = finished(again, run_id)
    assert result(run) == "SUCCESS"
    assert output(again, run, "x").logs == "second\n"
    after = {one.task_key: one.run_id for one in run.tasks or []}
    assert after["first"] == before["first"]
    assert after["x"] != before["x"]
    again.raw.close()


def test_run_that_waits_still_waits_after_a_kill(server: Server, tmp_path: Path) -> None:
    target = server.start()
    code = forever_once(tmp_path / "marker")
    job_id = create(target, file_task(target, "x", code), queue={"enabled": True})
    first = start(target, job_id)
    begun(target, first)
    second = start(target, job_id)
    assert state(target, second) == "QUEUED"
    server.kill()
    target.raw.close()
    again = server.start()
    assert result(finished(again, first)) == "FAILED"
    assert result(finished(again, second)) == "SUCCESS"
    again.raw.close()


def test_job_and_its_schedule_survive_a_kill(server: Server) -> None:
    target = server.start()
    target.post("/__local/clock", {"now": "2030-05-01T05:59:00Z"})
    schedule = {"quartz_cron_expression": "0 0 6 * * ?", "timezone_id": "UTC"}
    job_id = create(target, file_task(target, "x", "print(1)"), schedule=schedule)
    before = target.get(f"{API}/get", job_id=str(job_id)).json()
    server.kill()
    target.raw.close()
    again = server.start()
    assert again.get(f"{API}/get", job_id=str(job_id)).json() == before
    again.post("/__local/clock", {"advance_seconds": 120})
    (run,) = until(lambda: list(again.sdk.jobs.list_runs(job_id=job_id)), bool)
    assert result(finished(again, run.run_id or 0)) == "SUCCESS"
    again.raw.close()
