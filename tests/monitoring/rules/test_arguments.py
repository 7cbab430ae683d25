"""Functions with too few or too many arguments, which the SQL parser lets pass."""

from __future__ import annotations

import pytest

from monitoring.rules.definition import definition_reasons
from monitoring.rules.functions import FUNCTIONS
from tests.monitoring.one_more_metric import SCOPE, defined, reasons


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("COUNT()", "definition gives COUNT too few arguments"),
        ("COUNT(DISTINCT)", "definition gives DISTINCT too few arguments"),
        ("COUNT_IF(DISTINCT)", "definition gives DISTINCT too few arguments"),
        ("PERCENTILE()", "definition gives PERCENTILE too few arguments"),
        ("PERCENTILE(run_duration_minutes)", "definition gives PERCENTILE too few arguments"),
        ("SUM(REGEXP_REPLACE(job_name, 'a'))", "definition gives REGEXP_REPLACE too few arguments"),
        ("MAX(run_duration_minutes, 0)", "definition gives MAX too many arguments"),
        ("MIN(run_duration_minutes, 0)", "definition gives MIN too many arguments"),
        ("COUNT_IF(is_success, TRUE)", "definition gives COUNT_IF too many arguments"),
    ],
)
def test_a_wrong_number_of_arguments_is_refused(definition: str, expected: str) -> None:
    assert reasons(definition) == [expected]


@pytest.mark.parametrize(
    "arguments",
    ["", "run_id", "DISTINCT", "*", "run_duration_minutes, 0.5", "run_id, run_id, run_id", "x -> x"],
)
def test_any_function_with_any_arguments_gives_problems_or_none_but_never_an_exception(
    arguments: str,
) -> None:
    for function in sorted(FUNCTIONS):
        for definition in (f"{function}({arguments})", f"SUM({function}({arguments}))"):
            assert isinstance(definition_reasons(defined(definition), SCOPE), list)
