"""The statement that creates a gold table says all of it, whatever texts and names it has."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from monitoring.gold import GOLD_TABLES, GoldTable, create_table_sql, quote_identifier, quote_text
from monitoring.gold.table import CONTEXT, METRIC, SLICE, TIME, Column

SMALL = GoldTable(
    name="fact_small",
    comment="One row per day; it's small.",
    key=("day",),
    columns=(
        Column("day", "DATE", "Day of the count.", TIME, nullable=False),
        Column("team", "STRING", r"Team; 'none' when C:\unknown.", SLICE),
        Column("tags", "MAP<STRING,STRING>", "Tags.", CONTEXT),
        Column("amount", "DECIMAL(38,18)", "Amount.", METRIC),
    ),
)
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0")
TEXTS = st.text(CHARACTERS)
NAMES = st.text(CHARACTERS, min_size=1)


def test_the_statement_says_columns_texts_clustering_and_change_data_feed() -> None:
    assert create_table_sql(SMALL, "main", "gold") == (
        "CREATE TABLE IF NOT EXISTS `main`.`gold`.`fact_small` (\n"
        "  `day` DATE COMMENT 'Day of the count.',\n"
        "  `team` STRING COMMENT 'Team; \\'none\\' when C:\\\\unknown.',\n"
        "  `tags` MAP<STRING,STRING> COMMENT 'Tags.',\n"
        "  `amount` DECIMAL(38,18) COMMENT 'Amount.'\n"
        ")\n"
        "USING DELTA\n"
        "CLUSTER BY (`day`)\n"
        "COMMENT 'One row per day; it\\'s small.'\n"
        "TBLPROPERTIES ('delta.enableChangeDataFeed' = 'true')"
    )


def test_each_part_of_a_name_is_quoted_by_itself() -> None:
    statement = create_table_sql(SMALL, "my-catalog", "odd`schema.x")
    assert statement.startswith("CREATE TABLE IF NOT EXISTS `my-catalog`.`odd``schema.x`.`fact_small` (\n")


@pytest.mark.parametrize("table", GOLD_TABLES.values(), ids=lambda table: table.name)
def test_the_statement_of_a_gold_table_reads_back_as_its_columns(table: GoldTable) -> None:
    statement = parsed(create_table_sql(table, "main", "gold"))
    columns = list(statement.find_all(exp.ColumnDef))
    assert [(column.name, comment(column)) for column in columns] == [
        (column.name, column.comment) for column in table.columns
    ]
    assert [column.args["kind"] for column in columns] == [
        exp.DataType.build(column.type, dialect="databricks") for column in table.columns
    ]
    assert [found.this.name for found in statement.find_all(exp.SchemaCommentProperty)] == [table.comment]


@given(TEXTS)
def test_any_text_in_a_comment_reads_back_the_same(text: str) -> None:
    table = replace(SMALL, comment=text, columns=(replace(SMALL.columns[0], comment=text),))
    statement = parsed(create_table_sql(table, "main", "gold"))
    assert [found.this.name for found in statement.find_all(exp.SchemaCommentProperty)] == [text]
    assert [comment(column) for column in statement.find_all(exp.ColumnDef)] == [text]


@given(TEXTS)
def test_any_text_is_one_literal(text: str) -> None:
    (token,) = sqlglot.tokenize(quote_text(text), read="databricks")
    assert (token.token_type, token.text) == (sqlglot.TokenType.STRING, text)


@given(NAMES)
def test_any_name_is_one_identifier(name: str) -> None:
    (token,) = sqlglot.tokenize(quote_identifier(name), read="databricks")
    assert (token.token_type, token.text) == (sqlglot.TokenType.IDENTIFIER, name)


def parsed(statement: str) -> exp.Expr:
    return sqlglot.parse_one(statement, read="databricks")


def comment(column: exp.ColumnDef) -> str:
    found = column.find(exp.CommentColumnConstraint)
    return "" if found is None else str(found.this.name)
