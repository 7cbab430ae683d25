import pytest

from monitoring.jobs.status import CannotBeginError, JobFailedError, job_status


def test_a_run_ends_with_one_line_that_counts_the_statuses() -> None:
    said: list[str] = []
    with job_status("setup", said.append) as status:
        status.step("setting up")
        status.domain("cost", "created", failed=False)
        status.domain("job", "unchanged", failed=False)
        status.domain("cost", "documented", failed=False)
    assert said == [
        "setting up",
        "  cost: created",
        "  job: unchanged",
        "  cost: documented",
        "setup SUCCEEDED; 2 domains: 1 created, 1 unchanged, 1 documented",
    ]


def test_a_failed_domain_fails_the_run_at_its_end_and_is_named() -> None:
    said: list[str] = []

    def run() -> None:
        with job_status("setup", said.append) as status:
            status.domain("cost", "failed", "no\ncolumn", failed=True)
            status.domain("job", "created", failed=False)

    with pytest.raises(JobFailedError) as raised:
        run()
    assert said[-1] == "setup FAILED; 2 domains: 1 failed, 1 created; cost: no column"
    assert str(raised.value) == said[-1]


def test_an_unexpected_error_is_traced_and_ends_in_the_same_line() -> None:
    said: list[str] = []
    with pytest.raises(JobFailedError), job_status("refresh", said.append):
        raise RuntimeError("no network")
    assert said[0].startswith("Traceback (most recent call last):")
    assert said[-1] == "refresh FAILED; 0 domains; refresh: no network"


def test_a_run_that_cannot_begin_needs_no_trace() -> None:
    said: list[str] = []
    with pytest.raises(JobFailedError), job_status("refresh", said.append):
        raise CannotBeginError("wrong parameters")
    assert said == ["refresh FAILED; 0 domains; refresh: wrong parameters"]
