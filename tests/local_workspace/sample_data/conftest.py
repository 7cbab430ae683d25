"""Sample data for one fixed moment, made once and loaded into one database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb
import pytest

from local_workspace.sample_data import SampleData, generate

if TYPE_CHECKING:
    from collections.abc import Iterator

END = datetime(2026, 7, 15, 13, 37, tzinfo=UTC)


@pytest.fixture(scope="session")
def sample() -> SampleData:
    """What the arguments of a usual seed give."""
    return generate(END)


@pytest.fixture(scope="session")
def loaded(sample: SampleData) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the eight tables under their own names."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        sample.create_in(connection, {table: table for table in sample.tables})
        yield connection
