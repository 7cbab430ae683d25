"""Statements that make, change, describe and drop tables, and the comments on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_workspace.engine.progress import STATE_SCHEMA, read_progress
from local_workspace.engine.stored_columns import stored_columns
from local_workspace.workspace import Workspace
from tests.local_workspace.target import MONITOR, SMALLEST_MONITOR, in_process, make_usage_table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local_workspace.target import Target

PROFILE = "main.gold_monitoring.usage_profile_metrics"


def spark_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


@pytest.fixture
def table(local: Target) -> Target:
    local.rows("CREATE TABLE t (a INT COMMENT 'first', b STRING, c DOUBLE) COMMENT 'old'")
    return local


@pytest.mark.parametrize(
    ("literal", "meant"),
    [
        (r"'it\'s'", "it's"),
        (r"'back\\slash'", "back\\slash"),
        ("'it''s'", "its"),
        ("'two ' 'parts'", "two parts"),
        ("\"double 'quoted'\"", "double 'quoted'"),
        (r"'line\nbreak\ttab'", "line\nbreak\ttab"),
        ("'real\nbreak'", "real\nbreak"),
        (r"'\u0041\101\x'", "AAx"),
        (r"'100\% of a\_b'", r"100\% of a\_b"),
        (r"r'raw \n'", r"raw \n"),
        ("'naïve 🎉 日本'", "naïve 🎉 日本"),
        ("'-- no comment; /* nor this */'", "-- no comment; /* nor this */"),
        ("''", ""),
    ],
)
def test_texts_mean_what_they_mean_to_spark(table: Target, literal: str, meant: str) -> None:
    table.rows(f"COMMENT ON TABLE t IS {literal}")
    assert table.sdk.tables.get("main.default.t").comment == meant


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
def test_every_comment_is_read_back_as_it_was_written(table: Target, text: str) -> None:
    table.rows(f"ALTER TABLE t ALTER COLUMN a COMMENT {spark_text(text)}, b COMMENT {spark_text(text + '.')}")
    assert table.column_comments("main.default.t") == {"a": text, "b": text + ".", "c": None}


def test_null_removes_a_comment(table: Target) -> None:
    table.rows("COMMENT ON TABLE t IS NULL")
    table.rows("COMMENT ON COLUMN t.a IS NULL")
    assert table.sdk.tables.get("main.default.t").comment is None
    assert table.column_comments("main.default.t")["a"] is None


def test_comments_of_several_columns_change_together_or_not_at_all(table: Target) -> None:
    message = table.failure("ALTER TABLE t ALTER COLUMN a COMMENT 'new', nobody COMMENT 'x'")
    assert message.startswith("[UNRESOLVED_COLUMN.WITH_SUGGESTION]")
    assert table.column_comments("main.default.t")["a"] == "first"


def test_schema_and_catalog_take_comments(local: Target) -> None:
    local.rows("COMMENT ON SCHEMA main.default IS 'a schema'")
    local.rows("COMMENT ON CATALOG main IS 'a catalog'")
    assert local.sdk.schemas.get("main.default").comment == "a schema"
    assert local.sdk.catalogs.get("main").comment == "a catalog"


def test_comment_as_a_property_is_a_comment(table: Target) -> None:
    table.rows("ALTER TABLE t SET TBLPROPERTIES ('comment' = 'habit', 'x' = 'y')")
    found = table.sdk.tables.get("main.default.t")
    assert (found.comment, found.properties) == ("habit", {"x": "y"})


def test_view_columns_take_comments(table: Target) -> None:
    table.rows("CREATE VIEW v COMMENT 'of t' AS SELECT a FROM t")
    table.rows("COMMENT ON COLUMN main.default.v.a IS 'x'")
    assert table.column_comments("main.default.v") == {"a": "x"}


@pytest.mark.parametrize(
    "name",
    ["a b", "semi;colon", 'double"quote', "single'quote", "tick`s", "drop table t; --", "ünï", "select"],
)
def test_names_are_names_whatever_they_look_like(local: Target, name: str) -> None:
    quoted = "`" + name.replace("`", "``") + "`"
    local.rows(f"CREATE TABLE {quoted} ({quoted} INT COMMENT 'c')")
    local.rows(f"INSERT INTO {quoted} VALUES (7)")
    local.rows(f"COMMENT ON COLUMN {quoted}.{quoted} IS 'changed'")
    assert local.rows(f"SELECT {quoted} FROM {quoted}") == [["7"]]
    assert local.rows(f"DESCRIBE {quoted}") == [[name, "int", "changed"]]
    assert local.rows("SHOW TABLES") == [["default", name.lower(), "false"]]
    assert local.rows("SELECT table_name FROM main.information_schema.tables") == [[name.lower()]]
    local.rows(f"DROP TABLE {quoted}")


def test_create_refuses_a_name_that_is_taken_unless_told_otherwise(table: Target) -> None:
    assert table.failure("CREATE TABLE t (x INT)").startswith("[TABLE_OR_VIEW_ALREADY_EXISTS]")
    table.rows("CREATE TABLE IF NOT EXISTS t (x INT)")
    assert [row[0] for row in table.rows("DESCRIBE t")] == ["a", "b", "c"]
    table.rows("CREATE OR REPLACE TABLE t (x INT)")
    assert table.rows("DESCRIBE t") == [["x", "int", None]]


def test_table_from_a_query_has_its_types_and_rows(local: Target) -> None:
    local.rows("CREATE TABLE t AS SELECT 1 AS a, 1.5 AS b, current_timestamp() IS NULL AS c")
    assert [row[1] for row in local.rows("DESCRIBE t")] == ["int", "decimal(2,1)", "boolean"]
    assert local.rows("SELECT * FROM t") == [["1", "1.5", "false"]]


def test_columns_are_added_renamed_dropped(table: Target) -> None:
    table.rows("INSERT INTO t VALUES (1, 'x', 2)")
    table.rows("ALTER TABLE t ADD COLUMNS (d BIGINT COMMENT 'new', e ARRAY<STRING>)")
    table.rows("ALTER TABLE t RENAME COLUMN a TO first")
    table.rows("ALTER TABLE t DROP COLUMN b")
    assert table.rows("DESCRIBE t") == [
        ["first", "int", "first"],
        ["c", "double", None],
        ["d", "bigint", "new"],
        ["e", "array<string>", None],
    ]
    assert table.rows("SELECT * FROM t") == [["1", "2.0", None, None]]


def test_column_that_is_there_cannot_be_added(table: Target) -> None:
    assert table.failure("ALTER TABLE t ADD COLUMN A INT").startswith("[COLUMN_ALREADY_EXISTS]")


def test_clustering_and_partitioning_are_shown(local: Target) -> None:
    local.rows("CREATE TABLE t (a INT, b DATE) USING DELTA PARTITIONED BY (b)")
    assert local.rows("DESCRIBE t")[2:] == [
        ["# Partition Information", "", ""],
        ["# col_name", "data_type", "comment"],
        ["b", "date", None],
    ]
    local.rows("CREATE TABLE u (a INT, b DATE) CLUSTER BY (a)")
    assert local.rows("DESCRIBE u")[-1] == ["a", "int", None]
    assert local.failure("CREATE TABLE w (a INT) CLUSTER BY (z)").startswith("[UNRESOLVED_COLUMN")


def test_extended_description_names_the_table(table: Target) -> None:
    described = {row[0]: row[1] for row in table.rows("DESCRIBE TABLE EXTENDED t")}
    assert (described["Table"], described["Comment"], described["Type"]) == ("t", "old", "MANAGED")


def test_rows_change(table: Target) -> None:
    assert table.rows("INSERT INTO t VALUES (1, 'x', 2.5), (2, NULL, NULL)") == [["2", "2"]]
    table.rows("INSERT INTO t (b, a) SELECT 'y', 3")
    assert table.rows("UPDATE t SET c = a * 2, b = upper(b) WHERE a <> 2") == [["2"]]
    assert table.rows("DELETE FROM t WHERE b IS NULL") == [["1"]]
    assert table.rows("SELECT * FROM t ORDER BY a") == [["1", "X", "2.0"], ["3", "Y", "6.0"]]
    table.rows("INSERT OVERWRITE t SELECT 9, 'z', 0")
    assert table.rows("SELECT * FROM t") == [["9", "z", "0.0"]]
    table.rows("TRUNCATE TABLE t")
    assert table.rows("SELECT count(*) FROM t") == [["0"]]


def test_value_that_does_not_fit_fails_the_insert(table: Target) -> None:
    assert table.failure("INSERT INTO t VALUES ('x', 'y', 1)").startswith("[CAST_INVALID_INPUT]")
    assert table.failure("INSERT INTO t VALUES (3000000000, 'y', 1)").startswith("[CAST_")
    assert table.failure("INSERT INTO t VALUES (1, 'y')").startswith("[INSERT_COLUMN_ARITY_MISMATCH]")
    assert table.rows("SELECT count(*) FROM t") == [["0"]]


def test_fraction_is_cut_as_databricks_cuts_it(table: Target) -> None:
    table.rows("INSERT INTO t (a) VALUES (1.9)")
    assert table.rows("SELECT a FROM t") == [["1"]]


def test_view_shows_later_rows_and_fails_without_its_table(table: Target) -> None:
    table.rows("CREATE VIEW v AS SELECT a + 1 AS next FROM t")
    table.rows("INSERT INTO t (a) VALUES (1)")
    assert table.rows("SELECT * FROM v") == [["2"]]
    assert table.failure("INSERT INTO v VALUES (1)").startswith("[EXPECT_TABLE_NOT_VIEW")
    assert table.failure("DROP TABLE v").startswith("[WRONG_COMMAND_FOR_OBJECT_TYPE]")
    table.rows("DROP VIEW v")


def test_schema_with_tables_is_dropped_only_by_cascade(table: Target) -> None:
    table.rows("CREATE SCHEMA IF NOT EXISTS main.gold")
    table.rows("CREATE TABLE main.gold.t (a INT)")
    assert table.failure("DROP SCHEMA main.gold").startswith("[SCHEMA_NOT_EMPTY]")
    table.rows("DROP SCHEMA main.gold CASCADE")
    table.rows("DROP SCHEMA IF EXISTS main.gold")
    assert table.failure("DROP SCHEMA main.gold").startswith("[SCHEMA_NOT_FOUND]")


def test_lists_take_patterns(local: Target) -> None:
    for name in ("fact_a", "fact_b", "other"):
        local.rows(f"CREATE TABLE {name} (a INT)")
    assert [row[1] for row in local.rows("SHOW TABLES LIKE 'fact*'")] == ["fact_a", "fact_b"]
    assert [row[1] for row in local.rows("SHOW TABLES IN main.default 'fact_a|other'")] == ["fact_a", "other"]
    assert local.rows("SHOW SCHEMAS IN main") == [["default"]]
    assert local.rows("SHOW CATALOGS") == [["main"]]
    assert local.rows("SHOW COLUMNS IN other") == [["a"]]


def test_information_schema_holds_every_catalog_on_its_own(local: Target) -> None:
    local.rows("CREATE TABLE t (a MAP<STRING, INT> NOT NULL COMMENT 'it\\'s')")
    local.post("/api/2.1/unity-catalog/catalogs", {"name": "dev"})
    columns = "table_name, column_name, ordinal_position, is_nullable, full_data_type, data_type, comment"
    rows = local.rows(f"SELECT {columns} FROM main.information_schema.columns")
    assert rows == [["t", "a", "0", "NO", "map<string,int>", "MAP", "it's"]]
    assert local.rows("SELECT * FROM dev.information_schema.tables") == []
    everywhere = "SELECT catalog_name FROM system.information_schema.schemata ORDER BY catalog_name"
    assert local.rows(everywhere) == [["dev"], ["main"]]


def test_empty_tables_are_listed_like_others(local: Target) -> None:
    assert local.rows("SELECT table_name FROM main.information_schema.tables") == []


@pytest.mark.parametrize("statement", [f"DROP TABLE {PROFILE}", "DROP SCHEMA main.gold_monitoring CASCADE"])
def test_what_the_refreshes_of_a_monitor_noted_goes_with_its_profile_table(
    tmp_path: Path, statement: str
) -> None:
    workspace = Workspace(tmp_path / "state")
    with in_process(workspace) as target:
        make_usage_table(target)
        target.post(MONITOR, SMALLEST_MONITOR)
        target.wait_for_refresh()
        with workspace.data.cursor() as cursor:
            assert read_progress(cursor, PROFILE) is not None
        target.rows(statement)
        with workspace.data.cursor() as cursor:
            assert read_progress(cursor, PROFILE) is None
            assert stored_columns(cursor, STATE_SCHEMA, PROFILE) == {}
