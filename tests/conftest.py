"""What all tests share: how they are spread over processes, one Spark, what was compared with real data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.spark import missing_java, running_spark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession
    from xdist.remote import Producer


class FileScheduling(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Gives the tests of a file to one process, because they share fixtures.

    All that ask Spark go to one process, since Spark takes seconds to start; the tests of one real file go
    together; tests that run Pulumi go one by one, since each is long and shares nothing. pytest-xdist's own groups
    do not work: 3.8.0 writes the group to where pytest 9.2 does not look any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if "/test_spark_" in file or "/gold/loads/" in file:
            return "spark"
        if "/real_data/" in file:
            return file + nodeid.partition("[")[2]
        return nodeid if "/end_to_end/" in file else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """Replace the default way (`-n 2`) of spreading the tests; a way that is asked for with --dist stays."""
    return FileScheduling(config, log) if config.getvalue("dist") == "load" else None


@pytest.fixture(scope="session")
def spark_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Spark; one for all tests, since it takes seconds to start."""
    missing = missing_java()
    if missing is not None:
        pytest.skip(missing)
    with running_spark(tmp_path_factory.mktemp("spark")) as session:
        yield session


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say of each real file how much of it was compared; the tests record it under the file's name."""
    said: dict[str, list[str]] = {}
    for report in terminalreporter.getreports("passed"):
        if "real" in report.keywords:
            for name, text in report.user_properties:
                said.setdefault(name, []).append(text)
    if said:
        terminalreporter.section("compared with real data")
    for name, texts in said.items():
        terminalreporter.write_line(f"{name}: {', '.join(texts)}")
