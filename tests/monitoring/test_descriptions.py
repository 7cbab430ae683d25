"""The texts of the 16 output tables and of every column in them, for people and for Genie."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.descriptions import LONGEST, TableText, metric_text, profile_text, table_comments
from monitoring.domains import DOMAINS, cost, job
from monitoring.gold import GOLD_TABLES
from monitoring.gold.table import quote_text
from monitoring.metrics import DOUBLE, LONG, Kind, above, aggregate, below, derived, difference, limits
from monitoring.rules.monitor import GRANULARITIES
from monitoring.standard_columns import DRIFT_COLUMNS, PROFILE_COLUMNS, STANDARD_NAMES

if TYPE_CHECKING:
    from monitoring.domain import Domain

EACH = pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
EACH_TABLE = pytest.mark.parametrize(
    ("domain", "which"),
    [(domain, which) for domain in DOMAINS for which in ("profile", "drift")],
    ids=lambda value: value if isinstance(value, str) else value.name,
)


def test_the_text_of_a_share_says_meaning_threshold_formula_unit_and_place() -> None:
    metric = derived(
        "success_rate",
        "success_count * 100.0 / NULLIF(total_runs, 0)",
        unit="percent",
        meaning="Share of runs that succeeded",
        good="higher",
        threshold=limits(above(95), below(95), below(80)),
    )
    assert metric_text(metric) == (
        "Share of runs that succeeded; good: > 95 %; warning < 95 %, critical < 80 %. "
        "Technical: DERIVED; success_count * 100 / total_runs; NULL when the divisor is 0 or missing; "
        "percent on the scale 0-100; profile table, column_name = ':table'."
    )


def test_the_text_of_a_drift_metric_names_the_drift_table_with_its_filters() -> None:
    metric = difference(
        "success_rate_drift", of="success_rate", unit="points", meaning="Change in reliability", good="higher"
    )
    assert metric_text(metric) == (
        "Change in reliability; higher is better. Technical: DRIFT; success_rate minus success_rate of the "
        "previous window; in points; drift table, column_name = ':table', drift_type = 'CONSECUTIVE'."
    )


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("percent", "; percent on the scale 0-100; "),
        ("score", "; score on the scale 0-100; "),
        ("ratio", "; plain ratio; "),
        ("minutes", "; in minutes; "),
    ],
)
def test_the_text_says_the_scale_of_the_unit(unit: str, expected: str) -> None:
    metric = aggregate("x", "AVG(a)", DOUBLE, unit=unit, meaning="Mean", good="lower")
    assert expected in metric_text(metric)


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ("higher", "Runs; higher is better."),
        ("context", "Runs; context: neither up nor down is good by itself."),
        ("context; watch spikes", "Runs; context; watch spikes."),
        ("lower, ideally 0", "Runs; lower, ideally 0."),
        ("sudden drop = gap", "Runs; sudden drop = gap."),
        ("near 1", "Runs; good: near 1."),
        ("< 3 %", "Runs; good: < 3 %."),
    ],
)
def test_the_first_sentence_ends_with_the_good_direction(direction: str, expected: str) -> None:
    metric = aggregate("x", "COUNT(*)", LONG, unit="runs", meaning="Runs", good="higher", direction=direction)
    assert metric_text(metric).startswith(f"{expected} Technical: ")


@EACH
def test_every_column_of_both_tables_has_a_text_and_no_other_column_has_one(domain: Domain) -> None:
    texts = table_comments(domain)
    assert list(texts) == ["profile", "drift"]
    assert list(texts["profile"].columns) == [
        *(column.name for column in PROFILE_COLUMNS),
        *(metric.name for metric in domain.profile_metrics),
    ]
    assert list(texts["drift"].columns) == [
        *(column.name for column in DRIFT_COLUMNS),
        *(metric.name for metric in domain.drift_metrics),
    ]


def test_all_225_metrics_and_all_44_standard_columns_are_described() -> None:
    columns = [(domain.name, name) for domain in DOMAINS for name in described(domain)]
    assert sum(name not in STANDARD_NAMES for _, name in columns) == 225
    assert {name for _, name in columns if name in STANDARD_NAMES} == STANDARD_NAMES


@EACH_TABLE
def test_every_column_text_is_complete(domain: Domain, which: str) -> None:
    for name, text in table_comments(domain)[which].columns.items():
        assert re.fullmatch(r"[A-Z][^\n]*[^.\s]\. Technical: [^\n]*[^.\s]\.", text), name
        assert text.count(" Technical: ") == 1, name
        assert len(text) < 1000, name


@EACH_TABLE
def test_every_metric_text_says_kind_formula_and_table(domain: Domain, which: str) -> None:
    columns = table_comments(domain)[which].columns
    for metric in [metric for metric in domain.metrics if (metric.kind is Kind.DRIFT) == (which == "drift")]:
        technical = columns[metric.name].partition(" Technical: ")[2]
        assert technical.startswith(f"{metric.kind}; {metric.calculation}"), metric.name
        assert f"{which} table, column_name = ':table'" in technical, metric.name


def test_metrics_of_one_name_keep_the_text_of_their_domain() -> None:
    texts = {domain.name: described(domain) for domain in DOMAINS}
    assert texts["job"]["failure_rate"].startswith("Share of runs that failed;")
    assert texts["security"]["failure_rate"].startswith("Share of failed actions;")
    assert texts["query"]["distinct_users"] != texts["security"]["distinct_users"]
    assert texts["job"]["p99_duration_drift_pct"] != texts["query"]["p99_duration_drift_pct"]


@EACH
def test_the_text_of_the_profile_table_holds_its_filters(domain: Domain) -> None:
    text = table_comments(domain)["profile"].table
    assert (
        f"filter column_name = ':table' AND log_type = 'INPUT' AND granularity = '{domain.granularities[0]}'"
        in text
    )
    assert "slice_key IS NULL" in text
    assert "window.end <= CURRENT_TIMESTAMP()" in text
    assert "newest monitor_version per window and slice" in text


@EACH
def test_the_text_of_the_drift_table_holds_its_filters(domain: Domain) -> None:
    text = table_comments(domain)["drift"].table
    assert (
        "filter column_name = ':table' AND drift_type = 'CONSECUTIVE' "
        f"AND granularity = '{domain.granularities[0]}'"
    ) in text
    assert "slice_key IS NULL" in text
    assert "there is no log_type here" in text


@EACH_TABLE
def test_a_table_text_names_granularities_slices_metrics_and_questions(domain: Domain, which: str) -> None:
    text = table_comments(domain)[which].table
    drift = which == "drift"
    metrics = [metric.name for metric in domain.drift_metrics] if drift else domain.main_metrics
    questions = domain.drift_questions if drift else domain.questions
    assert [one for one in domain.granularities if f"'{one}'" not in text] == []
    assert f"of: {', '.join(domain.slices)}; each keeps its 100 most frequent values." in text
    assert f"Main metrics: {', '.join(metrics)}." in text
    assert f"Answers: {' '.join(questions)}" in text
    assert [one for one in domain.trivial_slices if one not in text.partition(" By ")[2]] == []


@EACH_TABLE
def test_a_table_text_is_one_paragraph_of_less_than_1000_characters(domain: Domain, which: str) -> None:
    text = table_comments(domain)[which].table
    assert re.fullmatch(r"[A-Z][^\n]*\. Technical: [^\n]*[^.\s][.?]", text)
    assert len(text) < 1000


@EACH_TABLE
def test_a_table_text_holds_only_names_that_exist(domain: Domain, which: str) -> None:
    known = (
        {domain.gold_table, *domain.slices, *STANDARD_NAMES, "slice_keys"}
        | {metric.name for metric in domain.metrics}
        | set(GOLD_TABLES[domain.gold_table].column_types)
    )
    assert names_in(table_comments(domain)[which].table) - known == set()


@EACH
def test_a_metric_text_holds_only_names_that_exist(domain: Domain) -> None:
    known = (
        {metric.name for metric in domain.metrics}
        | set(GOLD_TABLES[domain.gold_table].column_types)
        | STANDARD_NAMES
    )
    for metric in domain.metrics:
        assert names_in(re.sub("'[^']*'", "", metric_text(metric))) - known == set(), metric.name


def test_a_domain_without_slices_says_so() -> None:
    text = profile_text(replace(cost.DOMAIN, slices=()))
    assert "slice_key is always NULL: there are no slices." in text
    assert "100 most frequent" not in text


def test_slices_that_take_too_much_room_are_counted() -> None:
    long = tuple(f"list_cost > {number} AND sku_name IS NOT NULL" for number in range(30))
    text = profile_text(replace(cost.DOMAIN, slices=long))
    assert (
        "Totals: slice_key IS NULL; else one of 30 slice_keys, with slice_value as text; "
        "each keeps its 100 most frequent values."
    ) in text


@given(
    st.lists(st.text(min_size=1), max_size=40).map(tuple),
    st.sets(st.sampled_from(GRANULARITIES), min_size=1).map(tuple),
)
def test_filters_and_the_rule_on_slices_are_in_every_table_text_whatever_a_stack_overrides(
    slices: tuple[str, ...], granularities: tuple[str, ...]
) -> None:
    domain = replace(job.DOMAIN, slices=slices, granularities=granularities)
    for text in table_comments(domain).values():
        assert "filter column_name = ':table' AND " in text.table
        assert [one for one in granularities if f"'{one}'" not in text.table] == []
        assert ("100 most frequent values" in text.table) == bool(slices)
        assert len(text.table) <= LONGEST


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip))
def test_any_meaning_survives_the_way_into_sql(meaning: str) -> None:
    metric = aggregate("x", "COUNT(*)", LONG, unit="runs", meaning=meaning, good="lower")
    text = metric_text(metric)
    quoted = quote_text(text)
    assert text.startswith(meaning)
    assert re.fullmatch(r"'(?:[^'\\]|\\.)*'", quoted, re.DOTALL)
    assert re.sub(r"\\(.)", r"\1", quoted[1:-1], flags=re.DOTALL) == text


def described(domain: Domain) -> dict[str, str]:
    """All column texts of a domain's two tables."""
    texts: dict[str, TableText] = table_comments(domain)
    return texts["profile"].columns | texts["drift"].columns


def names_in(text: str) -> set[str]:
    """What looks like a name of a column, metric or table: lower-case words joined by underscores."""
    return set(re.findall(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b", text))
