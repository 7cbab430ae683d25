"""Translates one Databricks expression to typed DuckDB SQL, bottom-up.

The table `HANDLERS` at the end lists every kind of syntax that is translated; any other is refused by its name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from sqlglot import exp

from local_workspace.engine.arithmetic import BINARY, DIVISIONS, negate
from local_workspace.engine.calls import Call, Function, Kind
from local_workspace.engine.coercion import (
    Typed,
    cast,
    coerce,
    common_type,
    identifier,
    integer_literal_type,
    text_literal,
    typed,
    unified,
)
from local_workspace.engine.dialect_errors import UnsupportedSQLError, mismatch, nearest, unknown_column
from local_workspace.engine.functions import FUNCTIONS
from local_workspace.engine.functions_collections import index_array, index_map, make_struct
from local_workspace.engine.functions_time import (
    DAY_OF_WEEK_ISO,
    EXTRACTS,
    INTERVAL_UNITS,
    SECOND_FIELDS,
    SECOND_WITH_FRACTION,
    WHOLE_DAY_UNITS,
    interval,
    unit_of,
)
from local_workspace.engine.types import (
    BOOLEAN,
    DATE,
    DAY_INTERVAL,
    DOUBLE,
    INTERVAL,
    STRING,
    TIMESTAMP,
    VOID,
    SparkType,
    UnknownTypeError,
    decimal,
    parse_type,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


class Scope(Protocol):
    """What column names mean where an expression stands."""

    def column(self, parts: list[str]) -> Typed:
        """The column (and field) of a dotted name.

        Raises:
            AnalysisError: no column has this name.
        """
        ...


@dataclass(frozen=True)
class ColumnScope:
    """Columns of tables: table name (or "" for none) -> column -> Databricks type."""

    tables: Mapping[str, Mapping[str, SparkType]]

    def column(self, parts: list[str]) -> Typed:
        """The column of `[table.]column[.field …]`, ignoring case."""
        if len(parts) > 1:
            for table, columns in self.tables.items():
                if table and table.lower() == parts[0].lower():
                    return column_of(columns, parts, 1, f"{identifier(table)}.")
        found = [(table, columns) for table, columns in self.tables.items() if _named(columns, parts[0])]
        if len(found) > 1:
            raise UnsupportedSQLError(
                f"[AMBIGUOUS_REFERENCE] Reference `{parts[0]}` is ambiguous. SQLSTATE: 42704"
            )
        if not found:
            raise unknown_column(parts, [name for columns in self.tables.values() for name in columns])
        table, columns = found[0]
        return column_of(columns, parts, 0, f"{identifier(table)}." if table else "")


def _named(columns: Mapping[str, SparkType], name: str) -> str | None:
    if name in columns:
        return name
    return next((known for known in columns if known.lower() == name.lower()), None)


def column_of(columns: Mapping[str, SparkType], parts: list[str], at: int, prefix: str) -> Typed:
    """The column `parts[at]` of a table and the fields after it."""
    name = _named(columns, parts[at])
    if name is None:
        raise unknown_column(parts, columns)
    value = typed(prefix + identifier(name), columns[name])
    for field in parts[at + 1 :]:
        value = field_of(value, field)
    return value


def field_of(value: Typed, name: str) -> Typed:
    """The field of a STRUCT."""
    field = value.type.field(name)
    if field is None:
        if value.type.fields:
            raise unknown_column([name], [each.name for each in value.type.fields])
        raise mismatch(value.sql, f'"{value.type.text}" has no field `{name}`.')
    return typed(f"struct_extract({value.sql}, {text_literal(field.name)})", field.type, [value])


@dataclass(frozen=True)
class Translator:
    """Translates expressions of one scope.

    Attributes:
        scope: gives columns.
        now: the clock; None leaves it to DuckDB's own.
        subquery: translates a query inside an expression to (SQL, column types); None refuses it.
    """

    scope: Scope
    now: datetime | None = None
    subquery: Callable[[exp.Expr], tuple[str, list[SparkType]]] | None = None

    def translate(self, node: exp.Expr) -> Typed:
        """The typed DuckDB SQL of an expression.

        Raises:
            UnsupportedSQLError: it holds something that is not known to mean the same on DuckDB.
        """
        handler = HANDLERS.get(type(node))
        if handler is not None:
            return handler(self, node)
        if isinstance(node, exp.Func):
            return _call(self, _rewritten(node))
        raise UnsupportedSQLError(f"{type(node).__name__} is not supported: {_shown(node)}")


def _shown(node: exp.Expr) -> str:
    text = node.sql(dialect="databricks")
    return text if len(text) <= 80 else text[:77] + "..."  # noqa: PLR2004 - one line of a message


def _rewritten(node: exp.Func) -> exp.Expr:
    """A call that sqlglot's own reader made, as this module's reader would have read it."""
    from local_workspace.engine.dialect_parser import parse_expression  # noqa: PLC0415 - only on this rare path

    again = parse_expression(node.sql(dialect="databricks"))
    if isinstance(again, exp.Func) and not isinstance(again, exp.Anonymous):
        raise UnsupportedSQLError(f"function {node.sql_name()} is not supported: {_shown(node)}")
    return again


# ---- leaves ------------------------------------------------------------------------------------------------------


def _literal(_: Translator, node: exp.Expr) -> Typed:
    text = node.name
    if node.is_string:
        return Typed(text_literal(text), STRING)
    if text.isdigit():
        return Typed(text, integer_literal_type(text), literal=text)
    if "e" in text.lower():
        return Typed(f"CAST({text} AS DOUBLE)", DOUBLE)
    whole, fraction = (*text.split("."), "")[:2]
    digits = len(whole.lstrip("0")) + len(fraction)
    return Typed(text, decimal(max(digits, len(fraction), 1), len(fraction)), loose=True, literal=text)


def _null(_: Translator, __: exp.Expr) -> Typed:
    return Typed("NULL", VOID)


def _boolean(_: Translator, node: exp.Expr) -> Typed:
    return Typed("TRUE" if node.this else "FALSE", BOOLEAN)


def _paren(translator: Translator, node: exp.Expr) -> Typed:
    return translator.translate(node.this)


def name_parts(node: exp.Expr) -> list[str] | None:
    """The parts of a dotted name; None when it is more than a name."""
    if isinstance(node, exp.Column):
        return [part.name for part in node.parts]
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Identifier):
        before = name_parts(node.this)
        return None if before is None else [*before, node.expression.name]
    return None


def _column(translator: Translator, node: exp.Expr) -> Typed:
    if isinstance(node.this, exp.Star):
        raise UnsupportedSQLError("* is not supported here")
    return translator.scope.column(name_parts(node) or [])


def _dot(translator: Translator, node: exp.Expr) -> Typed:
    parts = name_parts(node)
    if parts is not None:
        return translator.scope.column(parts)
    if not isinstance(node.expression, exp.Identifier):
        raise UnsupportedSQLError(f"{_shown(node)} is not supported")
    return field_of(translator.translate(node.this), node.expression.name)


def _now(translator: Translator, _: exp.Expr) -> Typed:
    if translator.now is None:
        return Typed("(now() AT TIME ZONE 'UTC')", TIMESTAMP)
    return Typed(f"TIMESTAMP '{translator.now:%Y-%m-%d %H:%M:%S.%f}'", TIMESTAMP)


def _today(translator: Translator, node: exp.Expr) -> Typed:
    return Typed(f"CAST({_now(translator, node).sql} AS DATE)", DATE)


def _interval(translator: Translator, node: exp.Expr) -> Typed:
    unit_node = node.args.get("unit")
    if unit_node is None or not isinstance(unit_node, exp.Var):
        raise UnsupportedSQLError(f"{_shown(node)} is not supported; write INTERVAL n UNIT")
    unit = unit_of("INTERVAL", unit_node.name, INTERVAL_UNITS)
    amount = node.this
    if isinstance(amount, exp.Literal):
        if not amount.name.strip().lstrip("+-").isdigit():
            raise UnsupportedSQLError(f"{_shown(node)} is not supported: a whole number of {unit}s is needed")
        value = Typed(str(int(amount.name)), integer_literal_type("1"))
    else:
        value = translator.translate(amount)
        if not value.type.is_integral:
            raise UnsupportedSQLError(f"{_shown(node)} is not supported: a whole number of {unit}s is needed")
    kind = DAY_INTERVAL if unit in WHOLE_DAY_UNITS else INTERVAL
    return typed(interval(value.sql, unit), kind, [value])


# ---- operators ---------------------------------------------------------------------------------------------------


def _binary(translator: Translator, node: exp.Expr) -> Typed:
    return BINARY[type(node)](translator.translate(node.this), translator.translate(node.expression))


def _division(translator: Translator, node: exp.Expr) -> Typed:
    left, right = translator.translate(node.this), translator.translate(node.expression)
    return DIVISIONS[type(node)](left, right, node.expression)


def _neg(translator: Translator, node: exp.Expr) -> Typed:
    return negate(translator.translate(node.this))


def comparable(what: str, left: Typed, right: Typed) -> tuple[Typed, Typed]:
    """Both sides of a comparison, cast where DuckDB would compare them otherwise than Databricks.

    Raises:
        AnalysisError: Databricks does not compare these types.
    """
    if left.type.name in {"MAP", "INTERVAL", "INTERVAL DAY"} or common_type(left.type, right.type) is None:
        raise mismatch(what, f'"{left.type.text}" and "{right.type.text}" cannot be compared.')
    if left.type.is_numeric and right.type.is_numeric:
        if left.type != right.type and "FLOAT" in {left.type.name, right.type.name}:
            return coerce(left, DOUBLE), coerce(right, DOUBLE)
        return left, right
    values, _ = unified(what, [left, right])
    return values[0], values[1]


_COMPARISONS: Final[dict[type[exp.Expr], str]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM",
}


def _comparison(translator: Translator, node: exp.Expr) -> Typed:
    sides = comparable(_shown(node), translator.translate(node.this), translator.translate(node.expression))
    return typed(f"{sides[0]} {_COMPARISONS[type(node)]} {sides[1]}", BOOLEAN, sides, atomic=False)


def condition(translator: Translator, node: exp.Expr) -> Typed:
    """An expression that must be BOOLEAN.

    Raises:
        AnalysisError: it has another type; Databricks does not take numbers for conditions.
    """
    value = translator.translate(node)
    if value.type.is_numeric:
        raise mismatch(_shown(node), f'a "BOOLEAN" is required, "{value.type.text}" was given.')
    return coerce(value, BOOLEAN)


def _connected(translator: Translator, node: exp.Expr) -> Typed:
    """AND and OR; an operand that may fail is not evaluated on rows that an earlier one decides."""
    word, deciding = ("AND", "FALSE") if isinstance(node, exp.And) else ("OR", "TRUE")
    operands = [condition(translator, each) for each in _flattened(node, type(node))]
    joined = f" {word} ".join(str(each) for each in operands)
    last = max((at for at, each in enumerate(operands) if each.can_raise), default=0)
    if last == 0:
        return typed(joined, BOOLEAN, operands, atomic=False)
    decided = " ".join(f"WHEN {each} IS {deciding} THEN {deciding}" for each in operands[:last])
    return typed(f"CASE {decided} ELSE {joined} END", BOOLEAN, operands)


def _flattened(node: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    """The operands of `a AND b AND c`, left to right."""
    operands: list[exp.Expr] = []
    while isinstance(node, kind):
        operands.insert(0, node.expression)
        node = node.this
    return [node, *operands]


def _not(translator: Translator, node: exp.Expr) -> Typed:
    value = condition(translator, node.this)
    return typed(f"NOT {value}", BOOLEAN, [value], atomic=False)


def _is(translator: Translator, node: exp.Expr) -> Typed:
    """`x IS NULL`, `x IS TRUE`, `x IS FALSE`; NOT stands around it."""
    tested = node.expression
    if isinstance(tested, exp.Null):
        value = translator.translate(node.this)
        return typed(f"{value} IS NULL", BOOLEAN, [value], atomic=False)
    if isinstance(tested, exp.Boolean):
        value = condition(translator, node.this)
        return typed(f"{value} IS {'TRUE' if tested.this else 'FALSE'}", BOOLEAN, [value], atomic=False)
    raise UnsupportedSQLError(f"{_shown(node)} is not supported")


def _between(translator: Translator, node: exp.Expr) -> Typed:
    if node.args.get("symmetric"):
        raise UnsupportedSQLError("BETWEEN SYMMETRIC is not supported")
    value, shown = translator.translate(node.this), _shown(node)
    low = comparable(shown, value, translator.translate(node.args["low"]))
    high = comparable(shown, value, translator.translate(node.args["high"]))
    sql = f"{low[0]} >= {low[1]} AND {high[0]} <= {high[1]}"
    return typed(sql, BOOLEAN, [*low, *high], atomic=False)


def _in(translator: Translator, node: exp.Expr) -> Typed:
    value = translator.translate(node.this)
    query = node.args.get("query")
    if query is not None:
        return _in_query(translator, value, query)
    if node.args.get("unnest") or node.args.get("field") or not node.expressions:
        raise UnsupportedSQLError(f"{_shown(node)} is not supported")
    values, _ = unified(_shown(node), [value, *(translator.translate(each) for each in node.expressions)])
    return typed(
        f"{values[0]} IN ({', '.join(each.sql for each in values[1:])})", BOOLEAN, values, atomic=False
    )


def _in_query(translator: Translator, value: Typed, query: exp.Expr) -> Typed:
    sql, kinds = _query(translator, query)
    if len(kinds) != 1 or common_type(value.type, kinds[0]) is None:
        raise mismatch("IN (SELECT …)", "one column of a comparable type is required.")
    left, _ = comparable("IN (SELECT …)", value, typed("NULL", kinds[0]))
    if left.type != kinds[0] and not (left.type.is_numeric and kinds[0].is_numeric):
        raise UnsupportedSQLError(
            "IN (SELECT …) with columns of different types is not supported; cast one side"
        )
    return typed(f"{left} IN ({sql})", BOOLEAN, [value], atomic=False)


def _query(translator: Translator, node: exp.Expr) -> tuple[str, list[SparkType]]:
    if translator.subquery is None:
        raise UnsupportedSQLError("a sub-query is not supported here")
    return translator.subquery(node.unnest() if isinstance(node, exp.Subquery) else node)


def _scalar_query(translator: Translator, node: exp.Expr) -> Typed:
    sql, kinds = _query(translator, node)
    if len(kinds) != 1:
        raise mismatch("(SELECT …)", f"one column is required, {len(kinds)} were given.")
    return typed(f"({sql})", kinds[0])


def _exists(translator: Translator, node: exp.Expr) -> Typed:
    sql, _ = _query(translator, node.this)
    return typed(f"EXISTS ({sql})", BOOLEAN)


def _like_pattern(node: exp.Expr, pattern: Typed, escape: str) -> str:
    """` ESCAPE …` where the pattern may need it.

    Raises:
        UnsupportedSQLError: an escape stands before another character, which Databricks refuses.
    """
    if not isinstance(node, exp.Literal):
        return f" ESCAPE {text_literal(escape)}"
    text, at = node.name, 0
    while (at := text.find(escape, at)) >= 0:
        if text[at + 1 : at + 2] not in {"%", "_", escape}:
            raise UnsupportedSQLError(
                f"[INVALID_FORMAT.ESC_IN_THE_MIDDLE] The format is invalid: {pattern.sql}. The escape character "
                f"is not allowed to precede '{text[at + 1 : at + 2]}'. SQLSTATE: 42601"
            )
        at += 2
    return f" ESCAPE {text_literal(escape)}" if escape in text else ""


def _like(translator: Translator, node: exp.Expr, escape: str = "\\") -> Typed:
    word = "ILIKE" if isinstance(node, exp.ILike) else "LIKE"
    value = coerce(translator.translate(node.this), STRING)
    pattern = node.expression
    if isinstance(pattern, exp.Any | exp.All):
        joined = " OR " if isinstance(pattern, exp.Any) else " AND "
        listed = pattern.this.unnest()
        patterns = listed.expressions if isinstance(listed, exp.Tuple) else [listed]
    else:
        joined, patterns = " OR ", [pattern]
    texts = [(each, coerce(translator.translate(each), STRING)) for each in patterns]
    tests = [f"{value} {word} {text}{_like_pattern(each, text, escape)}" for each, text in texts]
    sql = tests[0] if len(tests) == 1 else joined.join(f"({test})" for test in tests)
    return typed(sql, BOOLEAN, [value, *(text for _, text in texts)], atomic=False)


def _escape(translator: Translator, node: exp.Expr) -> Typed:
    if not isinstance(node.this, exp.Like | exp.ILike) or len(node.expression.name) != 1:
        raise UnsupportedSQLError(f"{_shown(node)} is not supported: ESCAPE takes one character")
    return _like(translator, node.this, node.expression.name)


def _dpipe(translator: Translator, node: exp.Expr) -> Typed:
    return invoke(translator, "CONCAT", [node.this, node.expression])


# ---- conditionals, casts, access ---------------------------------------------------------------------------------


def _case(translator: Translator, node: exp.Expr) -> Typed:
    operand = translator.translate(node.this) if node.this is not None else None
    tests: list[Typed] = []
    for branch in node.args["ifs"]:
        if operand is None:
            tests.append(condition(translator, branch.this))
        else:
            sides = comparable(_shown(node), operand, translator.translate(branch.this))
            tests.append(typed(f"{sides[0]} = {sides[1]}", BOOLEAN, sides))
    results = [translator.translate(branch.args["true"]) for branch in node.args["ifs"]]
    default = node.args.get("default")
    if default is not None:
        results.append(translator.translate(default))
    values, kind = unified("CASE", results)
    branches = " ".join(
        f"WHEN {test.sql} THEN {value.sql}" for test, value in zip(tests, values, strict=False)
    )
    otherwise = f" ELSE {values[-1].sql}" if default is not None else ""
    return typed(f"CASE {branches}{otherwise} END", kind, [*tests, *values])


def spark_type(node: exp.Expr) -> SparkType:
    """The type that a parsed type name stands for.

    Raises:
        UnsupportedSQLError: it is no type that the local workspace knows.
    """
    text = node.sql(dialect="databricks")
    try:
        return parse_type(text)
    except UnknownTypeError as error:
        raise UnsupportedSQLError(f"type {text} is not supported") from error


def _cast(translator: Translator, node: exp.Expr) -> Typed:
    if node.args.get("format"):
        raise UnsupportedSQLError("CAST … FORMAT is not supported")
    kind = spark_type(node.args["to"])
    return cast(translator.translate(node.this), kind, tolerant=isinstance(node, exp.TryCast))


def _bracket(translator: Translator, node: exp.Expr) -> Typed:
    value = translator.translate(node.this)
    if len(node.expressions) != 1 or isinstance(node.expressions[0], exp.Slice):
        raise UnsupportedSQLError(f"{_shown(node)} is not supported")
    index = translator.translate(node.expressions[0])
    if value.type.name == "ARRAY":
        return index_array(value, index)
    if value.type.name == "MAP":
        return index_map(value, index)
    raise mismatch(_shown(node), f'an "ARRAY" or "MAP" is required, "{value.type.text}" was given.')


def _struct(translator: Translator, node: exp.Expr) -> Typed:
    names: list[str] = []
    values: list[Typed] = []
    for position, each in enumerate(node.expressions, start=1):
        named = isinstance(each, exp.PropertyEQ | exp.Alias)
        value = each.expression if isinstance(each, exp.PropertyEQ) else each.this if named else each
        names.append(
            each.this.name if isinstance(each, exp.PropertyEQ) else each.alias_or_name or f"col{position}"
        )
        values.append(translator.translate(value))
    return make_struct(names, values)


def _array(translator: Translator, node: exp.Expr) -> Typed:
    if node.args.get("value_constructor") is False or not node.expressions:
        raise UnsupportedSQLError(
            "ARRAY needs at least one element here; a column named `array` needs back-ticks"
        )
    return invoke(translator, "ARRAY", node.expressions)


def _extract(translator: Translator, node: exp.Expr) -> Typed:
    field = node.this.name.upper()
    value = translator.translate(node.expression)
    if field in SECOND_FIELDS:
        return SECOND_WITH_FRACTION.build(Call("EXTRACT", (value,)))
    if field not in EXTRACTS:
        raise UnsupportedSQLError(f"EXTRACT: unknown field '{node.this.name}'{nearest(field, EXTRACTS)}")
    name = EXTRACTS[field]
    entry = DAY_OF_WEEK_ISO if name == "DAYOFWEEK_ISO" else FUNCTIONS[name]
    return entry.build(Call("EXTRACT", (value,)))


# ---- calls -------------------------------------------------------------------------------------------------------

_NOW_NAMES: Final = {
    "NOW": _now,
    "CURRENT_TIMESTAMP": _now,
    "GETDATE": _now,
    "CURDATE": _today,
    "CURRENT_DATE": _today,
}

_NAMES: Final[dict[type[exp.Expr], str]] = {
    exp.Avg: "AVG",
    exp.Coalesce: "COALESCE",
    exp.Count: "COUNT",
    exp.CountIf: "COUNT_IF",
    exp.If: "IF",
    exp.Max: "MAX",
    exp.Min: "MIN",
    exp.Nullif: "NULLIF",
    exp.Quantile: "PERCENTILE",
    exp.Stddev: "STDDEV",
    exp.StrPosition: "POSITION",
    exp.Substring: "SUBSTRING",
    exp.Sum: "SUM",
    exp.Trim: "TRIM",
}


def name_and_arguments(node: exp.Expr) -> tuple[str, list[exp.Expr]]:
    """The Databricks name of a call in upper case, and its arguments in Databricks' order."""
    if isinstance(node, exp.Anonymous):
        return node.name.upper(), list(node.expressions)
    name = _NAMES[type(node)]
    if isinstance(node, exp.If):
        return name, [node.this, node.args["true"], node.args.get("false") or exp.Null()]
    if isinstance(node, exp.Trim):
        position = str(node.args.get("position") or "BOTH").upper()
        name = {"LEADING": "LTRIM", "TRAILING": "RTRIM"}.get(position, "TRIM")
        return name, [each for each in (node.expression, node.this) if each is not None]
    keys: dict[type[exp.Expr], tuple[str, ...]] = {
        exp.StrPosition: ("substr", "this", "position"),
        exp.Substring: ("this", "start", "length"),
    }
    order = keys.get(type(node), ("this", "expression", "quantile"))
    arguments = [node.args[key] for key in order if node.args.get(key) is not None]
    return name, [*arguments, *node.expressions]


