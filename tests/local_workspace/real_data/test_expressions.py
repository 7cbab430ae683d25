"""The second opinion itself, on values that anyone can check by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES
from monitoring.metrics import Kind
from tests.local_workspace.real_data.aggregates import AggregateMetric
from tests.local_workspace.real_data.expressions import compiled, parsed

MOMENT = datetime(2024, 2, 29, 23, 59, 59)  # noqa: DTZ001 - UTC without a zone, as in the files


@pytest.mark.parametrize(
    ("definition", "row", "expected"),
    [
        ("a + b", (1, None), None),
        ("a / b", (7, 2), 3.5),
        ("a * 100.0 / NULLIF(b, 0)", (1, 8), Decimal("12.5")),
        ("a * 100.0 / NULLIF(b, 0)", (1, 0), None),
        ("a * 100.0 / NULLIF(b, 0)", (0.5, 2), 25.0),
        ("a > 0.1 * b", (2, 10), True),
        ("a = 1 AND b = 1", (None, 2), False),
        ("a = 1 AND b = 1", (None, 1), None),
        ("a = 1 OR b = 1", (None, 1), True),
        ("a = 1 OR b = 1", (None, 2), None),
        ("NOT a", (None, 0), None),
        ("IF(a, 1, 0)", (None, 0), 0),
        ("a IS NOT TRUE", (None, 0), True),
        ("a IS NULL", (None, 0), True),
        ("a IN (401, 403)", (403, 0), True),
        ("a IN (401, 403)", (None, 0), None),
        ("a BETWEEN 200 AND 299", (299, 0), True),
        ("a LIKE '%JOBS%'", ("PREMIUM_JOBS_COMPUTE", 0), True),
        ("a LIKE '%JOBS%'", ("premium_jobs", 0), False),
        ("LOWER(a) LIKE ANY ('%grant%', 'set%permission%')", ("setPermissions", 0), True),
        ("LOWER(a) LIKE ANY ('%grant%', 'set%permission%')", ("unsetPermissions", 0), False),
        ("CONCAT(a, ':', b)", ("x", None), None),
        ("COALESCE(a, b, 0)", (None, None), 0),
        ("GREATEST(a, 1)", (None, 0), 1),
        ("POWER(a, 3)", (1024, 0), 1073741824.0),
        ("HOUR(a)", (MOMENT, 0), 23),
    ],
)
def test_expression(definition: str, row: tuple[Any, ...], expected: object) -> None:
    found = compiled(parsed(definition), ["a", "b"])(row)
    assert (type(found), found) == (type(expected), expected)


def test_division_by_zero_is_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        compiled(parsed("a / b"), ["a", "b"])((1, 0))


def test_frames_are_told_apart() -> None:
    tree = parsed("{{current_df}}.runs - {{base_df}}.runs")
    assert compiled(tree, ["current_df.runs", "base_df.runs"])((7, 5)) == 2


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("COUNT(*)", 5),
        ("COUNT(a)", 4),
        ("COUNT(DISTINCT a)", 3),
        ("COUNT(DISTINCT a, b)", 3),
        ("COUNT_IF(a > 1)", 3),
        ("SUM(a)", 8),
        ("SUM(IF(b = 'x', a, 0))", 4),
        ("AVG(a) / 2", 1.0),
        ("MIN(a) + MAX(a)", 4),
        ("PERCENTILE(a, 0.50)", 2.0),
        ("PERCENTILE(a, 0.90)", pytest.approx(2.7, rel=1e-15)),
        ("STDDEV(a)", pytest.approx((2 / 3) ** 0.5, rel=1e-15)),
        ("COUNT(DISTINCT IF(b = 'x', a, NULL))", 2),
    ],
)
def test_aggregate(definition: str, expected: object) -> None:
    rows = [(1, "x"), (2, "y"), (2, None), (3, "x"), (None, "x")]
    assert AggregateMetric(definition, ["a", "b"], rows).of(range(len(rows))) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("COUNT(*)", 0),
        ("SUM(a)", None),
        ("COALESCE(SUM(a), 0)", 0),
        ("AVG(a)", None),
        ("PERCENTILE(a, 0.5)", None),
    ],
)
def test_aggregate_of_no_rows(definition: str, expected: int | None) -> None:
    assert AggregateMetric(definition, ["a"], [(1,)]).of([]) == expected


def test_every_metric_of_every_domain_is_understood() -> None:
    for domain in DOMAINS:
        stored = [metric.name for metric in domain.profile_metrics]
        frames = [f"{frame}.{name}" for frame in ("current_df", "base_df") for name in stored]
        for metric in domain.metrics:
            if metric.kind is Kind.AGGREGATE:
                AggregateMetric(metric.definition, list(GOLD_TABLES[domain.gold_table].column_types), [])
            else:
                compiled(parsed(metric.definition), stored if metric.kind is Kind.DERIVED else frames)


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="Sqrt in SQRT"):
        compiled(parsed("SQRT(a)"), ["a"])
