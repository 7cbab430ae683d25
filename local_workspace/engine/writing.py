"""Writes what a refresh computed: both output tables, distributions and progress, in one transaction.

Windows that were computed are replaced as a whole, so that a slice which is gone from them is gone from the tables. Rows
of other versions of the monitor stay where no new row has their key, and so do windows whose rows are gone.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import duckdb

from local_workspace.engine.coercion import identifier
from local_workspace.engine.drift import drift_columns, drift_key
from local_workspace.engine.kept_rows import keep_distributions
from local_workspace.engine.output_columns import DISTRIBUTION_COLUMNS
from local_workspace.engine.output_tables import prepare, remove_comments, remove_rows, replace_rows
from local_workspace.engine.profile import IS_NEW, computed_windows, profile_columns, profile_key
from local_workspace.engine.progress import create_state, forget_gone_tables, write_progress
from local_workspace.engine.source import BASELINE, INPUT
from local_workspace.engine.temporary import DRIFT, PROFILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_workspace.engine.definition import MonitorDefinition
    from local_workspace.engine.progress import Progress
    from local_workspace.engine.switches import Switches

_UNWRITTEN: Final = ", ".join(identifier(name) for name in (*DISTRIBUTION_COLUMNS, IS_NEW))
"""Columns of `PROFILE` that the profile table does not have."""


def write_outputs(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    switches: Switches,
    *,
    monitor_version: int,
    reads_baseline: bool,
    progress: Progress,
    proceed: Callable[[], None],
) -> None:
    """Write `PROFILE` and `DRIFT`; on any error nothing is written.

    Args:
        connection: holds them, in no transaction.
        definition: names the output tables.
        switches: what to do where nothing is published.
        monitor_version: of the new rows.
        reads_baseline: whether the rows of the baseline are replaced.
        progress: what the next refresh goes by.
        proceed: called before the end of the transaction; may raise.
    """
    connection.begin()
    try:
        create_state(connection)
        forget_gone_tables(connection)
        _write_profile(connection, definition, monitor_version, reads_baseline=reads_baseline)
        _write_drift(connection, definition, monitor_version)
        if not switches.refresh_keeps_comments:
            for table in (definition.profile_table, definition.drift_table):
                remove_comments(connection, table)
        keep_distributions(connection, definition, with_baseline=reads_baseline)
        write_progress(connection, definition.profile_table, progress)
        proceed()
        connection.commit()
    except BaseException:
        with suppress(duckdb.TransactionException):  # a commit that fails has ended the transaction
            connection.rollback()
        raise


def _write_profile(
    connection: duckdb.DuckDBPyConnection,
    definition: MonitorDefinition,
    monitor_version: int,
    *,
    reads_baseline: bool,
) -> None:
    table = definition.profile_table
    prepare(connection, table, profile_columns(definition))
    remove_rows(
        connection,
        table,
        f"(SELECT *, '{INPUT}' AS log_type, {monitor_version} AS monitor_version FROM ({computed_windows()}))",
        ("granularity", "window", "log_type", "monitor_version"),
    )
    if reads_baseline:
        given = f"(SELECT '{BASELINE}' AS log_type, {monitor_version} AS monitor_version)"
        remove_rows(connection, table, given, ("log_type", "monitor_version"))
    rows = f"(SELECT * EXCLUDE ({_UNWRITTEN}) FROM {PROFILE} WHERE {identifier(IS_NEW)})"
    replace_rows(connection, table, rows, profile_key(definition))


def _write_drift(
    connection: duckdb.DuckDBPyConnection, definition: MonitorDefinition, monitor_version: int
) -> None:
    prepare(connection, definition.drift_table, drift_columns(definition))
    compared = (
        f'SELECT DISTINCT granularity, "window", drift_type FROM {DRIFT} UNION '
        f"SELECT *, '{BASELINE}' FROM ({computed_windows()})"
    )
    remove_rows(
        connection,
        definition.drift_table,
        f"(SELECT *, {monitor_version} AS monitor_version FROM ({compared}))",
        ("granularity", "window", "drift_type", "monitor_version"),
    )
    replace_rows(connection, definition.drift_table, DRIFT, drift_key(definition))
