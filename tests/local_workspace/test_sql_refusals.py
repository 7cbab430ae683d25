"""What statements cannot do: reach files, network, settings, extensions; be two; be half understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.local_workspace.target import Target

OUT_OF_REACH = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_parquet('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_files('/etc/passwd')",
    "SELECT * FROM parquet.`/etc/passwd`",
    "SELECT * FROM csv.`/etc/passwd`",
    "SELECT * FROM `/etc/passwd`",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('t')",
    "SELECT * FROM pragma_database_list()",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM main.pg_catalog.pg_class",
    "SELECT getenv('HOME')",
    "SELECT current_setting('home_directory')",
    "SELECT getvariable('x')",
    "SELECT load_extension('x')",
    "SELECT java_method('java.lang.System', 'exit', 0)",
    "COPY t TO '/tmp/x.csv'",
    "COPY INTO t FROM '/tmp/x.csv'",
    "INSERT OVERWRITE DIRECTORY '/tmp/x' SELECT 1",
    "CREATE TABLE x (a INT) LOCATION '/tmp/x'",
    "CREATE TABLE x (a INT) USING CSV",
    "CREATE TABLE x AS SELECT * FROM read_csv('/etc/passwd')",
    "CREATE VIEW x AS SELECT * FROM read_csv('/etc/passwd')",
    "INSERT INTO t SELECT * FROM read_csv('/etc/passwd')",
    "DELETE FROM t WHERE a IN (SELECT 1 FROM read_csv('/etc/passwd'))",
    "UPDATE t SET a = (SELECT count(*) FROM read_csv('/etc/passwd'))",
    "ATTACH '/tmp/x.db'",
    "DETACH x",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '1GB'",
    "RESET memory_limit",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "EXPORT DATABASE '/tmp/x'",
    "IMPORT DATABASE '/tmp/x'",
    "CHECKPOINT",
    "VACUUM",
    "USE x",
    "BEGIN TRANSACTION",
    "PREPARE x AS SELECT 1",
    "EXECUTE x",
    "CREATE MACRO x() AS 1",
    "CREATE FUNCTION x() RETURNS INT RETURN 1",
    "CREATE SECRET (TYPE s3)",
    "ADD JAR '/tmp/x.jar'",
    "EXPLAIN SELECT 1",
    "MERGE INTO t USING t AS s ON t.a = s.a WHEN NOT MATCHED BY SOURCE THEN DELETE",
    "MERGE WITH SCHEMA EVOLUTION INTO t USING t AS s ON t.a = s.a WHEN MATCHED THEN DELETE",
    "INSERT INTO t REPLACE USING (a) SELECT 1",
    "SELECT x FROM t LATERAL VIEW OUTER EXPLODE(ARRAY(a)) e AS x",
    "SELECT x FROM t LATERAL VIEW POSEXPLODE(ARRAY(a)) e AS x",
    "GRANT SELECT ON TABLE t TO x",
    "ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0)",
    "ALTER TABLE t ALTER COLUMN a TYPE BIGINT",
    "CREATE TABLE x (a INT DEFAULT 1)",
    "CREATE TABLE x (a INT GENERATED ALWAYS AS (1))",
    "CREATE TABLE x (a TIME)",
]


@pytest.mark.parametrize("sql", OUT_OF_REACH)
def test_statement_is_refused_with_a_reason(local: Target, sql: str) -> None:
    local.rows("CREATE TABLE t (a INT)")
    message = local.failure(sql)
    assert "not supported" in message or "SQLSTATE" in message, message
    assert "root:" not in message
    assert local.rows("SHOW TABLES") == [["default", "t", "false"]]


def test_file_in_the_state_folder_is_out_of_reach(local: Target, tmp_path: Path) -> None:
    file = tmp_path / "state" / "incoming" / "secret.csv"
    file.write_text("a\n1\n")
    assert local.failure(f"SELECT * FROM read_csv('{file}')") == "table function read_csv is not supported"


@pytest.mark.parametrize(
    "sql", ["SELECT 1; SELECT 2", "DROP TABLE t; DROP TABLE t", "COMMENT ON TABLE t IS 'x'; SELECT 1"]
)
def test_two_statements_are_refused_and_neither_runs(local: Target, sql: str) -> None:
    local.rows("CREATE TABLE t (a INT) COMMENT 'old'")
    assert "one statement expected" in local.failure(sql)
    assert local.sdk.tables.get("main.default.t").comment == "old"


def test_one_semicolon_at_the_end_is_fine(local: Target) -> None:
    assert local.rows("SELECT 1;") == [["1"]]
    local.rows("CREATE TABLE t (a INT);")


@pytest.mark.parametrize("sql", ["", "   ", "-- nothing", ";"])
def test_nothing_is_no_statement(local: Target, sql: str) -> None:
    assert local.failure(sql).startswith("[PARSE_EMPTY_STATEMENT]")


SPELLING = "Verify the spelling and correctness of the schema and catalog. SQLSTATE:"
TO_TOLERATE = "Use `try_divide` to tolerate divisor being 0 and return NULL instead."

MESSAGES = {
    "FROBNICATE x": "FROBNICATE statements are not supported",
    "CREATE PIPELINE x": "CREATE PIPELINE is not supported",
    "CREATE TABLE t (a INT) COLLATE x": "CREATE TABLE: COLLATE is not supported",
    "COMMENT ON TABLE t IS 'open": (
        "[PARSE_SYNTAX_ERROR] Syntax error at or near ''open': a quote is not closed. SQLSTATE: 42601"
    ),
    "COMMENT ON TABLE t IS open": (
        "[PARSE_SYNTAX_ERROR] Syntax error at or near 'open': a text in quotes expected. SQLSTATE: 42601"
    ),
    "COMMENT ON TABLE nothing IS 'x'": (
        f"[TABLE_OR_VIEW_NOT_FOUND] The table or view `nothing` cannot be found. {SPELLING} 42P01"
    ),
    "CREATE TABLE nowhere.t (a INT)": (
        f"[SCHEMA_NOT_FOUND] The schema `main`.`nowhere` cannot be found. {SPELLING} 42704"
    ),
    "SELECT 1/0": f"[DIVIDE_BY_ZERO] Division by zero. {TO_TOLERATE} SQLSTATE: 22012",
}


@pytest.mark.parametrize(("sql", "message"), MESSAGES.items())
def test_message_names_what_is_wrong(local: Target, sql: str, message: str) -> None:
    assert local.failure(sql) == message
