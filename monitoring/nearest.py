"""The nearest allowed word, for error messages."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """``; did you mean 'x'?`` with the choice nearest to ``word`` (ignoring case), or nothing."""
    by_lower_case = {choice.lower(): choice for choice in choices}
    near = difflib.get_close_matches(word.lower(), by_lower_case, n=1)
    return f"; did you mean '{by_lower_case[near[0]]}'?" if near else ""


def near_or_all(word: str, choices: Iterable[str]) -> str:
    """The nearest choice, or ``; allowed: a, b`` when none is near."""
    allowed = tuple(choices)
    return did_you_mean(word, allowed) or f"; allowed: {', '.join(allowed)}"
