from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.descriptions import TableText
from monitoring.operations.comments import (
    CommentNotKeptError,
    CommentReconciler,
    Outcome,
    Plan,
    State,
    normalise,
    observed,
    plan,
    problems,
    quoted,
)
from monitoring.operations.statements import StatementFailedError
from tests.monitoring.workspace_stub import StubTable, WorkspaceStub

NAME = "main.out.t"
WANTED = TableText("Table", {"a": "A", "b": "B"})
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


@dataclass
class FakeCatalog:
    """Tables in memory whose statements are read the way Spark reads them."""

    stub: WorkspaceStub = field(default_factory=WorkspaceStub)
    reads: int = 0
    before_read: Callable[[], None] = lambda: None

    def read(self, full_name: str) -> TableText | None:
        self.reads += 1
        self.before_read()
        table = self.stub.tables.get(full_name)
        return None if table is None else TableText(table.comment, dict(table.columns))

    def run(self, statement: str) -> None:
        _, answer = self.stub.answer("POST", "/api/2.0/sql/statements", {"statement": statement})
        if answer["status"]["state"] != "SUCCEEDED":
            raise StatementFailedError(statement, "FAILED", answer["status"]["error"]["message"])


@pytest.fixture
def catalog() -> FakeCatalog:
    catalog = FakeCatalog()
    catalog.stub.tables[NAME] = StubTable("", {"a": "", "b": "", "theirs": "do not touch"})
    return catalog


def reconcile(catalog: FakeCatalog, desired: TableText = WANTED) -> Outcome:
    return CommentReconciler(catalog).reconcile(NAME, desired)


def test_everything_that_differs_is_written_in_one_statement_for_all_columns(catalog: FakeCatalog) -> None:
    outcome = reconcile(catalog)
    assert outcome == Outcome(State.READY, WANTED, (), 3)
    assert catalog.stub.statements == [
        "COMMENT ON TABLE `main`.`out`.`t` IS 'Table'",
        "ALTER TABLE `main`.`out`.`t` ALTER COLUMN `a` COMMENT 'A', `b` COMMENT 'B'",
    ]


def test_a_second_run_writes_nothing(catalog: FakeCatalog) -> None:
    reconcile(catalog)
    catalog.stub.statements.clear()
    assert reconcile(catalog) == Outcome(State.READY, WANTED, (), 0)
    assert catalog.stub.statements == []


def test_only_what_differs_is_written(catalog: FakeCatalog) -> None:
    reconcile(catalog)
    catalog.stub.tables[NAME].columns["b"] = "edited"
    catalog.stub.statements.clear()
    assert reconcile(catalog).written == 1
    assert catalog.stub.statements == ["ALTER TABLE `main`.`out`.`t` ALTER COLUMN `b` COMMENT 'B'"]


def test_columns_that_nobody_asked_for_keep_their_comment(catalog: FakeCatalog) -> None:
    reconcile(catalog)
    assert catalog.stub.tables[NAME].columns["theirs"] == "do not touch"


def test_a_column_that_is_not_there_is_missing_and_the_rest_is_written(catalog: FakeCatalog) -> None:
    del catalog.stub.tables[NAME].columns["b"]
    assert reconcile(catalog) == Outcome(State.PARTIAL, TableText("Table", {"a": "A"}), ("b",), 2)


def test_a_table_that_is_not_there_is_pending(catalog: FakeCatalog) -> None:
    catalog.stub.tables.clear()
    assert reconcile(catalog) == Outcome(State.PENDING, TableText("", {}), ("a", "b"), 0)


def test_the_wait_for_a_table_ends_when_it_is_there(catalog: FakeCatalog) -> None:
    table = catalog.stub.tables.pop(NAME)
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds
        if now[0] > 3:
            catalog.stub.tables[NAME] = table

    reconciler = CommentReconciler(catalog, pause=pause, clock=lambda: now[0])
    assert reconciler.reconcile(NAME, WANTED, wait_seconds=60).state is State.READY
    assert now[0] < 6


def test_the_wait_for_a_table_is_never_longer_than_asked(catalog: FakeCatalog) -> None:
    catalog.stub.tables.clear()
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    reconciler = CommentReconciler(catalog, pause=pause, clock=lambda: now[0])
    assert reconciler.reconcile(NAME, WANTED, wait_seconds=10).state is State.PENDING
    assert now[0] == pytest.approx(10)


