"""The bound on the rows of a refresh that a definition gives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitoring.domains import DOMAINS, job
from monitoring.gold import GOLD_TABLES
from monitoring.output_rows import WINDOWS_A_DAY, output_rows
from monitoring.rules.monitor import GRANULARITIES

COLUMNS = len(GOLD_TABLES[job.DOMAIN.gold_table].column_types)


@pytest.mark.parametrize(
    ("slices", "groups"),
    [
        ((), 1),
        (("job_name",), 101),
        (("job_name", "result_state"), 201),
        (("result_state = 'ERROR'",), 3),
        (("result_state IS NULL OR job_name LIKE 'a%'", "NOT (run_id > 1)"), 5),
        (("UPPER(job_name)",), 101),
        (("no SQL (",), 101),
    ],
)
def test_a_window_has_a_group_for_the_table_and_for_each_value_of_each_slice(
    slices: tuple[str, ...], groups: int
) -> None:
    (found,) = output_rows([replace(job.DOMAIN, slices=slices, granularities=("1 hour",))])
    assert (found.groups_a_window, found.rows_a_window) == (groups, groups * (COLUMNS + 1))
    assert found.rows_a_day == 24 * found.rows_a_window


def test_a_column_of_truth_values_has_two_slices() -> None:
    (cost,) = (domain for domain in DOMAINS if domain.name == "cost")
    (found,) = output_rows([replace(cost, slices=("is_tagged",))])
    assert found.groups_a_window == 3


def test_every_granularity_has_its_windows() -> None:
    assert WINDOWS_A_DAY.keys() == set(GRANULARITIES)


def test_what_check_refuses_anyway_has_no_bound() -> None:
    wrong = (replace(job.DOMAIN, gold_table="no_table"), replace(job.DOMAIN, granularities=("1 minute",)))
    assert list(output_rows(wrong)) == []
