"""The Databricks SQL functions that a definition may use: those whose meaning and type are known here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlglot

from monitoring.nearest import did_you_mean
from monitoring.rules.expressions import DIALECT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

_BUILT_IN = """
ANY_VALUE APPROX_COUNT_DISTINCT APPROX_PERCENTILE AVG BIT_AND BIT_OR BIT_XOR BOOL_AND BOOL_OR COLLECT_LIST
COLLECT_SET CORR COUNT COUNT_IF COVAR_POP COVAR_SAMP FIRST FIRST_VALUE KURTOSIS LAST LAST_VALUE MAX MAX_BY
MEDIAN MIN MIN_BY MODE PERCENTILE PERCENTILE_APPROX PERCENTILE_CONT PERCENTILE_DISC REGR_AVGX REGR_AVGY
REGR_COUNT REGR_INTERCEPT REGR_R2 REGR_SLOPE REGR_SXX REGR_SXY REGR_SYY SKEWNESS STDDEV STDDEV_POP
STDDEV_SAMP SUM VAR_POP VAR_SAMP VARIANCE

COALESCE GREATEST IF IFF IFNULL LEAST NANVL NULLIF NVL NVL2 ISNAN CAST TRY_CAST TRY_ADD TRY_DIVIDE
TRY_MULTIPLY TRY_SUBTRACT TRY_ELEMENT_AT

ABS ACOS ASIN ATAN ATAN2 CBRT CEIL CEILING COS COSH COT DEGREES DIV EXP FACTORIAL FLOOR LN LOG LOG10 LOG2
MOD NEGATIVE PI POW POWER RADIANS RINT ROUND SIGN SIGNUM SIN SINH SQRT TAN TANH WIDTH_BUCKET

ASCII BIT_LENGTH CHAR_LENGTH CHARACTER_LENGTH CHARINDEX CONCAT CONCAT_WS CONTAINS ENDSWITH GET_JSON_OBJECT
INITCAP INSTR LCASE LEFT LEN LENGTH LEVENSHTEIN LOCATE LOWER LPAD LTRIM MD5 OVERLAY REGEXP_COUNT
REGEXP_EXTRACT REGEXP_LIKE REGEXP_REPLACE REPEAT REPLACE REVERSE RIGHT RLIKE RPAD RTRIM SHA1 SHA2 SPLIT
SPLIT_PART STARTSWITH SUBSTR SUBSTRING SUBSTRING_INDEX TRANSLATE TRIM UCASE UPPER

ADD_MONTHS CURRENT_DATE CURRENT_TIMESTAMP DATE DATE_ADD DATE_DIFF DATE_FORMAT DATE_SUB DATE_TRUNC DATEADD
DATEDIFF DAY DAYOFMONTH DAYOFWEEK DAYOFYEAR EXTRACT FROM_UNIXTIME FROM_UTC_TIMESTAMP HOUR LAST_DAY MINUTE
MONTH MONTHS_BETWEEN NEXT_DAY NOW QUARTER SECOND TIMESTAMP TIMESTAMPADD TIMESTAMPDIFF TO_DATE TO_TIMESTAMP
TO_UNIX_TIMESTAMP TO_UTC_TIMESTAMP TRUNC UNIX_DATE UNIX_MICROS UNIX_MILLIS UNIX_SECONDS UNIX_TIMESTAMP
WEEKOFYEAR YEAR

ARRAY ARRAY_CONTAINS ARRAY_DISTINCT ARRAY_EXCEPT ARRAY_INTERSECT ARRAY_JOIN ARRAY_MAX ARRAY_MIN
ARRAY_POSITION ARRAY_SIZE ELEMENT_AT EXISTS FILTER FLATTEN MAP_CONTAINS_KEY MAP_KEYS SIZE SORT_ARRAY
TRANSFORM
"""
FUNCTIONS = frozenset(_BUILT_IN.split())

SPELLINGS = {
    "BIGINT": "CAST(… AS BIGINT)",
    "CARDINALITY": "SIZE",
    "EVERY": "BOOL_AND",
    "ISNOTNULL": "… IS NOT NULL",
    "ISNULL": "… IS NULL",
    "MEAN": "AVG",
    "PMOD": "MOD",
    "SAFE_DIVIDE": "TRY_DIVIDE",
    "SOME": "BOOL_OR",
    "STD": "STDDEV",
    "COUNTIF": "COUNT_IF",
    "APPROX_DISTINCT": "APPROX_COUNT_DISTINCT",
}
"""Functions that have another spelling here, and which."""

_KEYWORDS = """
ALL AND ANY AS BETWEEN BY CASE CHAR DEC DECIMAL DISTINCT ELSE ESCAPE FROM GROUP ILIKE IN INTERVAL IS LIKE
NOT NULL NUMERIC ON OR ORDER OVER REGEXP SELECT STRUCT THEN USING VARCHAR WHEN WHERE WITHIN
"""
_NO_FUNCTIONS = frozenset(_KEYWORDS.split())
"""Words that a parenthesis may follow without being a call."""


def function_reasons(text: str) -> list[str]:
    """The calls in ``text`` of functions that are not known, as written there."""
    tokens = sqlglot.tokenize(text, read=DIALECT)
    reasons = {}
    for index, token in enumerate(tokens[:-1]):
        name = token.text.upper()
        if tokens[index + 1].text != "(" or not re.fullmatch(r"\w+", token.text) or token.text[0].isdigit():
            continue
        if token.token_type is sqlglot.TokenType.STRING or name in _NO_FUNCTIONS:
            continue
        if qualifier := _qualifier(tokens, index):
            reasons[f"unknown function '{qualifier}{token.text}'; write a built-in one"] = True
        elif name not in FUNCTIONS:
            reasons[f"unknown function '{token.text}'{_instead(name)}"] = True
    return list(reasons)


def _qualifier(tokens: Sequence[Token], index: int) -> str:
    if index > 1 and tokens[index - 1].token_type is sqlglot.TokenType.DOT:
        return f"{tokens[index - 2].text}."
    return ""


def _instead(name: str) -> str:
    return f"; write {SPELLINGS[name]}" if name in SPELLINGS else did_you_mean(name, FUNCTIONS)
