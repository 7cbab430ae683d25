"""How the server's process gets memory.

DuckDB plans a statement with thousands of small objects, and what it knows of each table is as small and stays. With thousands
of tables glibc spends a quarter of a refresh looking for a free place between them. It looks less often when each thread keeps
more of the places that it has given back: see `docs/decisions/small-objects.md`.
"""

from __future__ import annotations

import os
import sys
from typing import Final

_SETTING: Final = "GLIBC_TUNABLES"
_LARGER_CACHES: Final = "glibc.malloc.tcache_count=2000"


def restart_with_larger_caches() -> None:
    """Replace the process by itself with the setting, which glibc reads only when a process starts.

    Nothing happens where it is set already, whatever to, and where it means nothing.
    """
    if sys.platform != "linux" or _SETTING in os.environ:
        return
    os.environ[_SETTING] = _LARGER_CACHES
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - its own arguments
