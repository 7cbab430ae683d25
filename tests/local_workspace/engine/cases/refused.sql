-- expression over `one_row`; how its refusal begins. A text in brackets is Databricks' own: Spark refuses it too.
-- ---- functions that are not known
FOO(i); function FOO is not supported
HOURS(ts); function HOURS is not supported; did you mean HOUR?
XXHASH64(s); function XXHASH64 is not supported
HASH(s); function HASH is not supported
CRC32(s); function CRC32 is not supported
SOUNDEX(s); function SOUNDEX is not supported
FROM_JSON(s, 'a INT'); function FROM_JSON is not supported
TO_CHAR(i, '9'); function TO_CHAR is not supported
RAND(); function RAND is not supported
UUID(); function UUID is not supported
WINDOW(ts, '1 day'); function WINDOW is not supported
EXPLODE(a); function EXPLODE is not supported
TRANSFORM(a, e -> e); function TRANSFORM is not supported
ANY(b); Any is not supported: ANY(b)
-- ---- nothing of DuckDB's own shines through
read_text('/etc/passwd'); function READ_TEXT is not supported
getenv('HOME'); function GETENV is not supported
list_sum(a); function LIST_SUM is not supported
epoch_us(ts); function EPOCH_US is not supported
quantile_cont(x, 0.5); function QUANTILE_CONT is not supported
-- ---- types that Databricks does not take either
SUM(b); [DATATYPE_MISMATCH]
AVG(b); [DATATYPE_MISMATCH]
STDDEV(b); [DATATYPE_MISMATCH]
COUNT_IF(i); [DATATYPE_MISMATCH]
BOOL_AND(i); [DATATYPE_MISMATCH]
MAX(m); MAX of MAP<STRING, INT> is not supported
CASE WHEN i THEN 1 END; [DATATYPE_MISMATCH]
i AND b; [DATATYPE_MISMATCH]
NOT i; [DATATYPE_MISMATCH]
IF(i, 1, 2); [DATATYPE_MISMATCH]
IF(b, day, 1); [DATATYPE_MISMATCH]
COALESCE(day, 1); [DATATYPE_MISMATCH]
i = b; [DATATYPE_MISMATCH]
day = 1; [DATATYPE_MISMATCH]
m = m; [DATATYPE_MISMATCH]
i IN (day); [DATATYPE_MISMATCH]
GREATEST(i, '1'); [DATATYPE_MISMATCH]
GREATEST(i, day); [DATATYPE_MISMATCH]
b + 1; [DATATYPE_MISMATCH]
s + num; [DATATYPE_MISMATCH]
day * 2; [DATATYPE_MISMATCH]
day + l; [DATATYPE_MISMATCH]
CAST(day AS INT); [DATATYPE_MISMATCH]
CAST(i AS DATE); [DATATYPE_MISMATCH]
CAST(b AS TIMESTAMP); [DATATYPE_MISMATCH]
CAST(a AS INT); [DATATYPE_MISMATCH]
MD5(i); [DATATYPE_MISMATCH]
DATE_ADD(day, l); [DATATYPE_MISMATCH]
DATE_ADD(day, 1.5); [DATATYPE_MISMATCH]
UNIX_DATE(ts); [DATATYPE_MISMATCH]
UNIX_SECONDS(day); [DATATYPE_MISMATCH]
TIMESTAMP_MILLIS(x); [DATATYPE_MISMATCH]
PERCENTILE(x, 1.5); [DATATYPE_MISMATCH]
PERCENTILE(day, 0.5); [DATATYPE_MISMATCH]
YEAR(i); [DATATYPE_MISMATCH]
-- ---- calls that Databricks does not take either
SUM(SUM(i)); [NESTED_AGGREGATE_FUNCTION]
SUM(i, x); [WRONG_NUM_ARGS.WITHOUT_SUGGESTION]
HOUR(); [WRONG_NUM_ARGS.WITHOUT_SUGGESTION]
GREATEST(i); [WRONG_NUM_ARGS.WITHOUT_SUGGESTION]
'a' LIKE 'a\\b'; [INVALID_FORMAT.ESC_IN_THE_MIDDLE]
nosuch + 1; [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `nosuch`
i + ) 1; [PARSE_SYNTAX_ERROR]
-- ---- what Databricks takes and DuckDB would make something else of
'it\'s' 'and''so'; a doubled quote inside a text ('and''so') means different things in different runtimes
CAST(a AS STRING); CAST(ARRAY<STRING> AS STRING) is not supported
CAST(ts AS DECIMAL(20,6)); CAST(TIMESTAMP AS DECIMAL(20,6)) is not supported
CAST(x AS TIMESTAMP); CAST(DOUBLE AS TIMESTAMP) is not supported
CAST(s AS BINARY); CAST(STRING AS BINARY) is not supported
DATE_TRUNC('MILLENNIUM', ts); DATE_TRUNC: unknown unit 'MILLENNIUM'
TRUNC(day, 'DD'); TRUNC: unknown unit 'DD'
DATEDIFF(FORTNIGHT, ts, ts); DATEDIFF: unknown unit 'FORTNIGHT'
EXTRACT(CENTURY FROM ts); EXTRACT: unknown field 'CENTURY'
s:field; function JSON_EXTRACT is not supported
x DIV 2; DIV is supported for whole numbers only
d DIV 2; DIV is supported for whole numbers only
i & 1; BitwiseAnd is not supported
~i; BitwiseNot is not supported
X'1F'; HexString is not supported
ts - day; subtracting two times is not supported
day - day; subtracting two times is not supported
day + NULL; a time and a bare NULL are not supported here
INTERVAL '1-2' YEAR TO MONTH; INTERVAL '1-2' YEAR TO MONTH is not supported
ts + INTERVAL i MINUTES; INTERVAL i MINUTES is not supported: a whole number of minutes is needed
ts + INTERVAL 1.5 SECONDS; INTERVAL '1.5' SECONDS is not supported: a whole number of seconds is needed
ts + INTERVAL 1 QUARTER; INTERVAL: unknown unit 'QUARTER'
TIMESTAMP_SECONDS(x); TIMESTAMP_SECONDS is supported for whole numbers only
CEIL(x, 1); CEIL with a number of digits is not supported
ROUND(x, i); ROUND: the number of digits must be a whole-number literal
ROUND(f, 1); ROUND of FLOAT is not supported
ROUND(i, -1); ROUND of INT to -1 digits is not supported
try_divide(num, 2); TRY_DIVIDE of STRING is not supported
try_add(x, 1); TRY_ADD is supported for whole numbers only
TRY_AVG(d); TRY_AVG of DECIMAL is not supported
SUM(ts); SUM of TIMESTAMP is not supported
PERCENTILE(x, 0.5, 2); PERCENTILE with a frequency is not supported
PERCENTILE_CONT(0.5); PERCENTILE_CONT needs WITHIN GROUP (ORDER BY x)
PERCENTILE_DISC(x, 0.5); PERCENTILE_DISC needs WITHIN GROUP (ORDER BY x)
COUNT(DISTINCT *); COUNT of * is not supported here
COUNT(*, i); COUNT of * is not supported here
SUM(*); SUM of * is not supported here
FIRST(i, TRUE); FIRST that leaves NULLs out is not supported
FIRST(i) IGNORE NULLS; IgnoreNulls is not supported
SUM(i) FILTER (WHERE b) OVER (); SUM(i) FILTER(WHERE b): FILTER with OVER is not supported
RANK() FILTER (WHERE b); RANK needs OVER
NAMED_STRUCT(i, 1); NAMED_STRUCT takes names that are text literals
COUNT(i) WITHIN GROUP (ORDER BY x); COUNT takes no WITHIN GROUP
CORR(x) WITHIN GROUP (ORDER BY x); CORR takes no WITHIN GROUP
PERCENTILE(DISTINCT x, 0.5); PERCENTILE(DISTINCT
COLLECT_LIST(i) FILTER (WHERE b); COLLECT_LIST with FILTER or OVER is not supported
LENGTH(DISTINCT s); LENGTH(DISTINCT
LENGTH(s) OVER (ORDER BY s); LENGTH is not an aggregate
RANK(); RANK needs OVER
SHA2(s, 512); SHA2 is supported with 256 bits
CONCAT(ARRAY(1), ARRAY(2)); CONCAT of arrays is not supported
SIZE(NULL); SIZE of a bare NULL is not supported
MAX(STRUCT(i)); MAX of STRUCT<i: INT> is not supported
-- ---- patterns that Java and DuckDB read differently, or that are not known beforehand
s RLIKE n; RLIKE: the pattern must be a text literal
s RLIKE '\\bW'; RLIKE: '\b' in the pattern
s RLIKE '(?i)w'; RLIKE: '(?i)' in the pattern
s RLIKE 'W(?=o)'; RLIKE: '(?=o' in the pattern
s RLIKE '(o)\\1'; RLIKE: '\1' in the pattern
s RLIKE '\\p{L}'; RLIKE: '\p' in the pattern
s RLIKE 'o*+'; RLIKE: '*+' in the pattern
s RLIKE '[a-c[d]]'; RLIKE: '[' without ']', '[' or '&&' inside brackets
s RLIKE '(W$)'; RLIKE: '$' before the end
s RLIKE '[^o]$'; RLIKE: '$' beside something that takes a carriage return
s RLIKE '(o'; RLIKE: '(' without ')'
s RLIKE 'o{1001}'; RLIKE: '{'
REGEXP_REPLACE(s, 'o*', '-'); REGEXP_REPLACE is not supported with '$', nor with a pattern that may match an empty text
REGEXP_REPLACE(s, 'd$', '-'); REGEXP_REPLACE is not supported with '$'
REGEXP_REPLACE(s, 'o', '\\$'); REGEXP_REPLACE: the replacement
REGEXP_REPLACE(s, 'o', '$1'); REGEXP_REPLACE: the replacement
REGEXP_EXTRACT(s, 'o', 1); REGEXP_EXTRACT: group 1 is not one of the 0 groups
REGEXP_EXTRACT(s, '(o*)*', 1); REGEXP_EXTRACT is not supported
DATE_FORMAT(ts, 'yy'); DATE_FORMAT: 'yy' in the pattern 'yy' is not supported
DATE_FORMAT(ts, s); DATE_FORMAT: the pattern must be a text literal
SPLIT_PART(s, '', 1); SPLIT_PART: the separator must be a text literal that is not empty
TRANSLATE(s, s, 'x'); TRANSLATE: both lists of characters must be text literals
-- ---- what has no place in a metric
(SELECT 1) + 1; a sub-query is not supported here
i IN (SELECT 1); a sub-query is not supported here
EXISTS (SELECT 1); a sub-query is not supported here
*; Star is not supported
1, 2; one SQL expression is expected
1 AS one; Alias is not supported
:p; Placeholder is not supported
{{input_column}}; Placeholder is not supported
