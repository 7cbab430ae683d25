"""Which fields a PATCH changes: `update_mask`, a list of dotted paths with commas, or `*` for all fields."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from types import UnionType
from typing import Any, get_args

from local_workspace.errors import InvalidParameterError
from local_workspace.server.bodies import Body

Path = tuple[str, ...]


def parse_mask(mask: str, shape: type[Body]) -> list[Path]:
    """The paths of a mask.

    Args:
        mask: as the client sent it.
        shape: the object that the paths lead into.

    Raises:
        InvalidParameterError: the mask is empty, or a path names a field that the object does not have.
    """
    if mask == "*":
        return [(field,) for field in shape.model_fields]
    paths = [tuple(path.strip().split(".")) for path in mask.split(",")]
    for path in paths:
        _check(path, shape)
    return paths


def masked(before: Mapping[str, Any], body: Mapping[str, Any], paths: Sequence[Path]) -> dict[str, Any]:
    """`before` with what `body` holds at the paths; what it does not hold there is removed."""
    after: dict[str, Any] = copy.deepcopy(dict(before))
    for path in paths:
        found, value = _at(body, path)
        if found:
            _put(after, path, value)
        else:
            _remove(after, path)
    return after


def _check(path: Path, shape: type[Body]) -> None:
    inside: type[Body] | None = shape
    for field in path:
        if inside is None or field not in inside.model_fields:
            raise InvalidParameterError(f"update_mask: unknown field '{'.'.join(path)}'")
        inside = _shape_of(inside.model_fields[field].annotation)


def _shape_of(annotation: Any) -> type[Body] | None:  # noqa: ANN401 - the annotation of a field
    """The object that a field holds; None when it holds a plain value or a list, which has no fields."""
    kinds = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Body)), None)


def _at(body: Mapping[str, Any], path: Path) -> tuple[bool, Any]:
    value: Any = body
    for field in path:
        if not isinstance(value, Mapping) or field not in value:
            return False, None
        value = value[field]
    return True, value


def _put(fields: dict[str, Any], path: Path, value: Any) -> None:  # noqa: ANN401 - JSON holds any value
    *parents, last = path
    for field in parents:
        if not isinstance(fields.get(field), dict):
            fields[field] = {}
        fields = fields[field]
    fields[last] = copy.deepcopy(value)


def _remove(fields: dict[str, Any], path: Path) -> None:
    *parents, last = path
    for field in parents:
        inside = fields.get(field)
        if not isinstance(inside, dict):
            return
        fields = inside
    fields.pop(last, None)
