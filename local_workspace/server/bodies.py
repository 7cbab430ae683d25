"""Shapes of request bodies: what is not in a shape is refused by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from local_workspace.errors import InvalidParameterError, MalformedRequestError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Body(BaseModel):
    """A JSON object whose fields are all known and of exactly their type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def check(shape: type[Body], body: dict[str, Any], *, whole: bool = True) -> None:
    """Nothing, when a body has the shape; if it need not be whole, fields may be missing at any depth.

    Raises:
        MalformedRequestError: a field is unknown or of the wrong type.
        InvalidParameterError: a field is missing or its value is not among the allowed ones.
    """
    try:
        shape.model_validate(body)
    except ValidationError as error:
        found = [one for one in error.errors(include_url=False) if whole or one["type"] != "missing"]
        if found:
            raise explained(found) from error


def explained(found: Sequence[Any]) -> WorkspaceError:
    """Every objection to a body, in one sentence each."""
    objections = [_objection(one) for one in found]
    shape_only = all(isinstance(one, MalformedRequestError) for one in objections)
    kind = MalformedRequestError if shape_only else InvalidParameterError
    return kind("; ".join(str(one) for one in objections))


def _objection(found: Any) -> WorkspaceError:  # noqa: ANN401 - pydantic's error dictionary
    place = ".".join(str(part) for part in found["loc"])
    context = found.get("ctx", {})
    match found["type"]:
        case "extra_forbidden":
            return MalformedRequestError(f"unknown field '{place}'")
        case "missing":
            return InvalidParameterError(f"field '{place}' is missing")
        case "literal_error":
            return InvalidParameterError(
                f"{place}: {found['input']!r} is not allowed; expected {context['expected']}"
            )
        case "too_long":
            return InvalidParameterError(
                f"{place}: {context['actual_length']} entries, at most {context['max_length']} are allowed"
            )
        case "value_error":
            return InvalidParameterError(f"{place}: {context['error']}")
        case _:
            return MalformedRequestError(
                f"{place}: {found['msg'].removeprefix('Input ')}, got {found['input']!r}"
            )
