"""The engines that run the loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.monitoring.gold.loads.engines import SparkEngine
from tests.monitoring.gold.loads.system_tables import SYSTEM_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

    from tests.monitoring.gold.loads.engines import Engine


@pytest.fixture(scope="session")
def spark_engine(spark_session: SparkSession) -> Iterator[SparkEngine]:
    """Spark with schemas for the system tables."""
    schemas = {name.split(".")[0] for name in SYSTEM_TABLES}
    for schema in schemas:
        spark_session.sql(f"CREATE SCHEMA spark_catalog.{schema}")
    yield SparkEngine(spark_session)
    for schema in schemas:
        spark_session.sql(f"DROP SCHEMA spark_catalog.{schema} CASCADE")


@pytest.fixture(params=[pytest.param("spark_engine", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine that runs the loads."""
    found: Engine = request.getfixturevalue(request.param)
    return found
