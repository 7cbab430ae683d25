"""The metrics as rows, CSV and Markdown: complete, as agreed, and readable again whatever they say."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from monitoring.catalogue import COLUMNS, as_csv, as_markdown, rows
from monitoring.domains import DOMAINS, cost, job
from monitoring.metrics import LONG, aggregate
from monitoring.stack_file import PROJECT

AGREED_COLUMNS = ("name", "kind", "definition", "output_type", "meaning", "direction")
AGREED = {
    "cost": "db2eb5e26408042ba68e380c090ff2467539c0d4e099ae6ee3c0dc39b40c4311",
    "job": "374be0a677b7bf0e7f548cef00798194aa7e426a84fdedb75521b5055de4581e",
    "query": "fec5da8162669f0970f5041a4add5e837787446980c11266b0b34f41b6ff0945",
    "cluster": "217411b309201c11dd9a15d3599d0151b44da51f8fce5484f6c7dc6ef1150ff6",
    "security": "0173a991de911980aca07d572030ac10d27841dc54d1dc999b43bf2e4eb6b9fe",
    "quality": "283491f496eade05985c752cb98b80eaf27236d1e0ff066818470a7cdecfb8cb",
    "governance": "8ee40b94d654c9cd1d07018cffc83b5818f6d883c8302fc35405e5178a21ca35",
    "inference": "e60902691e3f7ba70e248d49a520f29023b282c5e4b72a5aef032ae9fbd70090",
}
"""By domain the SHA-256 of the agreed metrics: the six columns above of each metric as lists of text, in the
agreed order, as JSON without spaces and in UTF-8. Made from the written agreement on the 225 metrics, not from
the program. A change that is meant changes the agreement and its digest together; the failure prints the new one.
"""

COST_DRIFT = {
    "domain": "cost",
    "name": "cost_drift_pct",
    "kind": "DRIFT",
    "definition": (
        "({{current_df}}.total_daily_cost - {{base_df}}.total_daily_cost) * 100.0 "
        "/ NULLIF({{base_df}}.total_daily_cost, 0)"
    ),
    "output_type": "DOUBLE",
    "meaning": "Spend change against the previous window, %",
    "direction": "between -10 and 10; medium beyond 10, high beyond 20",
    "unit": "percent change",
    "good": "stable",
    "calculation": (
        "change of total_daily_cost against the previous window * 100 "
        "/ total_daily_cost of the previous window"
    ),
    "target": "between -10 and 10",
    "warning": "beyond 10",
    "critical": "beyond 20",
    "output_table": "fact_usage_drift_metrics",
}


@pytest.mark.parametrize("name", AGREED)
def test_the_csv_holds_the_agreed_metrics_column_for_column(name: str) -> None:
    found = [
        [row[column] for column in AGREED_COLUMNS]
        for row in csv.DictReader(as_csv(DOMAINS).splitlines())
        if row["domain"] == name
    ]
    text = json.dumps(found, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == AGREED[name]


def test_a_row_says_everything_about_a_metric() -> None:
    assert next(row for row in rows([cost.DOMAIN]) if row["name"] == "cost_drift_pct") == COST_DRIFT


def test_rows_stand_in_the_order_of_creation() -> None:
    assert [(row["domain"], row["name"]) for row in rows(DOMAINS)] == [
        (domain.name, metric.name) for domain in DOMAINS for metric in domain.ordered_metrics
    ]


def test_a_metric_without_thresholds_has_empty_ones() -> None:
    row = rows([cost.DOMAIN])[0]
    assert (row["target"], row["warning"], row["critical"]) == ("", "", "")


def test_the_csv_has_a_header_and_lines_that_end_with_a_line_feed() -> None:
    text = as_csv(DOMAINS)
    assert text.startswith(f"{','.join(COLUMNS)}\n")
    assert text.endswith("\n")
    assert "\r" not in text
    assert len(list(csv.reader(text.splitlines()))) == 226


def test_the_page_of_the_metrics_is_current() -> None:
    page = (PROJECT / "docs" / "metrics.md").read_text(encoding="utf-8")
    assert page == as_markdown(DOMAINS), (
        "write it again: python -m monitoring metrics --format markdown > docs/metrics.md"
    )


def test_the_page_counts_metrics_and_kinds() -> None:
    lines = as_markdown([cost.DOMAIN, job.DOMAIN]).splitlines()
    assert lines[2] == "85 metrics in 2 domains. Generated from `monitoring/domains/` by"
    assert "| [cost](#cost) | `fact_usage` | 21 | 11 | 3 | 35 |" in lines
    assert "| [job](#job) | `fact_job_run_timeline` | 26 | 15 | 9 | 50 |" in lines


def test_a_domain_without_schedule_and_slices_says_so() -> None:
    page = as_markdown([replace(cost.DOMAIN, schedule=None, slices=())])
    assert "granularities `1 day`; schedule none; slices none." in page


def test_every_metric_of_the_page_is_a_row_of_six_cells() -> None:
    found = cells(as_markdown(DOMAINS))
    assert len(found) == 8 + 225
    assert [row for row in found if len(row) != 6] == []


@settings(max_examples=50)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip))
def test_any_meaning_is_one_cell_that_reads_as_written(meaning: str) -> None:
    metric = aggregate("x", "COUNT(*)", LONG, unit="runs", meaning=meaning, good="lower")
    (row,) = cells(as_markdown([replace(cost.DOMAIN, metrics=(metric,))]))[1:]
    assert row == ["x", "AGGREGATE", " ".join(meaning.split()), "number of rows", "runs", "lower"]


def cells(page: str) -> list[list[str]]:
    """The rows of all tables in a Markdown page, without their heads, as a reader sees them."""
    found: list[list[str]] = []
    is_head = False
    for token in MarkdownIt("commonmark").enable("table").parse(page):
        if token.type in {"thead_open", "thead_close"}:
            is_head = token.type == "thead_open"
        elif token.type == "tr_open" and not is_head:
            found.append([])
        elif token.type == "inline" and found and not is_head and token.level > 3:
            found[-1].append("".join(child.content for child in token.children or []))
    return found
