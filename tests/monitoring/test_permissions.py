"""Who gets what: exactly the named principals, and no personal data; the page says the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local_workspace.workspace import Workspace
from monitoring.descriptions import TableText
from monitoring.domains import DOMAINS
from monitoring.gold import GOLD_TABLES
from monitoring.operations.comments import CommentReconciler, WorkspaceCatalog
from monitoring.operations.statements import find_warehouse
from monitoring.permissions import as_markdown, schema_grants, shared_tables
from monitoring.settings import Settings
from tests.local_workspace.target import CATALOG, in_process

if TYPE_CHECKING:
    from monitoring.domain import Domain

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


def stack(**values: object) -> Settings:
    needed = {"catalog": "main", "gold_schema": "gold", "host": "https://x.example"}
    return Settings.from_stack("dev", needed | values, {})


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == as_markdown(DOMAINS), (
        "write it anew: python -m monitoring permissions > docs/permissions.md"
    )


def test_a_stack_that_names_nobody_grants_nothing() -> None:
    assert schema_grants(stack()) == {}


def test_readers_get_the_schema_only_when_gold_has_no_personal_data() -> None:
    assert schema_grants(stack(readers=["analysts"])) == {"analysts": ("USE_SCHEMA",)}
    assert schema_grants(stack(readers=["analysts"], personal_data_in_gold=False)) == {
        "analysts": ("USE_SCHEMA", "SELECT")
    }


def test_writers_of_comments_read_what_they_compare() -> None:
    assert schema_grants(stack(comment_writers=["jobs"])) == {"jobs": ("USE_SCHEMA", "SELECT", "MODIFY")}


def test_what_writers_of_comments_get_is_enough_to_write_them(tmp_path: Path) -> None:
    settings = stack(comment_writers=["jobs"], output_schema="default")
    with in_process(Workspace(tmp_path)) as target:
        target.rows("CREATE TABLE main.default.t (a INT)")
        for kind, name, privileges in (
            ("catalog", "main", ("USE_CATALOG",)),
            ("schema", settings.output_schema_name, schema_grants(settings)["jobs"]),
        ):
            change = {"changes": [{"principal": "jobs", "add": list(privileges)}]}
            target.patch(f"{CATALOG}/permissions/{kind}/{name}", change)
        client = target.principal("jobs").sdk
        catalog = WorkspaceCatalog(client, lambda: find_warehouse(client))
        outcome = CommentReconciler(catalog).reconcile("main.default.t", TableText("T", {"a": "A"}))
        assert (outcome.state, outcome.written) == ("ready", 2)
        assert target.column_comments("main.default.t") == {"a": "A"}


def test_who_reads_and_writes_gets_one_grant() -> None:
    settings = stack(readers=["a", "b"], comment_writers=["b"], personal_data_in_gold=False)
    assert schema_grants(settings) == {
        "a": ("USE_SCHEMA", "SELECT"),
        "b": ("USE_SCHEMA", "SELECT", "MODIFY"),
    }


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_of_tables_with_personal_data_only_the_totals_are_shared(domain: Domain) -> None:
    shared = shared_tables(stack(), domain)
    if domain.personal_columns:
        assert shared.names == (f"main.gold_monitoring.{domain.gold_table}_totals",)
        assert [view.full_name for view in shared.views] == list(shared.names)
        assert not {"slice_value", "frequent_items"} & set(shared.views[0].columns)
    else:
        assert shared.views == ()
        assert shared.names == (
            f"main.gold_monitoring.{domain.profile_table}",
            f"main.gold_monitoring.{domain.drift_table}",
        )


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_personal_columns_are_those_that_the_gold_table_calls_so(domain: Domain) -> None:
    marked = {
        column.name
        for column in GOLD_TABLES[domain.gold_table].columns
        if column.comment.endswith("Personal data.")
    }
    assert set(domain.personal_columns) == marked


def test_slices_with_personal_values_are_known() -> None:
    personal = {name for domain in DOMAINS for name in set(domain.slices) - set(domain.impersonal_slices)}
    assert personal == {"executed_by", "user_identity_email", "created_by"}
