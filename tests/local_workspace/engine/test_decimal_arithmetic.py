"""Division of DECIMAL: the digits of Spark, whichever way they are computed."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.local_workspace.engine.local_engine import LocalEngine

_EXACT = Context(prec=80)
_COUNTS = st.integers(-(2**62), 2**62) | st.integers(-5000, 5000)


@given(dividend=_COUNTS, divisor=_COUNTS.filter(bool))
@example(dividend=10**14 - 1, divisor=3)
@example(dividend=10**14, divisor=3)
@example(dividend=1, divisor=9 * 10**10)
@example(dividend=1, divisor=9 * 10**10 + 1)
@example(dividend=-1, divisor=8)
@example(dividend=5, divisor=10**15)
def test_a_share_in_percent_is_rounded_half_up(
    local_engine: LocalEngine, dividend: int, divisor: int
) -> None:
    found = local_engine.outcome(f"CAST({dividend} AS BIGINT) * 100.0 / CAST({divisor} AS BIGINT)", "one_row")
    exact = _EXACT.divide(Decimal(dividend * 100), Decimal(divisor))
    scale = Decimal(found.type.rstrip(")").split(",")[1])
    assert Decimal(found.value) == exact.quantize(Decimal(1).scaleb(-int(scale)), ROUND_HALF_UP, _EXACT)