def test_a_table_dropped_in_between_is_pending_again(catalog: FakeCatalog) -> None:
    def drop_before_second_read() -> None:
        if catalog.reads == 2:
            catalog.stub.tables.clear()

    catalog.before_read = drop_before_second_read
    assert reconcile(catalog).state is State.PENDING


def test_an_old_runtime_gets_one_statement_per_column(catalog: FakeCatalog) -> None:
    catalog.stub.only_single_columns = True
    assert reconcile(catalog) == Outcome(State.READY, WANTED, (), 3)
    assert catalog.stub.statements[-2:] == [
        "ALTER TABLE `main`.`out`.`t` ALTER COLUMN `a` COMMENT 'A'",
        "ALTER TABLE `main`.`out`.`t` ALTER COLUMN `b` COMMENT 'B'",
    ]


def test_another_failure_is_not_tried_again_column_by_column(
    catalog: FakeCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(statement: str) -> None:
        raise StatementFailedError(statement, "FAILED", "[INSUFFICIENT_PERMISSIONS] no MODIFY")

    monkeypatch.setattr(catalog, "run", refuse)
    with pytest.raises(StatementFailedError) as raised:
        reconcile(catalog)
    assert str(raised.value) == (
        "the statement ended as FAILED: [INSUFFICIENT_PERMISSIONS] no MODIFY\n"
        "  COMMENT ON TABLE `main`.`out`.`t` IS 'Table'"
    )


def test_a_comment_that_reads_differently_is_an_error_that_names_it(catalog: FakeCatalog) -> None:
    catalog.stub.tables[NAME].comment = "Table"
    catalog.stub.change_comment = lambda text: f"{text}!"
    with pytest.raises(CommentNotKeptError) as raised:
        reconcile(catalog)
    assert str(raised.value) == (
        "main.out.t: the comment of column a was written as 'A' but reads 'A!'; "
        "something else writes comments there, or the workspace changes texts"
    )


def test_column_names_are_compared_without_case(catalog: FakeCatalog) -> None:
    catalog.stub.tables[NAME] = StubTable("Table", {"A": "A", "B": "B"})
    assert reconcile(catalog) == Outcome(State.READY, WANTED, (), 0)


def test_many_columns_are_split_over_statements() -> None:
    todo = Plan(NAME, None, {f"c{number}": "x" for number in range(5)}, ())
    statements = todo.statements(columns_per_statement=2)
    assert [statement.count(" COMMENT ") for statement in statements] == [2, 2, 1]


def test_names_are_quoted_part_by_part() -> None:
    assert quoted("my-cat.s.odd`name") == "`my-cat`.`s`.`odd``name`"


@given(TEXTS, st.dictionaries(st.sampled_from("abcdef"), TEXTS), st.sets(st.sampled_from("abcdefgh")))
def test_after_one_run_a_plan_has_nothing_left_to_write(
    table: str, columns: dict[str, str], present: set[str]
) -> None:
    catalog = FakeCatalog()
    catalog.stub.tables[NAME] = StubTable("before", {name: f"old {name}" for name in present})
    desired = TableText(table, columns)
    reconcile(catalog, desired)
    live = catalog.read(NAME)
    assert live is not None
    assert plan(NAME, desired, live).is_empty
    for name in present - columns.keys():
        assert live.columns[name] == f"old {name}"


def test_what_was_observed_lists_wanted_columns_only() -> None:
    live = TableText("T", {"a": "A", "x": "X"})
    assert observed(("b", "a"), live) == Outcome(State.PARTIAL, TableText("T", {"a": "A"}), ("b",), 0)


def test_texts_are_trimmed_and_get_one_kind_of_line_end() -> None:
    assert normalise("  one\r\ntwo\rthree \n") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    ("full_name", "text", "problem"),
    [
        ("out.t", "x", ("full_name", "'out.t' is not a full table name; give catalog.schema.table")),
        (NAME, "", ("the table", "the comment is empty; give a text or leave it out")),
        (NAME, "x" * 4001, ("the table", "the comment has 4001 characters; at most 4000 are kept")),
        (NAME, "a\0b", ("the table", "the comment holds a NUL character; remove it")),
    ],
)
def test_what_the_service_would_not_keep_is_a_problem(
    full_name: str, text: str, problem: tuple[str, str]
) -> None:
    assert problems(full_name, TableText(text, {})) == [problem]


def test_4000_characters_are_fine() -> None:
    assert problems(NAME, TableText("x" * 4000, {"a": "y" * 4000})) == []
