"""What all tests share: one Spark, and the summary of what was compared with real data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.spark import missing_java, running_spark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession


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
