"""The two engines that the case files are run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local_workspace.engine.local_engine import LocalEngine
from tests.local_workspace.engine.spark_engine import SparkEngine
from tests.local_workspace.engine.sql_cases import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession


@pytest.fixture(scope="session")
def local_engine() -> Iterator[LocalEngine]:
    """DuckDB with the tables of the case files."""
    engine = LocalEngine()
    for name, query in TABLES.items():
        engine.create(name, query)
    yield engine
    engine.connection.close()


@pytest.fixture(scope="session")
def spark(spark_session: SparkSession) -> SparkEngine:
    """Spark with the tables of the case files."""
    engine = SparkEngine(spark_session)
    for name, query in TABLES.items():
        engine.create(name, query)
    return engine
