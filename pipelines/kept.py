"""Previews as files, which one job of a workflow leaves for another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from monitoring.stack_file import PROJECT
from pipelines.preview import Preview
from pipelines.values import ValueComparison

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FOLDER = PROJECT / ".local" / "pipelines"
_PREVIEW = TypeAdapter(Preview)
_VALUES = TypeAdapter(ValueComparison)


def keep(preview: Preview, kind: str) -> Path:
    """Write a preview to the folder; ``kind`` tells previews and drift apart."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = _file(preview.stack, kind)
    file.write_bytes(_PREVIEW.dump_json(preview, indent=2))
    return file


def kept(stacks: Sequence[str], kind: str) -> list[Preview]:
    """The previews of ``stacks``; one that is missing or cannot be read is a failure of that stack."""
    return [_read(stack, _file(stack, kind)) for stack in stacks]


def _file(stack: str, kind: str) -> Path:
    return FOLDER / f"{kind}-{stack}.json"


def _read(stack: str, file: Path) -> Preview:
    try:
        return _PREVIEW.validate_json(file.read_bytes())
    except FileNotFoundError:
        return Preview(stack, failure=f"there is no {file.name}: its job ended before it was written")
    except (OSError, ValidationError) as error:
        return Preview(stack, failure=f"{file.name} cannot be read: {error}")


def keep_values(values: ValueComparison) -> None:
    """Write a comparison of values to the folder."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _values_file().write_bytes(_VALUES.dump_json(values, indent=2))


def kept_values() -> ValueComparison | None:
    """The comparison of values; None when there is none, because nothing else depends on it."""
    try:
        return _VALUES.validate_json(_values_file().read_bytes())
    except (OSError, ValidationError):
        return None


def _values_file() -> Path:
    return FOLDER / "values.json"
