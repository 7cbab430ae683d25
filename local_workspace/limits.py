"""How much memory and disk the data file may take, and what is left behind when a process is killed."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

LEAST_MEMORY: Final = 64 * 10**6
"""Bytes below which DuckDB cannot even read its own tables reliably."""
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?) ?(%|KB|MB|GB|TB)", re.IGNORECASE)
_BYTES_IN_DUCKDB: Final = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_BYTES: Final = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def memory_size(text: str) -> str:
    """The text, when it is a size of memory: `4 GB`, or `50%` of the machine's.

    Raises:
        ValueError: it is none, or too small; the text says how to write one.
    """
    size = _size(text)
    if size == 0 or (not text.endswith("%") and size < LEAST_MEMORY):
        raise ValueError(f"'{text}' is too small; the least is {LEAST_MEMORY // 10**6} MB")
    return text


def disk_size(text: str) -> str:
    """The text, when it is a size of disk space: `20 GB`, `50%` of what is free, or `0 GB` for none.

    Raises:
        ValueError: it is none; the text says how to write one.
    """
    _size(text)
    return text


def bytes_of_disk(text: str, folder: Path) -> int:
    """The bytes that a size of disk space stands for, where a percentage is one of what is free beside a folder."""
    size = _size(text)
    return int(shutil.disk_usage(folder).free * size / 100) if text.endswith("%") else int(size)


def bytes_of_memory(text: str) -> int:
    """The bytes that a size stands for as DuckDB writes it: `1.8 GiB`."""
    number, unit = text.split()
    return int(float(number) * _BYTES_IN_DUCKDB[unit])


def _size(text: str) -> float:
    """Bytes, or percent."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"'{text}' is no size; write it like '4 GB' or '50%'")
    number, unit = float(found[1]), found[2].upper()
    if unit == "%" and number > 100:  # noqa: PLR2004 - all of it
        raise ValueError(f"'{text}' is more than there is; write at most '100%'")
    return number if unit == "%" else number * _BYTES[unit]
