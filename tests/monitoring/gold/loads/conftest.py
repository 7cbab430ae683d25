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
    from pathlib import Path

    from pyspark.sql import SparkSession

    from tests.monitoring.gold.loads.engines import Engine


@pytest.fixture(scope="session")
def spark_engine(spark_session: SparkSession) -> SparkEngine:
    """Spark with schemas for the system tables; they are gone when it ends."""
    for schema in {name.split(".")[0] for name in SYSTEM_TABLES}:
        spark_session.sql(f"CREATE SCHEMA spark_catalog.{schema}")
    return SparkEngine(spark_session)


@pytest.fixture
def local_engine(tmp_path: Path) -> Iterator[LocalEngine]:
    """A local workspace of its own, with empty system tables and gold tables."""
    with in_process(Workspace(tmp_path / "state")) as target:
        yield LocalEngine(target)


SPARK = pytest.param("spark_engine", marks=[pytest.mark.spark, pytest.mark.xdist_group("spark")])


@pytest.fixture(params=[SPARK, "local_engine"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine that runs the loads."""
    found: Engine = request.getfixturevalue(request.param)
    return found
