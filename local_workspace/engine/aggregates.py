"""The table of aggregate functions: name -> entry. A name that is not here is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from local_workspace.engine.calls import NUMBER, WHOLE, Call, Function, Kind, fit
from local_workspace.engine.coercion import Typed, typed
from local_workspace.engine.decimal_arithmetic import average
from local_workspace.engine.dialect_errors import DIVIDE_BY_ZERO, UnsupportedSQLError, mismatch, raise_error
from local_workspace.engine.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    SparkType,
    array,
    decimal,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def _result(
    sql: str, kind: SparkType, args: tuple[Typed, ...] | list[Typed], *, can_raise: bool = False
) -> Typed:
    made = typed(sql, kind, args, can_raise=can_raise)
    return Typed(made.sql, kind, can_raise=made.can_raise, aggregate=True)


def _summand(call: Call) -> Typed:
    value = call.args[0]
    if value.type.is_timestamp:
        raise UnsupportedSQLError(f"{call.name} of {value.type.text} is not supported; cast it to BIGINT")
    return fit(call.name, value, NUMBER)


def _sum(call: Call) -> Typed:
    value = _summand(call)
    if value.type.is_floating:
        summed = call.aggregate("sum", value.sql)
        return _result(f"CAST({summed} AS DOUBLE)" if value.type != DOUBLE else summed, DOUBLE, [value])
    kind = BIGINT if value.type.is_integral else decimal(value.type.precision + 10, value.type.scale)
    return _result(
        f"CAST({call.aggregate('sum', value.sql)} AS {kind.duckdb})", kind, [value], can_raise=True
    )


def _avg(call: Call) -> Typed:
    value = _summand(call)
    if not value.type.is_decimal:
        return _result(call.aggregate("avg", value.sql), DOUBLE, [value])
    total = typed(call.aggregate("sum", value.sql), decimal(value.type.precision + 10, value.type.scale))
    count = typed(f"NULLIF({call.aggregate('count', value.sql)}, 0)", BIGINT)
    mean = average(total, count, value.type)
    return _result(mean.sql, mean.type, [value], can_raise=True)


def _none_null(call: Call) -> str:
    return " AND ".join(f"{value} IS NOT NULL" for value in call.args)


def _count(call: Call) -> Typed:
    if call.nodes and isinstance(call.nodes[0], exp.Star):
        return _result(f"count(*){call.tail}", BIGINT, [])
    if len(call.args) == 1:
        return _result(call.aggregate("count", call.args[0].sql), BIGINT, call.args)
    row = f"ROW({', '.join(value.sql for value in call.args)})" if call.distinct else "1"
    return _result(call.aggregate("count", f"CASE WHEN {_none_null(call)} THEN {row} END"), BIGINT, call.args)


def _count_if(call: Call) -> Typed:
    condition = fit(call.name, call.args[0], BOOLEAN)
    return _result(call.aggregate("count", f"CASE WHEN {condition.sql} THEN 1 END"), BIGINT, [condition])


def _extreme(function: str) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        value = call.args[0]
        if value.type.name in {"MAP", "STRUCT", "ARRAY"} or value.type.is_interval:
            raise UnsupportedSQLError(f"{call.name} of {value.type.text} is not supported")
        return _result(call.aggregate(function, value.sql), value.type, [value])

    return build


def _double(function: str) -> Callable[[Call], Typed]:
    """A statistic of one DOUBLE column."""

    def build(call: Call) -> Typed:
        value = fit(call.name, call.args[0], DOUBLE)
        return _result(call.aggregate(function, value.sql), DOUBLE, [value])

    return build


def _pair(call: Call) -> list[Typed]:
    return [fit(call.name, value, DOUBLE) for value in call.args]


def _two_doubles(function: str, kind: SparkType = DOUBLE) -> Callable[[Call], Typed]:
    """A statistic of two DOUBLE columns, over the rows where neither is NULL."""

    def build(call: Call) -> Typed:
        pair = _pair(call)
        sql = call.aggregate(function, pair[0].sql, pair[1].sql)
        return _result(f"CAST({sql} AS {kind.duckdb})" if kind != DOUBLE else sql, kind, pair)

    return build


def _corr(call: Call) -> Typed:
    """Fails when a column has one value only, as Spark's division by its deviation does; NULL for fewer than 2 rows."""
    pair = _pair(call)

    def of(function: str) -> str:
        return call.aggregate(function, pair[0].sql, pair[1].sql)

    constant = f"{of('regr_sxx')} * {of('regr_syy')} = 0"
    return _result(
        f"CASE WHEN {of('regr_count')} < 2 THEN NULL WHEN {constant} THEN {raise_error(DIVIDE_BY_ZERO)} "
        f"ELSE {of('corr')} END",
        DOUBLE,
        pair,
        can_raise=True,
    )


