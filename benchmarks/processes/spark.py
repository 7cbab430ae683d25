"""The custom metrics in Spark: `python -m benchmarks.processes.spark FOLDER RUNS PARQUET [--small]`.

All runs share a session; a file that takes long is computed once. The folder keeps the results of the last time. Prints
the seconds of each time.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import time
from pathlib import Path
from typing import Final

from pyspark.sql import SparkSession

from benchmarks.spark_queries import ROWS, WINDOWS, spark_queries

_LONG: Final = 60.0
"""Seconds from which on a file is computed once only."""

_SETTINGS: Final = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "8g",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""Loopback only and the time zone of the engine; memory and partitions that suit one machine. Else Spark's defaults."""

_SMALL: Final = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.driver.memory": "1g",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}
"""Compiles nothing: quicker on a few rows, where only the values matter."""


def main() -> None:
    """Compute everything, and print the seconds of each time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("runs", type=int)
    parser.add_argument("parquet", type=Path)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    session = _session(_SETTINGS | (_SMALL if options.small else {}), options.folder)
    seconds: list[float] = []
    while len(seconds) < options.runs and max(seconds, default=0) < _LONG:
        seconds.append(_timed(session, options.parquet, options.folder / "results"))
    session.stop()
    print(json.dumps({"seconds": seconds}))


def _session(settings: dict[str, str], folder: Path) -> SparkSession:
    builder = SparkSession.builder.master("local[*]").appName("benchmark")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.config("spark.local.dir", str(folder / "local")).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    logging.getLogger("py4j").setLevel(logging.ERROR)
    return session


def _timed(session: SparkSession, parquet: Path, results: Path) -> float:
    shutil.rmtree(results, ignore_errors=True)
    began = time.perf_counter()
    _compute(session, parquet, results)
    return time.perf_counter() - began


def _compute(session: SparkSession, parquet: Path, folder: Path) -> None:
    session.read.parquet(str(parquet)).createOrReplaceTempView(ROWS)
    for queries in spark_queries():
        windows = session.sql(queries.windows).cache()
        windows.createOrReplaceTempView(WINDOWS)
        windows.write.parquet(str(folder / f"windows_{queries.number}"))
        session.sql(queries.drift).write.parquet(str(folder / f"drift_{queries.number}"))
        windows.unpersist()


if __name__ == "__main__":
    main()
