"""The engines that run the loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local_workspace.workspace import Workspace
from tests.local_workspace.target import in_process
from tests.monitoring.gold.loads.engines import LocalEngine, SparkEngine
from tests.monitoring.gold.loads.system_tables import SYSTEM_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

    from tests.monitoring.gold.loads.engines import Engine


@pytest.fixture(scope="session")
def spark_engine(spark_session: SparkSession) -> SparkEngine:
    """Spark with schemas for the system tables; they are gone when it ends."""
    for schema in {name.split(".")[0] for name in SYSTEM_TABLES}:
        spark_session.sql(f"CREATE SCHEMA spark_catalog.{schema}")
    return SparkEngine(spark_session)


@pytest.fixture(scope="module")
def local_tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    """A local workspace with system tables and gold tables, for the tests of one file."""
    with in_process(Workspace(tmp_path_factory.mktemp("workspace"))) as target:
        engine = LocalEngine(target)
        engine.create()
        yield engine


@pytest.fixture
def local_engine(local_tables: LocalEngine) -> LocalEngine:
    """The local workspace with all tables empty."""
    local_tables.clear()
    return local_tables


SPARK = pytest.param("spark_engine", marks=[pytest.mark.spark])


@pytest.fixture(params=[SPARK, "local_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine that runs the loads."""
    found: Engine = request.getfixturevalue(request.param)
    return found
