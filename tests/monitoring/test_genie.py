"""The generated Genie space: tables, texts, questions, and queries that run on a local workspace."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring.domains import DOMAINS
from monitoring.genie import MOST_TABLES, canonical, examples, serialized_space, space, tables_of, with_tables
from tests.monitoring.output_tables import SCHEMA, output_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring.domain import Domain
    from tests.local_workspace.target import Target

SPACE = space(DOMAINS, SCHEMA)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with output_tables(tmp_path_factory.mktemp("workspace")) as target:
        yield target


def test_the_workspace_takes_it_and_gives_back_the_same(target: Target) -> None:
    text = serialized_space(DOMAINS, SCHEMA)
    made = target.sdk.genie.create_space(target.warehouse_id, text, title="Metrics")
    read = target.sdk.genie.get_space(made.space_id, include_serialized_space=True)
    assert canonical(read.serialized_space or "") == canonical(text)


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_every_query_runs(target: Target, domain: Domain) -> None:
    for example in examples(domain, SCHEMA):
        assert target.rows(example.sql) == []


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_every_query_has_the_filters_of_its_table(domain: Domain) -> None:
    found = examples(domain, SCHEMA)
    assert len(found) == 6
    for example in found:
        assert "column_name = ':table'" in example.sql
        assert "granularity = '1 day'" in example.sql
        assert "slice_key" in example.sql
        assert "SELECT *" not in example.sql
        is_drift = "_drift_metrics" in example.sql
        assert ("drift_type = 'CONSECUTIVE'" in example.sql) == is_drift
        assert ("log_type = 'INPUT'" in example.sql) != is_drift


def test_all_sixteen_tables_are_in_it_sorted() -> None:
    tables = [table["identifier"] for table in SPACE["data_sources"]["tables"]]
    assert tables == sorted(
        f"{SCHEMA}.{table}" for domain in DOMAINS for table in (domain.profile_table, domain.drift_table)
    )
    assert len(tables) == 16 <= MOST_TABLES


def test_the_questions_are_those_of_the_domains() -> None:
    (asked,) = [SPACE["config"]["sample_questions"]]
    expected = {text for domain in DOMAINS for text in (*domain.questions, *domain.drift_questions)}
    assert {entry["question"][0] for entry in asked} == expected


def test_ids_are_hexadecimal_unique_and_in_order() -> None:
    lists = [
        SPACE["config"]["sample_questions"],
        SPACE["instructions"]["text_instructions"],
        SPACE["instructions"]["example_question_sqls"],
    ]
    ids = [entry["id"] for entries in lists for entry in entries]
    assert len(ids) == len(set(ids))
    assert [one for one in ids if not re.fullmatch(r"[0-9a-f]{32}", one)] == []
    assert all(
        [entry["id"] for entry in entries] == sorted(entry["id"] for entry in entries) for entries in lists
    )


def test_the_instructions_hold_every_filter() -> None:
    (instructions,) = SPACE["instructions"]["text_instructions"]
    text = "".join(instructions["content"])
    for needed in (
        "column_name = ':table'",
        "log_type = 'INPUT'",
        "drift_type = 'CONSECUTIVE'",
        "granularity",
        "slice_key IS NULL",
        "window.end <= CURRENT_TIMESTAMP()",
        "monitor_version",
    ):
        assert needed in text


def test_the_text_is_the_same_every_time() -> None:
    assert serialized_space(DOMAINS, SCHEMA) == serialized_space(DOMAINS, SCHEMA)


@pytest.mark.parametrize(
    "other",
    [
        {"version": 2, "a": {"sql": "x\ny"}},
        {"a": {"sql": ["x\n", "y"], "empty": []}, "version": 2, "b": {}, "c": None, "d": ""},
    ],
)
def test_what_means_the_same_is_the_same(other: dict[str, Any]) -> None:
    assert canonical(json.dumps(other)) == canonical('{"version": 2, "a": {"sql": ["x\\ny"]}}')


def test_entries_in_another_order_are_the_same_and_others_are_not() -> None:
    one, two = {"id": "1", "question": ["a"]}, {"id": "2", "question": ["b"]}
    first = canonical(json.dumps({"q": [one, two]}))
    assert first == canonical(json.dumps({"q": [two, one]}))
    assert first != canonical(json.dumps({"q": [one, {**two, "question": ["c"]}]}))


SHORT = st.text("a1", max_size=2)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 1) | SHORT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(SHORT | st.just("id"), inner, max_size=2),
    max_leaves=6,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(SHORT, JSON, max_size=2))
def test_the_canonical_form_of_a_canonical_form_is_itself(content: dict[str, Any]) -> None:
    once = canonical(json.dumps(content))
    assert canonical(once) == once


def test_what_is_no_object_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a space is a JSON object$"):
        canonical("[]")


def test_only_tables_that_are_there_are_kept() -> None:
    kept = with_tables(serialized_space(DOMAINS, SCHEMA), [f"{SCHEMA}.fact_usage_drift_metrics"])
    assert tables_of(kept) == [f"{SCHEMA}.fact_usage_drift_metrics"]
    assert json.loads(kept)["instructions"] == SPACE["instructions"]
