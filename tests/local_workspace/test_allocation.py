"""The server's process starts once more to get another setting of its allocator, and is the same to everybody else."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Final

import pytest

PROGRAM: Final = """
import os, sys
from local_workspace.allocation import restart_with_larger_caches
print(os.getpid(), flush=True)
restart_with_larger_caches()
print(os.environ.get("GLIBC_TUNABLES"), *sys.argv[1:])
"""


def said(settings: dict[str, str]) -> list[str]:
    """The lines that the program writes with two arguments."""
    environment = {name: value for name, value in os.environ.items() if name != "GLIBC_TUNABLES"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "an argument", "--other"],
        capture_output=True,
        text=True,
        check=True,
        env=environment | settings,
    )
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="the setting is glibc's")
def test_it_starts_once_more_with_its_arguments_and_its_number() -> None:
    first, second, last = said({})
    assert first == second
    assert last == "glibc.malloc.tcache_count=2000 an argument --other"


def test_a_setting_that_is_there_stays() -> None:
    assert said({"GLIBC_TUNABLES": "glibc.malloc.arena_max=4"})[1:] == [
        "glibc.malloc.arena_max=4 an argument --other"
    ]
