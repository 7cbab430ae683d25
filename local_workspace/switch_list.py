"""The list of switches in docs/switches.md, made from the switches themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin

from local_workspace.engine.switches import Switches
from local_workspace.switches import WorkspaceSwitches

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

_HEAD: Final = """# Switches of the local workspace

Generated from the switches by `python -m local_workspace switches --markdown`; do not edit by hand.

Where nobody published what the service does, a switch says what the local workspace does; the default is the likeliest
answer. Limits that are documented are switches too. They are kept with the workspace and hold from the next refresh on:
`python -m local_workspace switches` shows them, `python -m local_workspace switches slice_quantiles=true` sets one for
good, `slice_quantiles=null` gives it its default again; `GET` and `POST /__local/switches` do the same.

`memory_limit` and `spill_limit` hold at once, and without a server too; `LOCAL_WORKSPACE_MEMORY_LIMIT` in the environment
is the default of the former. A refresh that needs more ends FAILED with the reason, and its tables stay as they were.

How large the output tables become is decided by `quantile_points`, `frequent_values`, `slice_values` and the three
`slice_…` switches of depth: rows of slices are many, and have neither quantiles nor frequent items nor tests of
distributions unless asked for. How many rows there will be says `python -m local_workspace explain TABLE`.
"""


def switches_page() -> str:
    """The page, in Markdown."""
    parts = [_HEAD]
    own = {
        name: field
        for name, field in WorkspaceSwitches.model_fields.items()
        if name not in Switches.model_fields
    }
    for title, fields in (("Refreshes", Switches.model_fields), ("The workspace", own)):
        parts.append(f"\n## {title}\n\n| switch | default | values | decides |\n|---|---|---|---|\n")
        parts.extend(
            f"| `{name}` | `{json.dumps(field.default)}` | {values_of(field)} | {field.description} |\n"
            for name, field in fields.items()
        )
    return "".join(parts)


def shown(switches: WorkspaceSwitches) -> dict[str, dict[str, Any]]:
    """Each switch by name: its value, its default and what it decides."""
    return {
        name: {"value": getattr(switches, name), "default": field.default, "decides": field.description}
        for name, field in WorkspaceSwitches.model_fields.items()
    }


def read_change(text: str) -> tuple[str, Any]:
    """Name and value of `name=value`; what is no JSON is a text.

    Raises:
        ValueError: there is no `=`.
    """
    name, sign, value = text.partition("=")
    if not sign:
        raise ValueError(f"'{text}' changes nothing; write name=value, such as slice_quantiles=true")
    try:
        return name.strip(), json.loads(value)
    except json.JSONDecodeError:
        return name.strip(), value


def values_of(field: FieldInfo) -> str:
    """What a switch may be, in words."""
    kind: Any = field.annotation
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        return ", ".join(f"`{json.dumps(value)}`" for value in get_args(kind))
    if kind is bool:
        return "`true`, `false`"
    bounds = [
        f"{word} {limit:g}"
        for sign, word in (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below"))
        for limit in [next((getattr(each, sign) for each in field.metadata if hasattr(each, sign)), None)]
        if limit is not None
    ]
    name = {int: "whole number", float: "number", str: "text"}[kind]
    return " ".join([name, " and ".join(bounds)]).strip()
