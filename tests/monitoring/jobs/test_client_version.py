from importlib import metadata

import pytest

from monitoring.jobs import document, refresh, setup
from monitoring.jobs.client_version import ClientVersionError, require_client
from monitoring.jobs.status import JobFailedError


def answer(monkeypatch: pytest.MonkeyPatch, version: str | None) -> None:
    def found(_package: str) -> str:
        if version is None:
            raise metadata.PackageNotFoundError
        return version

    monkeypatch.setattr(metadata, "version", found)


@pytest.mark.parametrize("version", ["0.28.0", "0.156.0", "1.0.0"])
def test_a_new_enough_client_is_fine(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    answer(monkeypatch, version)
    require_client()


@pytest.mark.parametrize(("version", "named"), [("0.27.1", "0.27.1"), ("0.9.0", "0.9.0"), (None, "none")])
def test_an_old_or_missing_client_is_named_with_the_one_needed(
    monkeypatch: pytest.MonkeyPatch, version: str | None, named: str
) -> None:
    answer(monkeypatch, version)
    with pytest.raises(ClientVersionError) as raised:
        require_client()
    assert str(raised.value) == (
        f"databricks-sdk {named} is installed, databricks-sdk>=0.28.0 is needed; "
        "declare it in the environment of the job"
    )


@pytest.mark.parametrize("job", [setup, document, refresh], ids=lambda job: job.__name__.rpartition(".")[2])
def test_every_job_fails_at_its_first_step_with_an_old_client(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], job: object
) -> None:
    answer(monkeypatch, "0.1.0")
    name = job.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
    with pytest.raises(JobFailedError):
        job.main()  # type: ignore[attr-defined]
    assert capsys.readouterr().out == (
        f"{name} FAILED; 0 domains; {name}: databricks-sdk 0.1.0 is installed, databricks-sdk>=0.28.0 is needed; "
        "declare it in the environment of the job\n"
    )
