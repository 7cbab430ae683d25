"""What holds for all tests: how they are spread over processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.remote import Producer


class OneSparkScheduling(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Spreads the tests one by one, but gives all that ask Spark to one process: it takes seconds to start.

    pytest-xdist's own groups do not work: 3.8.0 writes the group to where pytest 9.2 does not look any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "spark" if "/test_spark_" in nodeid else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Replace the default way (`-n 2`) of spreading the tests; a way that is asked for with --dist stays."""
    return OneSparkScheduling(config, log) if config.getvalue("dist") == "load" else None