def _share(name: str, node: exp.Expr) -> str:
    """The percentage of a percentile: a literal from 0 to 1, or an array of them."""
    node = node.unnest()
    if isinstance(node, exp.Array):
        return "[" + ", ".join(_share(name, each) for each in node.expressions) + "]"
    if not isinstance(node, exp.Literal) or node.is_string or not 0 <= float(node.name) <= 1:
        raise mismatch(
            name.lower(),
            f"the percentage must be a literal between 0.0 and 1.0, not {node.sql('databricks')}.",
        )
    return node.name


def _percentile(function: str, *, own_type: bool = False) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        if len(call.args) > 2 and not own_type:  # noqa: PLR2004 - value, percentage, frequency
            raise UnsupportedSQLError(f"{call.name} with a frequency is not supported")
        value = call.args[0]
        if not own_type or not (value.type == DATE or value.type.is_timestamp):
            value = fit(call.name, value, NUMBER if own_type else DOUBLE)
        share = _share(call.name, call.nodes[1])
        kind = array(value.type) if share.startswith("[") else value.type
        return _result(call.aggregate(function, value.sql, share), kind, [value])

    return build


def _within_group(function: str) -> Callable[[Call], Typed]:
    """`PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x)`: the translator gives x first."""

    def build(call: Call) -> Typed:
        value, share = fit(call.name, call.args[0], DOUBLE), _share(call.name, call.nodes[1])
        kind = array(DOUBLE) if share.startswith("[") else DOUBLE
        return _result(call.aggregate(function, value.sql, share), kind, [value])

    return build


def _median(call: Call) -> Typed:
    value = fit(call.name, call.args[0], DOUBLE)
    return _result(call.aggregate("quantile_cont", value.sql, "0.5"), DOUBLE, [value])


def _distinct_count(call: Call) -> Typed:
    return _result(f"count(DISTINCT {call.args[0].sql}){call.tail}", BIGINT, call.args[:1])


def _central(call: Call, value: Typed, function: str) -> str:
    """A higher moment of the values less their mean: DuckDB sums powers, which loses digits far from 0."""
    values = call.aggregate("list", value.sql)
    moved = "list_transform(held.x, lambda item: item - held.mean)"
    return (
        f"list_transform([{{'x': {values}, 'mean': list_avg({values})}}], "
        f"lambda held: list_aggregate({moved}, '{function}'))[1]"
    )


def _moment(function: str, correction: str) -> Callable[[Call], Typed]:
    """SKEWNESS and KURTOSIS of the population: NULL for equal values, NaN where a value is NaN or infinite.

    `correction` turns DuckDB's statistic into Spark's; `{0}` is the number of values.
    """

    def build(call: Call) -> Typed:
        value = fit(call.name, call.args[0], DOUBLE)
        count, mean = call.aggregate("count", value.sql), call.aggregate("avg", value.sql)
        spread = call.aggregate("var_pop", value.sql)
        return _result(
            f"CASE WHEN {count} = 0 THEN NULL WHEN NOT isfinite({mean}) THEN CAST('nan' AS DOUBLE) "
            f"WHEN {spread} = 0 THEN NULL ELSE {correction.format(count, _central(call, value, function))} END",
            DOUBLE,
            [value],
        )

    return build


