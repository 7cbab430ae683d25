"""Previews as Markdown: what readers see, whatever the texts in it are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipelines.metric_changes import MetricChange
from pipelines.pages import LONGEST, MOST_ROWS, drift_page, preview_page, section, values_section
from pipelines.preview import Change, Preview
from pipelines.values import ValueChange, ValueComparison

PARSER = MarkdownIt("commonmark").enable("table")
CHANGE = Change("job", "QualityMonitor", "update", ("customMetrics", "schedule"))
EDITED = MetricChange("job", "failure_rate", "a / b", "a * 100.0 / b")
LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)


def fences(page: str) -> list[str]:
    return [token.content for token in PARSER.parse(page) if token.type == "fence"]


def cells(page: str) -> list[str]:
    tokens = PARSER.parse(page)
    return [
        "".join(child.content for child in tokens[number + 1].children or [])
        for number, token in enumerate(tokens)
        if token.type == "td_open"
    ]


def test_a_change_is_a_row_and_a_metric_is_shown_before_and_after() -> None:
    text = section(Preview("dev", (CHANGE,), (EDITED,), unchanged=40))
    assert text.startswith("### dev\n\n1 to update, 40 unchanged.\n")
    assert cells(text) == ["job", "QualityMonitor", "update", "customMetrics, schedule"]
    assert "<summary>Metrics: 0 added, 1 changed, 0 removed</summary>" in text
    assert fences(text) == ["  job.failure_rate\n- a / b\n+ a * 100.0 / b\n"]


def test_no_change_is_said() -> None:
    assert section(Preview("dev", unchanged=1)) == "### dev\n\nNo changes, 1 resource as they are.\n"


def test_a_failure_is_not_shown_as_no_change() -> None:
    text = section(Preview("dev", failure="no stack named 'dev'"))
    assert "**Not known**: the preview failed." in text
    assert fences(text) == ["no stack named 'dev'\n"]


def test_all_stacks_are_on_the_page_in_their_order() -> None:
    page = preview_page([Preview("dev", unchanged=2), Preview("prod", (CHANGE,))])
    assert page.index("### dev") < page.index("### prod")


def test_the_page_about_drift_says_what_to_do() -> None:
    assert "`pulumi up --refresh --stack <stack>`" in drift_page([Preview("prod", (CHANGE,))])


def test_resources_beyond_the_most_are_counted() -> None:
    text = section(Preview("dev", (CHANGE,) * (MOST_ROWS + 3)))
    assert cells(text)[-4] == "and 3 more"


def test_values_that_differ_are_shown_before_and_after() -> None:
    edited = ValueChange("job.rate", False, 3, 30, "1 day 2026-08-01 00:00:00", "82.6", None)
    new = ValueChange("job.new", True, 30, 30, "1 day 2026-08-01 00:00:00", None, "5")
    page = preview_page([], ValueComparison("origin/main", 226, (edited, new)))
    assert "### Values on the sample data, compared with origin/main" in page
    assert "226 metrics: 1 with other values, 1 new." in page
    assert cells(page) == [
        *("job.rate", "3 of 30", "1 day 2026-08-01 00:00:00", "82.6", "NULL"),
        *("job.new", "30 of 30", "1 day 2026-08-01 00:00:00", "new", "5"),
    ]


def test_equal_values_and_unknown_values_are_told_apart() -> None:
    assert "All values of 225 metrics are the same." in values_section(ValueComparison("main", 225))
    assert "**Not known**" in values_section(ValueComparison("main", failure="no such version"))


@given(LINES, LINES)
def test_no_definition_breaks_out_of_its_block(before: str, after: str) -> None:
    text = section(Preview("dev", (CHANGE,), (MetricChange("job", "m", before, after),)))
    (block,) = fences(text)
    assert block == f"  job.m\n- {before}\n+ {after}\n"


@given(LINES)
def test_no_name_breaks_out_of_its_cell(name: str) -> None:
    text = section(Preview("dev", (Change(name, "Job", "create", ()),)))
    assert len(cells(text)) == 4


def test_a_page_is_never_longer_than_github_takes_and_its_blocks_are_closed() -> None:
    long = MetricChange("job", "m", "", "x" * 2 * LONGEST)
    page = preview_page([Preview("dev", (CHANGE,), (long,)), Preview("prod")])
    assert len(page) < 65_536
    assert page.count("<details>") == page.count("</details>")
    assert len(fences(page)) == 1
    assert page.endswith("The rest is left out: see the run.")
