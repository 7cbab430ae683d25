"""Carries out SQL tasks: the statements of a file, one after the other, on a warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local_workspace.engine.dialect import AnalysisError, Parameter
from local_workspace.errors import WorkspaceError
from local_workspace.jobs.attempt import Outcome, StoppedError, TaskNotRunnableError
from local_workspace.sql.tokens import Kind, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_workspace.files import WorkspaceFiles
    from local_workspace.jobs.attempt import Attempt
    from local_workspace.sql.session import Session
    from local_workspace.warehouse import Statement, Statements, Warehouses

_LOOK_SECONDS = 0.05
_LONGEST_SHOWN = 200


class SqlTasks:
    """Runs the statements of SQL files where all statements run: in the server, on its one engine."""

    def __init__(
        self,
        files: WorkspaceFiles,
        warehouses: Warehouses,
        statements: Statements,
        session: Callable[[], Session],
    ) -> None:
        self._files = files
        self._warehouses = warehouses
        self._statements = statements
        self._session = session

    def carry_out(self, attempt: Attempt) -> Outcome:
        """Run the file's statements; the first that fails ends the task.

        Raises:
            TaskNotRunnableError: it is no SQL file, or the warehouse or file is not there.
            StoppedError: it was stopped; the statement that ran left nothing.
        """
        task = attempt.task["sql_task"]
        file = task.get("file")
        if file is None or file.get("source", "WORKSPACE") != "WORKSPACE":
            raise TaskNotRunnableError("the local workspace runs SQL tasks with a file of the workspace only")
        try:
            self._warehouses.get(task["warehouse_id"])
            statements = split(self._files.content(file["path"]).decode())
        except (WorkspaceError, AnalysisError, UnicodeDecodeError) as error:
            raise TaskNotRunnableError(f"{file['path']}: {error}") from error
        given = {**task.get("parameters", {}), **attempt.parameters}
        parameters = tuple(Parameter(name, value, "STRING") for name, value in given.items())
        with attempt.log.open("a", encoding="utf-8") as log:
            for number, text in enumerate(statements, 1):
                statement = self._statements.submit(self._session(), text, parameters)
                self._wait(statement, attempt)
                place = f"statement {number} of {len(statements)}"
                log.write(f"{place}: {statement.state}, {len(statement.rows.cells)} rows: {_short(text)}\n")
                if statement.state != "SUCCEEDED":
                    reason = statement.error or statement.state
                    log.write(f"{reason}\n")
                    return Outcome("FAILED", f"{place}: {reason.splitlines()[0]}", reason)
        return Outcome("SUCCESS")

    def _wait(self, statement: Statement, attempt: Attempt) -> None:
        while not statement.over.wait(_LOOK_SECONDS):
            try:
                attempt.raise_when_over()
            except StoppedError:
                self._statements.cancel(statement.id)
                raise


def split(text: str) -> list[str]:
    """The statements of a text, which semicolons part; those in texts, names and comments do not.

    Raises:
        AnalysisError: a text or a quoted name has no end.
    """
    statements: list[str] = []
    first: int | None = None
    last = 0
    for token in tokens_of(text):
        if token.kind is Kind.SYMBOL and token.text == ";":
            if first is not None:
                statements.append(text[first:last])
            first = None
        else:
            first = token.start if first is None else first
            last = token.end
    if first is not None:
        statements.append(text[first:last])
    return statements


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}…"