def _call(translator: Translator, node: exp.Expr) -> Typed:
    if isinstance(node, exp.Anonymous) and node.name.upper() in _NOW_NAMES and not node.expressions:
        return _NOW_NAMES[node.name.upper()](translator, node)
    name, arguments = name_and_arguments(node)
    return invoke(translator, name, arguments)


def entry_of(name: str) -> Function:
    """The table's entry of a function.

    Raises:
        UnsupportedSQLError: the function is not supported; the text names the nearest that is.
    """
    entry = FUNCTIONS.get(name)
    if entry is None:
        raise UnsupportedSQLError(f"function {name} is not supported{nearest(name, FUNCTIONS)}")
    return entry


def invoke(
    translator: Translator, name: str, arguments: list[exp.Expr], tail: str = "", first: Typed | None = None
) -> Typed:
    """The call of a function by name.

    Args:
        translator: gives the arguments.
        name: the function's name, upper case.
        arguments: the arguments as parsed.
        tail: what follows an aggregate: ` FILTER (…)`, ` OVER (…)`.
        first: an argument given apart, in front (WITHIN GROUP).
    """
    entry = entry_of(name)
    distinct = len(arguments) > 0 and isinstance(arguments[0], exp.Distinct)
    if distinct:
        if not entry.takes_distinct:
            raise UnsupportedSQLError(f"{name}(DISTINCT …) is not supported")
        listed = arguments[0].expressions
        row = listed[0] if len(listed) == 1 else None
        arguments = [*(row.expressions if isinstance(row, exp.Tuple) else listed), *arguments[1:]]
    entry.check(name, len(arguments) if first is None else len(arguments) + 1)
    unexpected = next(
        (each for each in arguments if isinstance(each, exp.Kwarg | exp.PropertyEQ | exp.Lambda)), None
    )
    if unexpected is not None:
        raise UnsupportedSQLError(f"{name}: {_shown(unexpected)} is not supported as an argument")
    if entry.kind is Kind.SCALAR and tail:
        raise UnsupportedSQLError(f"{name} is not an aggregate: FILTER and OVER cannot follow it")
    words, rest = _words(entry, arguments)
    args = [translator.translate(each) for each in rest if not isinstance(each, exp.Star)]
    if first is not None:
        args, arguments = [first], [exp.Null(), *arguments]
    if entry.kind is Kind.AGGREGATE and not tail.startswith(" OVER") and any(arg.aggregate for arg in args):
        raise UnsupportedSQLError(
            f"[NESTED_AGGREGATE_FUNCTION] {name}: an aggregate inside an aggregate is not allowed. SQLSTATE: 42607"
        )
    return entry.build(Call(name, tuple(args), words, tuple(arguments), distinct, tail))


