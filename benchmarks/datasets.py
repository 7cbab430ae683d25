"""The data of the benchmark on disk: a workspace's data file for the engine, Parquet for everything else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from benchmarks.job_monitor import RELATION

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.job_runs import JobRuns


@dataclass(frozen=True)
class Dataset:
    """Job runs in a folder.

    Attributes:
        runs: what they are.
        state: state folder of a workspace whose data file holds them as the gold table.
        parquet: the same rows in one file, in the same order.
    """

    runs: JobRuns
    state: Path
    parquet: Path

    @property
    def data_file(self) -> Path:
        """The DuckDB file."""
        return self.state / "data.duckdb"


def make_dataset(folder: Path, runs: JobRuns) -> Dataset:
    """The runs in a new folder; those that lie there are taken as they are."""
    made = Dataset(runs, folder / "state", folder / "job_runs.parquet")
    if made.parquet.exists():
        return made
    made.state.mkdir(parents=True)
    with duckdb.connect(made.data_file) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute('CREATE SCHEMA "main.gold"')
        runs.create(connection, RELATION)
        partial = made.parquet.with_suffix(".partial")
        connection.execute(f"COPY {RELATION} TO '{partial}' (FORMAT parquet)")
    partial.rename(made.parquet)
    os.sync()  # so that it is not written while something is measured
    return made
