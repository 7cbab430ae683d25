"""Shapes of request bodies: what is not in a shape is refused by its name."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from local_workspace.errors import InvalidParameterError, MalformedRequestError, WorkspaceError


class Body(BaseModel):
    """A JSON object whose fields are all known and of exactly their type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def explained(error: ValidationError) -> WorkspaceError:
    """Every objection to a body, in one sentence each."""
    objections = [_objection(one) for one in error.errors(include_url=False)]
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
        case _:
            return MalformedRequestError(
                f"{place}: {found['msg'].removeprefix('Input ')}, got {found['input']!r}"
            )
