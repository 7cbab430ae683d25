import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.domains import DOMAINS
from monitoring.jobs.parameters import DOCUMENT, REFRESH, SETUP, JobParameters, ParametersError
from monitoring.settings import Settings

HOST = "https://workspace.example.com"
BASE = {"catalog": "main", "gold_schema": "gold", "host": HOST}
JOBS = pytest.mark.parametrize("job", [SETUP, DOCUMENT, REFRESH], ids=["setup", "document", "refresh"])


def argv(values: dict[str, str]) -> list[str]:
    return [f"--{name}={value}" for name, value in values.items()]


def stack(**values: object) -> Settings:
    return Settings.from_stack("dev", {**BASE, **values}, {})


def read(job: JobParameters, settings: Settings, **changes: str) -> Settings:
    return job.read(argv(job.defaults(settings) | changes)).settings(HOST)


@JOBS
def test_defaults_are_read_back_as_the_stack(job: JobParameters) -> None:
    settings = stack()
    found = read(job, settings)
    for key in job.keys:
        assert getattr(found, key) == getattr(settings, key)


CHOICES = st.dictionaries(
    st.sampled_from([domain.name for domain in DOMAINS]),
    st.one_of(
        st.none(),
        st.fixed_dictionaries(
            {},
            optional={
                "schedule": st.one_of(
                    st.none(),
                    st.just("0 30 4 * * ?"),
                    st.just({"quartz": "0 0 1 * * ?", "timezone": "Asia/Tokyo"}),
                ),
                "granularities": st.just(["1 day", "1 week"]),
                "slices": st.just([]),
            },
        ),
    ),
    min_size=1,
)


@given(CHOICES, st.lists(st.sampled_from(["a@example.com", "b@example.com"]), unique=True))
def test_any_choice_of_domains_reaches_the_job_unchanged(
    choice: dict[str, object], emails: list[str]
) -> None:
    settings = stack(domains=choice, failure_emails=emails)
    found = read(SETUP, settings)
    assert found.domains == settings.domains
    assert found.failure_emails == settings.failure_emails


def test_all_domains_as_they_are_declared_need_no_text() -> None:
    assert SETUP.defaults(stack())["domains"] == ""


def test_only_what_differs_is_said() -> None:
    settings = stack(domains={"cost": None, "job": {"slices": ["job_name"]}})
    assert json.loads(REFRESH.defaults(settings)["domains"]) == {
        "cost": None,
        "job": {"slices": ["job_name"]},
    }


def test_values_of_a_run_win() -> None:
    found = read(SETUP, stack(), catalog="other", output_schema="mine")
    assert (found.catalog, found.output_schema) == ("other", "mine")


def test_every_wrong_parameter_is_named() -> None:
    with pytest.raises(ParametersError) as raised:
        read(SETUP, stack(), catalog="No", domains='{"jop": null}', failure_emails="[")
    assert str(raised.value) == (
        "the parameters of the job are wrong:\n"
        "  catalog: 'No' is not allowed; give a name in lower case of letters, digits and underscores, "
        "as Unity Catalog stores it\n"
        "  failure_emails: '[' is not allowed; give a list of at most 5 e-mail addresses\n"
        "  domains: unknown domain 'jop'; did you mean 'job'?"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--catalog=x"],
            "the following arguments are required: --gold_schema, --domains, --api, --wait_minutes",
        ),
        (
            ["--catalog=x", "--gold_schema=g", "--domains=", "--api=", "--wait_minutes=1", "--verbose=true"],
            "unrecognized arguments: --verbose=true",
        ),
    ],
)
def test_parameters_are_declared_before_they_are_read(arguments: list[str], message: str) -> None:
    with pytest.raises(ParametersError, match=re.escape(f"the parameters of the job are wrong: {message}")):
        REFRESH.read(arguments)


@pytest.mark.parametrize(("text", "expected"), [("true", True), (" True ", True), ("false", False)])
def test_flags_are_true_or_false(text: str, expected: bool) -> None:
    assert SETUP.read(argv(SETUP.defaults(stack()) | {"recreate": text})).flag("recreate") is expected


def test_a_flag_that_is_neither_is_refused() -> None:
    arguments = SETUP.read(argv(SETUP.defaults(stack()) | {"recreate": "yes"}))
    with pytest.raises(ParametersError) as raised:
        arguments.flag("recreate")
    assert str(raised.value) == "recreate: 'yes' is not allowed; give true or false"


@pytest.mark.parametrize("text", ["-1", "1.5", "soon", ""])
def test_minutes_that_are_none_are_refused(text: str) -> None:
    arguments = REFRESH.read(argv(REFRESH.defaults(stack()) | {"wait_minutes": text}))
    with pytest.raises(ParametersError) as raised:
        arguments.minutes("wait_minutes")
    assert str(raised.value) == f"wait_minutes: '{text}' is not allowed; give whole minutes, 0 or more"


@pytest.mark.parametrize(("value", "expected"), [(True, True), (False, False), (None, True)])
def test_jobs_are_deployed_unless_the_stack_says_no(value: bool | None, expected: bool) -> None:
    assert stack(jobs=value).jobs is expected


def test_a_choice_about_jobs_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="jobs: 'some' is not allowed; give true or false"):
        stack(jobs="some")