def _words(entry: Function, arguments: list[exp.Expr]) -> tuple[tuple[str, ...], list[exp.Expr]]:
    """The unit words of a call and its other arguments; `DATE_ADD(date, n)` has none."""
    if not entry.words or (
        (entry.least < entry.most if entry.most is not None else False) and len(arguments) == entry.least
    ):
        return (), arguments
    words = []
    for position in entry.words:
        node = arguments[position]
        simple_name = isinstance(node, exp.Column) and len(node.parts) == 1
        if not (
            simple_name or isinstance(node, exp.Var) or (isinstance(node, exp.Literal) and node.is_string)
        ):
            raise UnsupportedSQLError(f"a unit such as DAY is expected, not {_shown(node)}")
        words.append(node.name.upper())
    return tuple(words), [each for at, each in enumerate(arguments) if at not in entry.words]


def _inner_call(translator: Translator, node: exp.Expr, tail: str) -> Typed:
    if isinstance(node, exp.Filter):
        test = condition(translator, node.expression.this)
        return _inner_call(translator, node.this, f" FILTER (WHERE {test.sql}){tail}")
    if isinstance(node, exp.WithinGroup):
        ordered = node.expression.expressions
        if len(ordered) != 1 or ordered[0].args.get("desc"):
            raise UnsupportedSQLError("WITHIN GROUP takes one ascending ORDER BY")
        name, arguments = name_and_arguments(node.this)
        return invoke(translator, name, arguments, tail, translator.translate(ordered[0].this))
    if not isinstance(node, exp.Anonymous) and type(node) not in _NAMES:
        raise UnsupportedSQLError(f"{_shown(node)} is not supported here")
    name, arguments = name_and_arguments(node)
    return invoke(translator, name, arguments, tail)


