"""The template variables of definitions: only drift metrics use them, and only two of the five."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitoring.metrics import Kind
from monitoring.nearest import near_or_all

FRAMES = ("current_df", "base_df")
COLUMN_VARIABLES = ("input_column", "prediction_col", "label_col")
_VARIABLE = re.compile(r"`?\{\{([^{}]*)\}\}`?")
_STAND_IN = "__frame_{}__"


@dataclass(frozen=True)
class Filled:
    """A definition whose frames have been replaced by names that SQL can read."""

    text: str
    frames: frozenset[str]
    reasons: tuple[str, ...]


def fill(definition: str, kind: Kind) -> Filled:
    """Replaces the frames of a definition, and says which template variables are wrong there."""
    reasons: dict[str, bool] = {}
    frames = set()

    def stand_in(found: re.Match[str]) -> str:
        name = found.group(1).strip()
        if reason := _reason(name, kind):
            reasons[reason] = True
        else:
            frames.add(name)
        return _STAND_IN.format(name) if name in FRAMES else "NULL"

    text = _VARIABLE.sub(stand_in, definition)
    if re.search(r"\{\{|\}\}|\{%|\{#", text):
        reasons["a template is not written as {{name}}"] = True
    return Filled(text, frozenset(frames), tuple(reasons))


def frame_of(qualifier: str) -> str | None:
    """The frame that a qualifier of a filled text stands for."""
    return next((frame for frame in FRAMES if _STAND_IN.format(frame) == qualifier.lower()), None)


def unfill(text: str) -> str:
    """A filled text with its frames as the author wrote them."""
    for frame in FRAMES:
        text = text.replace(_STAND_IN.format(frame), f"{{{{{frame}}}}}")
    return text


def _reason(name: str, kind: Kind) -> str | None:
    shown = f"{{{{{name}}}}}"
    if name in COLUMN_VARIABLES:
        return f"template {shown} has no value here: every metric is computed at table level"
    if name not in FRAMES:
        return f"unknown template {shown}{near_or_all(name, FRAMES)}"
    if kind is not Kind.DRIFT:
        return f"template {shown} belongs to DRIFT metrics; {kind} metrics have none"
    return None
