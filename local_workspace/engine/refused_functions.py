"""Functions of Databricks SQL that are not translated, and why: what would be guessed is refused."""

from __future__ import annotations

from typing import Final

_REASONS: Final = {
    "its value differs from call to call": """
        RAND RANDN RANDOM RANDSTR UNIFORM UUID SHUFFLE MONOTONICALLY_INCREASING_ID SPARK_PARTITION_ID
    """,
    "which of several equal candidates it takes, or in which order, is not determined": """
        MODE APPROX_TOP_K HISTOGRAM_NUMERIC LISTAGG STRING_AGG
    """,
    "DuckDB has no such hash or cipher": """
        HASH XXHASH64 CRC32 AES_ENCRYPT AES_DECRYPT TRY_AES_DECRYPT
    """,
    "its sketch is a format of Spark's own": """
        HLL_SKETCH_AGG HLL_SKETCH_ESTIMATE HLL_UNION HLL_UNION_AGG COUNT_MIN_SKETCH BITMAP_CONSTRUCT_AGG
        BITMAP_AND_AGG BITMAP_OR_AGG BITMAP_COUNT BITMAP_BIT_POSITION BITMAP_BUCKET_NUMBER KLL_SKETCH_AGG_DOUBLE
        KLL_SKETCH_AGG_BIGINT THETA_SKETCH_AGG THETA_SKETCH_ESTIMATE
    """,
    "its pattern is one of Java's formatter; use ROUND, CAST or LPAD": """
        TO_CHAR TO_VARCHAR TO_NUMBER TRY_TO_NUMBER FORMAT_NUMBER FORMAT_STRING PRINTF
    """,
    "paths and values of JSON, XML, CSV and VARIANT are read differently here": """
        GET_JSON_OBJECT FROM_JSON TO_JSON JSON_TUPLE JSON_ARRAY_LENGTH JSON_OBJECT_KEYS SCHEMA_OF_JSON PARSE_JSON
        TRY_PARSE_JSON VARIANT_GET TRY_VARIANT_GET IS_VARIANT_NULL FROM_CSV TO_CSV FROM_XML TO_XML FROM_AVRO
        XPATH XPATH_STRING XPATH_DOUBLE XPATH_INT XPATH_LONG XPATH_BOOLEAN PARSE_URL TRY_PARSE_URL URL_DECODE
        URL_ENCODE STR_TO_MAP
    """,
    "it takes or gives BINARY": """
        BASE64 UNBASE64 HEX UNHEX BINARY ENCODE DECODE TO_BINARY TRY_TO_BINARY BIN CONV
    """,
    "it takes a function (`x -> …`), which is not translated": """
        TRANSFORM TRANSFORM_KEYS TRANSFORM_VALUES FILTER EXISTS FORALL AGGREGATE REDUCE ZIP_WITH MAP_FILTER
        MAP_ZIP_WITH ARRAY_SORT
    """,
    "it makes rows, which a metric cannot": """
        EXPLODE EXPLODE_OUTER POSEXPLODE POSEXPLODE_OUTER INLINE INLINE_OUTER STACK RANGE
    """,
    "it groups rows by time, which a monitor's granularities do": """
        WINDOW SESSION_WINDOW WINDOW_TIME
    """,
    "it reaches outside of the data": """
        JAVA_METHOD REFLECT TRY_REFLECT INPUT_FILE_NAME INPUT_FILE_BLOCK_START INPUT_FILE_BLOCK_LENGTH VERSION
        CURRENT_USER SESSION_USER USER CURRENT_CATALOG CURRENT_DATABASE CURRENT_SCHEMA RAISE_ERROR ASSERT_TRUE
    """,
    "times here are UTC; rules of time zones are not translated": """
        FROM_UTC_TIMESTAMP TO_UTC_TIMESTAMP CONVERT_TIMEZONE CURRENT_TIMEZONE TO_TIMESTAMP_LTZ TO_TIMESTAMP_NTZ
        MAKE_TIMESTAMP MAKE_TIMESTAMP_LTZ MAKE_TIMESTAMP_NTZ TRY_MAKE_TIMESTAMP LOCALTIMESTAMP
    """,
    "use TIMESTAMPDIFF(MONTH, start, end), which counts whole months": "MONTHS_BETWEEN",
    "use DATE_ADD with DAYOFWEEK": "NEXT_DAY",
    "use an INTERVAL literal": "MAKE_INTERVAL TRY_MAKE_INTERVAL MAKE_DT_INTERVAL MAKE_YM_INTERVAL",
    "use EXTRACT": "DATE_PART DATEPART",
    "use LOCATE": "CHARINDEX",
    "use SUBSTRING with LOCATE, or SPLIT_PART": "SUBSTRING_INDEX OVERLAY ELT FIND_IN_SET",
    "use SPLIT_PART; other separators are regular expressions of Java": """
        SPLIT REGEXP_EXTRACT_ALL REGEXP_INSTR REGEXP_SUBSTR SENTENCES
    """,
    "DuckDB has no such function": "INITCAP LUHN_CHECK MASK SOUNDEX",
    "texts beyond ASCII are not known to give the same": "LEVENSHTEIN CHR CHAR",
    "its last digits, or its NULLs, are not known to be the same": """
        REGR_SLOPE REGR_INTERCEPT REGR_R2 EXPM1 ASINH ACOSH ATANH
    """,
    "use CASE": "WIDTH_BUCKET",
    "use `=`, IS NULL or `<=>`": "EQUAL_NULL",
    "how it treats NULL and NaN elements is not known to be equal": """
        ARRAY_EXCEPT ARRAY_INTERSECT ARRAY_UNION ARRAY_POSITION ARRAY_APPEND ARRAY_PREPEND ARRAY_INSERT
        ARRAY_REMOVE ARRAY_REPEAT ARRAY_COMPACT ARRAYS_OVERLAP ARRAYS_ZIP SLICE SEQUENCE MAP_CONCAT MAP_ENTRIES
        MAP_FROM_ARRAYS MAP_FROM_ENTRIES
    """,
    "bits of single numbers are not translated": """
        BIT_COUNT BIT_GET GETBIT SHIFTLEFT SHIFTRIGHT SHIFTRIGHTUNSIGNED
    """,
    "a window's n-th row is not translated": "NTH_VALUE",
}

REFUSED: Final = {name: reason for reason, names in _REASONS.items() for name in names.split()}
"""Name -> why it is refused. A name that is neither here nor in the tables of functions is refused too."""