def _modified_call(translator: Translator, node: exp.Expr) -> Typed:
    return _inner_call(translator, node, "")


def ordering(translator: Translator, node: exp.Expr) -> Typed:
    """One item of an ORDER BY: NULLs first when ascending, last when descending, unless said otherwise."""
    value = translator.translate(node.this)
    if value.type.name == "MAP":
        raise mismatch("ORDER BY", f'"{value.type.text}" has no order.')
    first = bool(node.args.get("nulls_first"))
    words = f"{'DESC' if node.args.get('desc') else 'ASC'} NULLS {'FIRST' if first else 'LAST'}"
    return replace(value, sql=f"{value.sql} {words}")


def _window(translator: Translator, node: exp.Expr) -> Typed:
    if node.args.get("alias") or node.args.get("first") or node.args.get("this") is None:
        raise UnsupportedSQLError("named windows are not supported; write OVER (…)")
    pieces = []
    partition = [translator.translate(each).sql for each in node.args.get("partition_by") or []]
    if partition:
        pieces.append(f"PARTITION BY {', '.join(partition)}")
    order = node.args.get("order")
    if order is not None:
        pieces.append(f"ORDER BY {', '.join(ordering(translator, each).sql for each in order.expressions)}")
    spec = node.args.get("spec")
    if spec is not None:
        pieces.append(_frame(spec))
    made = _inner_call(translator, node.this, f" OVER ({' '.join(pieces)})")
    return replace(made, aggregate=False)


