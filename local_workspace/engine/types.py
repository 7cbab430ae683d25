"""Types of Databricks SQL, and the DuckDB types that hold them.

One frozen `SparkType` stands between the two: it is parsed from either side's text and printed for either side.
Databricks' TIMESTAMP (an instant) is held in a DuckDB TIMESTAMP in UTC, so both Databricks timestamp types map to
the same DuckDB type.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from local_workspace.engine.type_tokens import TypeSyntaxError, TypeTokens


class UnknownTypeError(ValueError):
    """A type text that names no type of the side it should come from."""


@dataclass(frozen=True)
class Field:
    """One field of a STRUCT."""

    name: str
    type: SparkType


@dataclass(frozen=True)
class SparkType:
    """A Databricks type.

    Attributes:
        name: the SQL name in upper case: `BIGINT`, `STRING`, `DECIMAL`, `ARRAY`, `STRUCT`, `MAP` …
        precision: digits of a DECIMAL, else 0.
        scale: digits after the point of a DECIMAL, else 0.
        parts: element type of an ARRAY; key and value type of a MAP.
        fields: fields of a STRUCT.
    """

    name: str
    precision: int = 0
    scale: int = 0
    parts: tuple[SparkType, ...] = ()
    fields: tuple[Field, ...] = ()

    @property
    def text(self) -> str:
        """The type as Databricks SQL writes it: `DECIMAL(38,18)`, `STRUCT<start: TIMESTAMP>`."""
        if self.name == "DECIMAL":
            return f"DECIMAL({self.precision},{self.scale})"
        if self.name in {"ARRAY", "MAP"}:
            return f"{self.name}<{', '.join(part.text for part in self.parts)}>"
        if self.name == "STRUCT":
            return f"STRUCT<{', '.join(f'{_spark_field(f.name)}: {f.type.text}' for f in self.fields)}>"
        return self.name

    @property
    def short(self) -> str:
        """The type in lower case without blanks, as TYPEOF and catalogs write it: `array<string>`."""
        if self.name in {"ARRAY", "MAP"}:
            return f"{self.name.lower()}<{','.join(part.short for part in self.parts)}>"
        if self.name == "STRUCT":
            return f"struct<{','.join(f'{f.name}:{f.type.short}' for f in self.fields)}>"
        return self.text.lower()

    @property
    def duckdb(self) -> str:
        """The DuckDB type that holds values of this type."""
        if self.name == "DECIMAL":
            return f"DECIMAL({self.precision},{self.scale})"
        if self.name == "ARRAY":
            return f"{self.parts[0].duckdb}[]"
        if self.name == "MAP":
            return f"MAP({self.parts[0].duckdb}, {self.parts[1].duckdb})"
        if self.name == "STRUCT":
            return f"STRUCT({', '.join(f'{_quoted(f.name)} {f.type.duckdb}' for f in self.fields)})"
        return _DUCKDB_NAMES[self.name]

    @property
    def is_integral(self) -> bool:
        """Whether it is TINYINT, SMALLINT, INT or BIGINT."""
        return self.name in INTEGRAL_DIGITS

    @property
    def is_decimal(self) -> bool:
        """Whether it is a DECIMAL."""
        return self.name == "DECIMAL"

    @property
    def is_floating(self) -> bool:
        """Whether it is FLOAT or DOUBLE."""
        return self.name in {"FLOAT", "DOUBLE"}

    @property
    def is_numeric(self) -> bool:
        """Whether it is a number."""
        return self.is_integral or self.is_decimal or self.is_floating

    @property
    def is_timestamp(self) -> bool:
        """Whether it is TIMESTAMP or TIMESTAMP_NTZ."""
        return self.name in {"TIMESTAMP", "TIMESTAMP_NTZ"}

    @property
    def is_interval(self) -> bool:
        """Whether it is an interval, of whole days and months or finer."""
        return self.name in {"INTERVAL", "INTERVAL DAY"}

    def field(self, name: str) -> Field | None:
        """The field of a STRUCT by name, ignoring case."""
        return next((f for f in self.fields if f.name.lower() == name.lower()), None)


INTEGRAL_DIGITS: Final = {"TINYINT": 3, "SMALLINT": 5, "INT": 10, "BIGINT": 20}
"""Digits of the DECIMAL that Spark takes an integer type for when it meets a DECIMAL; narrowest first."""

MAX_PRECISION: Final = 38

VOID: Final = SparkType("VOID")
BOOLEAN: Final = SparkType("BOOLEAN")
TINYINT: Final = SparkType("TINYINT")
SMALLINT: Final = SparkType("SMALLINT")
INT: Final = SparkType("INT")
BIGINT: Final = SparkType("BIGINT")
FLOAT: Final = SparkType("FLOAT")
DOUBLE: Final = SparkType("DOUBLE")
STRING: Final = SparkType("STRING")
BINARY: Final = SparkType("BINARY")
DATE: Final = SparkType("DATE")
TIMESTAMP: Final = SparkType("TIMESTAMP")
TIMESTAMP_NTZ: Final = SparkType("TIMESTAMP_NTZ")
INTERVAL: Final = SparkType("INTERVAL")
DAY_INTERVAL: Final = SparkType("INTERVAL DAY")
"""An interval of whole days, weeks, months or years: added to a DATE it gives a DATE."""


def decimal(precision: int, scale: int) -> SparkType:
    """A DECIMAL of at most 38 digits; too large a request is cut to 38."""
    return SparkType("DECIMAL", precision=min(precision, MAX_PRECISION), scale=min(scale, MAX_PRECISION))


def array(element: SparkType) -> SparkType:
    """ARRAY<element>."""
    return SparkType("ARRAY", parts=(element,))


def map_of(key: SparkType, value: SparkType) -> SparkType:
    """MAP<key, value>."""
    return SparkType("MAP", parts=(key, value))


def struct(**fields: SparkType) -> SparkType:
    """STRUCT with the given fields in order."""
    return SparkType("STRUCT", fields=tuple(Field(name, kind) for name, kind in fields.items()))


_DUCKDB_NAMES: Final = {
    "VOID": "INTEGER",
    "BOOLEAN": "BOOLEAN",
    "TINYINT": "TINYINT",
    "SMALLINT": "SMALLINT",
    "INT": "INTEGER",
    "BIGINT": "BIGINT",
    "FLOAT": "FLOAT",
    "DOUBLE": "DOUBLE",
    "STRING": "VARCHAR",
    "BINARY": "BLOB",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP",
    "TIMESTAMP_NTZ": "TIMESTAMP",
    "INTERVAL": "INTERVAL",
    "INTERVAL DAY": "INTERVAL",
}

_SPARK_ALIASES: Final = {
    "BYTE": "TINYINT",
    "SHORT": "SMALLINT",
    "INTEGER": "INT",
    "LONG": "BIGINT",
    "REAL": "FLOAT",
    "DEC": "DECIMAL",
    "NUMERIC": "DECIMAL",
    "VARCHAR": "STRING",
    "CHAR": "STRING",
    "CHARACTER": "STRING",
    "TEXT": "STRING",
    "TIMESTAMP_LTZ": "TIMESTAMP",
    "NULL": "VOID",
}

_FROM_DUCKDB: Final = {
    "BOOLEAN": BOOLEAN,
    "TINYINT": TINYINT,
    "SMALLINT": SMALLINT,
    "INTEGER": INT,
    "BIGINT": BIGINT,
    "HUGEINT": decimal(38, 0),
    "UTINYINT": SMALLINT,
    "USMALLINT": INT,
    "UINTEGER": BIGINT,
    "UBIGINT": decimal(20, 0),
    "FLOAT": FLOAT,
    "DOUBLE": DOUBLE,
    "VARCHAR": STRING,
    "UUID": STRING,
    "JSON": STRING,
    "ENUM": STRING,
    "BLOB": BINARY,
    "DATE": DATE,
    "TIMESTAMP": TIMESTAMP,
    "TIMESTAMP_S": TIMESTAMP,
    "TIMESTAMP_MS": TIMESTAMP,
    "TIMESTAMP_NS": TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": TIMESTAMP,
    "INTERVAL": INTERVAL,
    "NULL": VOID,
    '"NULL"': VOID,
}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _spark_field(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else "`" + name.replace("`", "``") + "`"


def _decimal(numbers: list[int], default: tuple[int, int]) -> SparkType:
    precision, scale = ([*numbers, 0])[:2] if numbers else default
    if not 1 <= precision <= MAX_PRECISION or scale > precision:
        raise UnknownTypeError(f"DECIMAL({precision},{scale}) is out of range; the largest precision is 38")
    return decimal(precision, scale)


def _read_spark(tokens: TypeTokens) -> SparkType:
    word = tokens.take().upper()
    name = _SPARK_ALIASES.get(word, word)
    if name == "DECIMAL":
        return _decimal(tokens.numbers(), (10, 0))
    if name in {"ARRAY", "MAP"}:
        tokens.expect("<")
        parts = [_read_spark(tokens)]
        if name == "MAP":
            tokens.expect(",")
            parts.append(_read_spark(tokens))
        tokens.expect(">")
        return SparkType(name, parts=tuple(parts))
    if name == "STRUCT":
        return SparkType(name, fields=_spark_fields(tokens))
    if name not in _DUCKDB_NAMES:
        raise TypeSyntaxError(name)
    if name == "STRING":
        tokens.numbers()
    return SparkType(name)


def _spark_fields(tokens: TypeTokens) -> tuple[Field, ...]:
    fields: list[Field] = []
    tokens.expect("<")
    while not tokens.accept(">"):
        name = tokens.name()
        tokens.accept(":")
        fields.append(Field(name, _read_spark(tokens)))
        if tokens.accept("NOT", "NULL"):
            pass
        tokens.accept(",")
    return tuple(fields)


def _read_duckdb(tokens: TypeTokens) -> SparkType:
    word = tokens.take()
    found = _duckdb_scalar(tokens, word.upper())
    while tokens.accept("["):
        if tokens.peek().isdigit():
            tokens.take()
        tokens.expect("]")
        found = array(found)
    return found


def _duckdb_scalar(tokens: TypeTokens, word: str) -> SparkType:
    if word in {"DECIMAL", "NUMERIC"}:
        return _decimal(tokens.numbers(), (18, 3))
    if word == "MAP":
        tokens.expect("(")
        key = _read_duckdb(tokens)
        tokens.expect(",")
        value = _read_duckdb(tokens)
        tokens.expect(")")
        return map_of(key, value)
    if word == "STRUCT":
        fields: list[Field] = []
        tokens.expect("(")
        while not tokens.accept(")"):
            name = tokens.name()
            fields.append(Field(name, _read_duckdb(tokens)))
            tokens.accept(",")
        return SparkType("STRUCT", fields=tuple(fields))
    if word == "ENUM" and tokens.accept("("):
        while not tokens.accept(")"):
            tokens.take()
    if word == "TIMESTAMP" and tokens.accept("WITH", "TIME", "ZONE"):
        return TIMESTAMP
    if word not in _FROM_DUCKDB:
        raise TypeSyntaxError(word)
    return _FROM_DUCKDB[word]


def parse_type(databricks_type: str) -> SparkType:
    """The type of a Databricks type text, in SQL (`BIGINT`) or Spark JSON spelling (`long`).

    Raises:
        UnknownTypeError: the text names no Databricks type.
    """
    try:
        tokens = TypeTokens(databricks_type)
        found = _read_spark(tokens)
        tokens.expect_end()
    except TypeSyntaxError as error:
        raise UnknownTypeError(f"unknown type '{databricks_type}'") from error
    return found


def parse_duckdb_type(duckdb_type: object) -> SparkType:
    """The Databricks type of a DuckDB type, given as text or as a `DuckDBPyType`.

    Raises:
        UnknownTypeError: the DuckDB type has no counterpart (TIME, BIT, UNION …).
    """
    return _parsed_duckdb(str(duckdb_type))


@lru_cache
def _parsed_duckdb(text: str) -> SparkType:
    try:
        tokens = TypeTokens(text)
        found = _read_duckdb(tokens)
        tokens.expect_end()
    except TypeSyntaxError as error:
        raise UnknownTypeError(f"DuckDB type '{text}' has no Databricks counterpart") from error
    return found


def to_databricks(duckdb_type: object) -> str:
    """Databricks SQL text of a DuckDB type: `BIGINT`, `ARRAY<STRING>`."""
    return parse_duckdb_type(duckdb_type).text


def to_duckdb(databricks_type: str) -> str:
    """DuckDB type text of a Databricks type: `LONG` gives `BIGINT`, `ARRAY<STRING>` gives `VARCHAR[]`."""
    return parse_type(databricks_type).duckdb


def spark_name(duckdb_type: object) -> str:
    """Short lower-case name as `data_type` columns and `type_text` show it: `bigint`, `array<string>`."""
    return parse_duckdb_type(duckdb_type).short
