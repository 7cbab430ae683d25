"""The order of many numbers is that which numpy's stable sort gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from local_workspace.engine.ordering import order_of

if TYPE_CHECKING:
    import numpy.typing as npt

COUNT = 20_001
RANDOM = np.random.default_rng(3)
WHOLE = np.iinfo(np.int64)

NUMBERS = {
    "few": RANDOM.normal(size=50),
    "numbers of every size": RANDOM.normal(size=COUNT) * 10.0 ** RANDOM.integers(-300, 300, COUNT),
    "equal in all but the last bits": 1 + RANDOM.integers(0, 1000, COUNT) * 2.0**-52,
    "negative and equal in all but the last bits": -1 - RANDOM.integers(0, 1000, COUNT) * 2.0**-52,
    "zeros of both signs": np.where(RANDOM.random(COUNT) < 0.5, 0.0, -0.0),
    "infinities": np.where(RANDOM.random(COUNT) < 0.3, np.inf, RANDOM.normal(size=COUNT))
    * RANDOM.choice([-1, 1], COUNT),
    "NaN": np.where(RANDOM.random(COUNT) < 0.3, np.nan, RANDOM.normal(size=COUNT)),
    "whole numbers of every size": RANDOM.integers(WHOLE.min, WHOLE.max, COUNT),
    "the smallest and the greatest": RANDOM.choice([WHOLE.min, WHOLE.max], COUNT),
    "one number": np.full(COUNT, 7),
    "moments": RANDOM.integers(0, 10**12, COUNT) + 1_700_000_000_000_000,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_places_are_in_the_order_of_their_numbers_and_each_occurs_once(name: str) -> None:
    numbers: npt.NDArray[np.int64] | npt.NDArray[np.float64] = NUMBERS[name]
    order = order_of(numbers)
    assert np.array_equal(numbers[order], np.sort(numbers), equal_nan=numbers.dtype == np.float64)
    assert np.array_equal(np.sort(order), np.arange(len(numbers)))
