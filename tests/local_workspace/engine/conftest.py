"""The two engines that the case files are run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local_workspace.engine.local_engine import LocalEngine
from tests.local_workspace.engine.spark_engine import SparkEngine, missing_java, spark_engine
from tests.local_workspace.engine.sql_cases import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def local_engine() -> Iterator[LocalEngine]:
    """DuckDB with the tables of the case files."""
    engine = LocalEngine()
    for name, query in TABLES.items():
        engine.create(name, query)
    yield engine
    engine.connection.close()


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkEngine]:
    """Spark with the tables of the case files; one for all tests, since it takes seconds to start."""
    missing = missing_java()
    if missing is not None:
        pytest.skip(missing)
    with spark_engine(tmp_path_factory.mktemp("spark")) as engine:
        for name, query in TABLES.items():
            engine.create(name, query)
        yield engine
