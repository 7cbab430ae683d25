"""Writes the comments of the output tables, table by table; nothing that is missing passes for done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from databricks.sdk.errors.base import DatabricksError

from monitoring.operations.comments import CommentNotKeptError, CommentReconciler, State
from monitoring.operations.failures import explain
from monitoring.operations.statements import NoWarehouseError, StatementFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitoring.descriptions import TableText
    from monitoring.operations.comments import Catalog, Outcome
    from monitoring.operations.watched import Watched

AT_ONCE = 8
DOCUMENTED, NOT_READY, FAILED = "documented", "not ready", "failed"


@dataclass(frozen=True)
class TableResult:
    """What became of the comments of one output table."""

    domain: str
    table: str
    status: str
    """``documented``, ``not ready`` (table or columns are not there yet) or ``failed``."""
    written: int = 0
    """Comments that were changed."""
    message: str = ""

    @property
    def is_good(self) -> bool:
        """Whether every comment reads as it should."""
        return self.status == DOCUMENTED


def document_all(
    catalog: Catalog,
    watched: Sequence[Watched],
    report: Callable[[TableResult], None] = lambda _result: None,
) -> list[TableResult]:
    """Document both output tables of every domain; one that fails does not stop the others."""
    tables = [(one, full_name) for one in watched for full_name in one.output_tables]

    def document(item: tuple[Watched, str]) -> TableResult:
        one, full_name = item
        result = document_table(catalog, one.domain, full_name, one.output_tables[full_name])
        report(result)
        return result

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return list(pool.map(document, tables))


def document_table(catalog: Catalog, domain: str, full_name: str, desired: TableText) -> TableResult:
    """Document one table; a failure is a result.

    Args:
        catalog: the workspace.
        domain: whose table it is.
        full_name: of the table.
        desired: the wanted comments.
    """
    try:
        outcome = CommentReconciler(catalog).reconcile(full_name, desired)
        strangers = _undescribed(catalog, full_name, desired)
    except (CommentNotKeptError, NoWarehouseError, StatementFailedError) as error:
        return TableResult(domain, full_name, FAILED, message=str(error))
    except DatabricksError as error:
        return TableResult(domain, full_name, FAILED, message=explain(error, full_name))
    status, message = _judged(full_name, outcome, strangers)
    return TableResult(domain, full_name, status, outcome.written, message)


def _undescribed(catalog: Catalog, full_name: str, desired: TableText) -> list[str]:
    """Columns that have no comment and that no text is known for."""
    live = catalog.read(full_name)
    known = {name.casefold() for name in desired.columns}
    columns = live.columns if live is not None else {}
    return [name for name, text in columns.items() if not text and name.casefold() not in known]


def _judged(full_name: str, outcome: Outcome, undescribed: Sequence[str]) -> tuple[str, str]:
    if outcome.state is State.PENDING:
        return NOT_READY, f"{full_name} is not there yet: the first refresh makes it"
    if undescribed:
        return FAILED, f"{full_name}: no description for {', '.join(undescribed)}"
    if outcome.state is State.PARTIAL:
        return NOT_READY, f"{full_name}: the next refresh adds {', '.join(outcome.missing)}"
    return DOCUMENTED, ""
