"""The engines that run the loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.monitoring.gold.loads.engines import SparkEngine
from tests.monitoring.gold.loads.system_tables import SYSTEM_TABLES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from tests.monitoring.gold.loads.engines import Engine


@pytest.fixture(scope="session")
def spark_engine(spark_session: SparkSession) -> SparkEngine:
    """Spark with schemas for the system tables; they are gone when it ends."""
    for schema in {name.split(".")[0] for name in SYSTEM_TABLES}:
        spark_session.sql(f"CREATE SCHEMA spark_catalog.{schema}")
    return SparkEngine(spark_session)


SPARK = pytest.param("spark_engine", marks=[pytest.mark.spark, pytest.mark.xdist_group("spark")])


@pytest.fixture(params=[SPARK])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine that runs the loads."""
    found: Engine = request.getfixturevalue(request.param)
    return found
