"""Spark's side of the case files: the referee, which is given the Databricks SQL as it is written."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pyspark.errors import PySparkException

from local_workspace.engine.types import UnknownTypeError, parse_type
from tests.local_workspace.engine.sql_cases import Outcome, error_class, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyspark.sql import DataFrame, Row

_AT_ONCE: Final = 40
"""Expressions in one query: more make the generated code of a query too large."""


@dataclass(frozen=True)
class SparkEngine:
    """Views in Spark, and expressions over them."""

    session: Any

    def create(self, name: str, query: str) -> None:
        """Make a view of a query."""
        self.session.sql(query).createOrReplaceTempView(name)

    def outcomes(self, expressions: Sequence[str], table: str) -> list[Outcome]:
        """What becomes of each expression over the only row, or over all rows, of a table."""
        found: list[Outcome] = []
        for start in range(0, len(expressions), _AT_ONCE):
            found += self._together(expressions[start : start + _AT_ONCE], table)
        return found

    def _together(self, expressions: Sequence[str], table: str) -> list[Outcome]:
        """In one query; where it fails, in two halves."""
        try:
            types = self._types(expressions, table)
            texts = [f"CAST(({expression}) AS STRING)" for expression in expressions]
            row = rows(self._select(texts, table))[0]
        except PySparkException as error:
            if len(expressions) == 1:
                return [Outcome(self._type_alone(expressions[0], table), error_class(str(error)))]
            middle = len(expressions) // 2
            halves = (expressions[:middle], expressions[middle:])
            return [outcome for half in halves for outcome in self._together(half, table)]
        return [Outcome(kind, text_of(value)) for kind, value in zip(types, row, strict=True)]

    def table(self, expressions: Sequence[str], source: str) -> list[list[Outcome]]:
        """What becomes of each expression on each row of a FROM clause, in its order; none may fail."""
        types = self._types(expressions, source)
        texts = [f"CAST(({expression}) AS STRING)" for expression in expressions]
        found = rows(self._select(texts, source))
        return [[Outcome(kind, text_of(row[at])) for row in found] for at, kind in enumerate(types)]

    def load(self, name: str, path: Path, columns: Mapping[str, str]) -> None:
        """Make a view of a Parquet file, with the given Databricks types."""
        schema = ", ".join(f"`{column}` {kind}" for column, kind in columns.items())
        self.session.read.schema(schema).parquet(str(path)).createOrReplaceTempView(name)

    def _type_alone(self, expression: str, table: str) -> str:
        try:
            return self._types([expression], table)[0]
        except PySparkException:
            return ""

    def _types(self, expressions: Sequence[str], table: str) -> list[str]:
        schema = self._select(expressions, table).schema
        return [type_text(column.dataType.simpleString()) for column in schema]

    def _select(self, expressions: Sequence[str], table: str) -> DataFrame:
        items = ", ".join(f"{expression} AS c{at}" for at, expression in enumerate(expressions))
        return self.session.sql(f"SELECT {items} FROM {table}")


def rows(frame: DataFrame) -> list[Row]:
    """All rows of a frame; PySpark leaves the socket that they come through to be closed by its finalizer."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        found: list[Row] = frame.collect()
    return found


def type_text(spark_type: str) -> str:
    """The type as Databricks SQL writes it: `decimal(10,2)` gives `DECIMAL(10,2)`."""
    try:
        return parse_type(spark_type).text
    except UnknownTypeError:
        return spark_type
