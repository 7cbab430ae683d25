"""Spark, the referee of Databricks SQL: one small process that listens on loopback only."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pyspark import SparkContext
from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import DataFrame

OLDEST_JAVA: Final = 17

_SETTINGS: Final = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""Databricks' ANSI mode and UTC; the rest makes a process that is small and compiles nothing."""


def missing_java() -> str | None:
    """What is missing for Spark to start, None when nothing is."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or not Path(java).exists():
        return f"Java {OLDEST_JAVA} or newer is missing: no `java` on PATH and no JAVA_HOME"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    if found is None or int(found.group(1)) < OLDEST_JAVA:
        return f"Java {OLDEST_JAVA} or newer is missing: {java} says {said.splitlines()[:1]}"
    return None


@contextmanager
def running_spark(folder: Path) -> Iterator[SparkSession]:
    """Spark in a process of its own, with its files in a folder, until the block ends.

    A Python process can have one Spark only. One that runs already is shared, and is ended by whoever started it.
    """
    if SparkContext._active_spark_context is not None:
        yield SparkSession.builder.getOrCreate().newSession()
        return
    settings = _SETTINGS | {
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    builder = SparkSession.builder.master("local[1]").appName("referee")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    gateway = SparkContext._gateway
    assert gateway is not None
    session.sparkContext.setLogLevel("OFF")
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    yield session
    if SparkContext._active_spark_context is session.sparkContext:
        session.stop()
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()
        SparkContext._gateway = SparkContext._jvm = None


def collected(frame: DataFrame) -> list[tuple[str | None, ...]]:
    """The rows of a frame of texts; pyspark leaves the closing of its socket to Python, which warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        return [tuple(row) for row in frame.collect()]


def parsed(session: SparkSession, statement: str) -> str:
    """The plan that Spark's parser makes of a statement, also of one that only Delta tables can run."""
    return str(session._jsparkSession.sessionState().sqlParser().parsePlan(statement).toString())
