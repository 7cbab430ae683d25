"""Where one statement of a SQL file ends and the next begins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_workspace.jobs.sql_tasks import split


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("", []),
        (" ;; -- nothing; here\n;", []),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;\nSELECT 2 ; ", ["SELECT 1", "SELECT 2"]),
        ("SELECT ';' AS `a;b` /* ; */; SELECT 2", ["SELECT ';' AS `a;b`", "SELECT 2"]),
        (r"SELECT 'it\'s; one'; SELECT 2", [r"SELECT 'it\'s; one'", "SELECT 2"]),
    ],
)
def test_semicolons_outside_of_texts_names_and_comments_part_statements(
    text: str, statements: list[str]
) -> None:
    assert split(text) == statements


@given(
    st.lists(st.text().map(lambda text: "SELECT '" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"))
)
def test_any_text_in_quotes_stays_in_one_statement(statements: list[str]) -> None:
    assert split(";\n".join(statements)) == statements