def _frame(spec: exp.Expr) -> str:
    kind = str(spec.args.get("kind") or "").upper()
    bounds = []
    for side in ("start", "end"):
        value = spec.args.get(side)
        text = value if isinstance(value, str) else None
        if isinstance(value, exp.Literal) and not value.is_string and value.name.isdigit():
            text = value.name
        if text is None or kind not in {"ROWS", "RANGE"}:
            raise UnsupportedSQLError(
                "a window frame takes ROWS or RANGE BETWEEN n PRECEDING, CURRENT ROW … only"
            )
        bounds.append(f"{text} {spec.args.get(side + '_side') or ''}".strip())
    return f"{kind} BETWEEN {bounds[0]} AND {bounds[1]}"


HANDLERS: Final[dict[type[exp.Expr], Callable[[Translator, exp.Expr], Typed]]] = {
    exp.Literal: _literal,
    exp.Null: _null,
    exp.Boolean: _boolean,
    exp.Paren: _paren,
    exp.Column: _column,
    exp.Dot: _dot,
    exp.CurrentTimestamp: _now,
    exp.CurrentDate: _today,
    exp.Interval: _interval,
    **dict.fromkeys(BINARY, _binary),
    **dict.fromkeys(DIVISIONS, _division),
    exp.Neg: _neg,
    **dict.fromkeys(_COMPARISONS, _comparison),
    exp.And: _connected,
    exp.Or: _connected,
    exp.Not: _not,
    exp.Is: _is,
    exp.Between: _between,
    exp.In: _in,
    exp.Subquery: _scalar_query,
    exp.Exists: _exists,
    exp.Like: _like,
    exp.ILike: _like,
    exp.Escape: _escape,
    exp.DPipe: _dpipe,
    exp.Case: _case,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Bracket: _bracket,
    exp.Struct: _struct,
    exp.Array: _array,
    exp.Extract: _extract,
    exp.Anonymous: _call,
    **dict.fromkeys(_NAMES, _call),
    exp.Filter: _modified_call,
    exp.WithinGroup: _modified_call,
    exp.Window: _window,
}
"""Every kind of syntax that is translated."""
