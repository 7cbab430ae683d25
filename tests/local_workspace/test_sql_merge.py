"""Statements that change a table by a query: MERGE and INSERT … REPLACE WHERE."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.local_workspace.target import Target

NEW = "(SELECT * FROM VALUES (1, 'one'), (2, 'changed'), (9, 'nine') AS v(a, b))"


@pytest.fixture
def table(local: Target) -> Target:
    local.rows("CREATE TABLE t (a BIGINT, b STRING)")
    local.rows("INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')")
    return local


def content(table: Target) -> list[list[str | None]]:
    return table.rows("SELECT * FROM t ORDER BY a")


def test_merge_updates_what_differs_and_inserts_what_is_new(table: Target) -> None:
    counts = table.rows(
        f"MERGE INTO t AS old USING {NEW} AS new ON old.a = new.a "
        "WHEN MATCHED AND NOT (old.b <=> new.b) THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"
    )
    assert counts == [["2", "1", "0", "1"]]
    assert content(table) == [["1", "one"], ["2", "changed"], ["3", "three"], ["9", "nine"]]


def test_the_first_clause_that_fits_is_taken(table: Target) -> None:
    table.rows(
        f"MERGE INTO t USING {NEW} new ON t.a = new.a WHEN MATCHED AND new.b = 'one' THEN DELETE "
        "WHEN MATCHED THEN UPDATE SET t.b = CONCAT(t.b, ', ', new.b) "
        "WHEN NOT MATCHED AND new.a > 9 THEN INSERT (a, b) VALUES (new.a, 'never')"
    )
    assert content(table) == [["2", "two, changed"], ["3", "three"]]


def test_a_table_can_be_the_source(table: Target) -> None:
    table.rows("CREATE TABLE s AS SELECT 4 AS a, 'four' AS b")
    table.rows(
        "MERGE INTO t USING main.default.s ON t.a = s.a WHEN NOT MATCHED BY TARGET THEN INSERT (b, a) VALUES ('x', s.a)"
    )
    assert content(table)[-1] == ["4", "x"]


def test_a_row_that_two_rows_of_the_source_meet_is_refused_and_nothing_changes(table: Target) -> None:
    message = table.failure(
        "MERGE INTO t USING (SELECT 1 AS a, 'x' AS b UNION ALL SELECT 1, 'y') AS s ON t.a = s.a "
        "WHEN MATCHED THEN UPDATE SET *"
    )
    assert message.startswith("[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE] ")
    assert content(table) == [["1", "one"], ["2", "two"], ["3", "three"]]


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        ("WHEN MATCHED THEN UPDATE SET z = 1", "[UNRESOLVED_COLUMN.WITH_SUGGESTION]"),
        ("WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, t.b)", "[UNRESOLVED_COLUMN.WITH_SUGGESTION]"),
        ("WHEN NOT MATCHED THEN INSERT *", "[UNRESOLVED_COLUMN.WITH_SUGGESTION]"),
        ("WHEN NOT MATCHED THEN DELETE", "[PARSE_SYNTAX_ERROR]"),
        ("WHEN NOT MATCHED THEN INSERT (a, b) VALUES (1)", "[PARSE_SYNTAX_ERROR]"),
    ],
)
def test_a_clause_that_cannot_be_meant_is_refused(table: Target, clause: str, message: str) -> None:
    failure = table.failure(f"MERGE INTO t USING (SELECT 5 AS a) AS s ON t.a = s.a {clause}")
    assert failure.startswith(message), failure


def test_replace_where_replaces_the_rows_of_the_condition_and_no_other(table: Target) -> None:
    table.rows("INSERT INTO t REPLACE WHERE a >= 2 AND a < 4 SELECT 2, 'new'")
    assert content(table) == [["1", "one"], ["2", "new"]]


def test_replace_where_refuses_rows_outside_of_its_condition_and_changes_nothing(table: Target) -> None:
    message = table.failure("INSERT INTO t REPLACE WHERE a = 2 SELECT 4, 'new'")
    assert message == (
        "[DELTA_REPLACE_WHERE_MISMATCH] Written data does not conform to partial table overwrite condition or "
        "constraint 'a = 2'. SQLSTATE: 44000"
    )
    assert content(table) == [["1", "one"], ["2", "two"], ["3", "three"]]


def test_a_lateral_view_gives_a_row_for_each_element(local: Target) -> None:
    sql = "SELECT id, x FROM VALUES (1, ARRAY('a', NULL)), (2, CAST(NULL AS ARRAY<STRING>)) AS v(id, list)"
    assert local.rows(f"{sql} LATERAL VIEW EXPLODE(list) e AS x ORDER BY x") == [["1", None], ["1", "a"]]


def test_distinct_and_flattened_arrays_are_those_of_spark(local: Target) -> None:
    (row,) = local.rows(
        "SELECT ARRAY_JOIN(ARRAY_DISTINCT(ARRAY('b', 'a', 'b')), ','), SIZE(ARRAY_DISTINCT(ARRAY(1, NULL, NULL))), "
        "ARRAY_JOIN(FLATTEN(ARRAY(ARRAY('b'), ARRAY('a', 'b'))), ','), FLATTEN(ARRAY(ARRAY(1), NULL)) IS NULL"
    )
    assert row == ["b,a", "2", "b,a,b", "true"]