def _logical(function: str) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        value = fit(call.name, call.args[0], BOOLEAN)
        return _result(call.aggregate(function, value.sql), BOOLEAN, [value])

    return build


def _bits(function: str) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        value = fit(call.name, call.args[0], WHOLE)
        return _result(call.aggregate(function, value.sql), value.type, [value])

    return build


def _any(function: str) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        if len(call.args) > 1:
            raise UnsupportedSQLError(
                f"{call.name} that leaves NULLs out is not supported; write FILTER (WHERE … IS NOT NULL)"
            )
        return _result(call.aggregate(function, call.args[0].sql), call.args[0].type, call.args)

    return build


def _by(function: str) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        value, order = call.args
        return _result(call.aggregate(function, value.sql, order.sql), value.type, call.args)

    return build


def _collect(*, distinct: bool) -> Callable[[Call], Typed]:
    def build(call: Call) -> Typed:
        if call.tail:
            raise UnsupportedSQLError(f"{call.name} with FILTER or OVER is not supported")
        value = call.args[0]
        kind = array(value.type)
        word = "DISTINCT " if distinct or call.distinct else ""
        sql = f"list({word}{value.sql}) FILTER (WHERE {value} IS NOT NULL)"
        return _result(f"coalesce({sql}, CAST([] AS {kind.duckdb}))", kind, [value])

    return build


def _try_sum(call: Call) -> Typed:
    summed = _sum(call)
    if summed.type.is_floating:
        return summed
    value = fit(call.name, call.args[0], NUMBER)
    return _result(
        f"TRY_CAST({call.aggregate('sum', value.sql)} AS {summed.type.duckdb})", summed.type, [value]
    )


def _try_avg(call: Call) -> Typed:
    if call.args[0].type.is_decimal:
        raise UnsupportedSQLError("TRY_AVG of DECIMAL is not supported; use AVG")
    return _avg(call)


def _entry(
    build: Callable[[Call], Typed],
    least: int = 1,
    most: int | None = 1,
    note: str = "",
    *,
    distinct: bool = False,
    ordered: bool = False,
) -> Function:
    return Function(
        build, least, most, Kind.AGGREGATE, note=note, takes_distinct=distinct, takes_order=ordered
    )


_POPULATION_SKEWNESS: Final = "CASE WHEN {0} = 2 THEN 0.0 ELSE {1} * ({0} - 2) / sqrt({0} * ({0} - 1.0)) END"
_ORDER: Final = "which value is taken is not determined, as on Databricks"

AGGREGATES: Final[dict[str, Function]] = {
    "ANY_VALUE": _entry(_any("first"), most=2, note=_ORDER),
    "APPROX_COUNT_DISTINCT": _entry(
        _distinct_count, most=2, note="exact here; the second argument is ignored"
    ),
    "APPROX_PERCENTILE": _entry(
        _percentile("quantile_disc", own_type=True),
        2,
        3,
        "exact here: a value that occurs; Spark does not order NaN",
    ),
    "ARRAY_AGG": _entry(
        _collect(distinct=False), note="order is not determined; NULLs are left out", distinct=True
    ),
    "AVG": _entry(_avg, distinct=True),
    "BIT_AND": _entry(_bits("bit_and")),
    "BIT_OR": _entry(_bits("bit_or")),
    "BIT_XOR": _entry(_bits("bit_xor")),
    "BOOL_AND": _entry(_logical("bool_and")),
    "BOOL_OR": _entry(_logical("bool_or")),
    "COLLECT_LIST": _entry(
        _collect(distinct=False), note="order is not determined; no rows give an empty array"
    ),
    "COLLECT_SET": _entry(
        _collect(distinct=True), note="order is not determined; no rows give an empty array"
    ),
    "CORR": _entry(_corr, 2, 2, note="an error when a column has one value only"),
    "COUNT": _entry(_count, most=None, note="several arguments: rows where none is NULL", distinct=True),
    "COUNT_IF": _entry(_count_if, distinct=False),
    "COVAR_POP": _entry(_two_doubles("covar_pop"), 2, 2),
    "COVAR_SAMP": _entry(_two_doubles("covar_samp"), 2, 2),
    "EVERY": _entry(_logical("bool_and")),
    "FIRST": _entry(_any("first"), most=2, note=_ORDER),
    "FIRST_VALUE": _entry(_any("first"), most=2, note=_ORDER),
    "KURTOSIS": _entry(_moment("kurtosis_pop", "{1}"), note="of the population"),
    "LAST": _entry(_any("last"), most=2, note=_ORDER),
    "LAST_VALUE": _entry(_any("last"), most=2, note=_ORDER),
    "MAX": _entry(_extreme("max"), note="NaN is the largest value", distinct=True),
    "MAX_BY": _entry(_by("arg_max_null"), 2, 2),
    "MEAN": _entry(_avg, distinct=True),
    "MEDIAN": _entry(_median, note="DOUBLE, interpolated"),
    "MIN": _entry(_extreme("min"), distinct=True),
    "MIN_BY": _entry(_by("arg_min_null"), 2, 2),
    "PERCENTILE": _entry(_percentile("quantile_cont"), 2, 3, "DOUBLE, interpolated; no frequency argument"),
    "PERCENTILE_APPROX": _entry(
        _percentile("quantile_disc", own_type=True),
        2,
        3,
        "exact here: a value that occurs; Spark does not order NaN",
    ),
    "PERCENTILE_CONT": _entry(
        _within_group("quantile_cont"), 2, 2, "the percentage is a literal", ordered=True
    ),
    "PERCENTILE_DISC": _entry(
        _within_group("quantile_disc"), 2, 2, "the percentage is a literal", ordered=True
    ),
    "REGR_AVGX": _entry(_two_doubles("regr_avgx"), 2, 2),
    "REGR_AVGY": _entry(_two_doubles("regr_avgy"), 2, 2),
    "REGR_COUNT": _entry(_two_doubles("regr_count", BIGINT), 2, 2),
    "REGR_SXX": _entry(_two_doubles("regr_sxx"), 2, 2),
    "REGR_SXY": _entry(_two_doubles("regr_sxy"), 2, 2),
    "REGR_SYY": _entry(_two_doubles("regr_syy"), 2, 2),
    "SKEWNESS": _entry(_moment("skewness", _POPULATION_SKEWNESS), note="of the population"),
    "SOME": _entry(_logical("bool_or")),
    "STD": _entry(_double("stddev_samp"), note="sample; NULL for one row", distinct=True),
    "STDDEV": _entry(_double("stddev_samp"), note="sample; NULL for one row", distinct=True),
    "STDDEV_POP": _entry(_double("stddev_pop"), distinct=True),
    "STDDEV_SAMP": _entry(_double("stddev_samp"), note="sample; NULL for one row", distinct=True),
    "SUM": _entry(_sum, note="whole numbers give BIGINT; an overflow is an error", distinct=True),
    "TRY_AVG": _entry(_try_avg, note="no DECIMAL"),
    "TRY_SUM": _entry(_try_sum, note="NULL on overflow", distinct=True),
    "VARIANCE": _entry(_double("var_samp"), note="sample; NULL for one row", distinct=True),
    "VAR_POP": _entry(_double("var_pop"), distinct=True),
    "VAR_SAMP": _entry(_double("var_samp"), note="sample; NULL for one row", distinct=True),
}
