"""Who needs what on what: the grants that a stack makes, and the page ``docs/permissions.md``.

A grant lists everything that its principal holds on the securable: what somebody else granted the same
principal there is taken away. So nothing is granted on the catalog, which other teams share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.views import View, totals_view

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitoring.domain import Domain
    from monitoring.settings import Settings

READ_SCHEMA = ("USE_SCHEMA", "SELECT")
"""For readers of a schema: its tables are born later, and whoever may read the schema may read them."""
ENTER_SCHEMA = ("USE_SCHEMA",)
"""For readers of single tables in a schema."""
WRITE_COMMENTS = ("USE_SCHEMA", "SELECT", "MODIFY")
"""For writers of comments: there is no privilege to alter a table, MODIFY includes it. Comments are compared before
they are written, and the service describes a table only to who may select from it (`tables.get` of the SDK)."""


@dataclass(frozen=True)
class SharedTables:
    """What the readers get of one domain when they do not get the whole schema."""

    views: tuple[View, ...]
    """To be made first."""
    names: tuple[str, ...]
    """Full names of the views and tables on which readers get SELECT."""


def schema_grants(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Privileges on the output schema by principal; nobody else gets any."""
    read = ENTER_SCHEMA if settings.personal_data_in_gold else READ_SCHEMA
    wanted: dict[str, dict[str, None]] = {}
    for principals, privileges in ((settings.readers, read), (settings.comment_writers, WRITE_COMMENTS)):
        for principal in principals:
            wanted.setdefault(principal, {}).update(dict.fromkeys(privileges))
    return {principal: tuple(privileges) for principal, privileges in wanted.items()}


def shared_tables(settings: Settings, domain: Domain) -> SharedTables:
    """What readers get of a domain while the gold tables hold personal columns.

    The output tables repeat personal data in ``slice_value`` and in ``frequent_items``, so of a domain whose
    gold table has such columns only the view of totals is shared; of the others, both tables.
    """
    if not domain.personal_columns:
        return SharedTables((), (settings.profile_table_name(domain), settings.drift_table_name(domain)))
    view = totals_view(domain, settings.output_schema_name)
    return SharedTables((view,), (view.full_name,))


_PAGE = """# Permissions

Who needs what on what. Generated from the program by `python -m monitoring permissions > docs/permissions.md`;
a test fails when it is stale. `{catalog}`, `{gold_schema}` and `{output_schema}` stand for the keys of the stack.

## Granted by hand, before the first deployment

"""
_BY_HAND = (
    ("deploying principal", "USE CATALOG", "`{catalog}`"),
    ("deploying principal", "CREATE SCHEMA", "`{catalog}`: the program makes the output schema"),
    ("deploying principal", "USE SCHEMA", "`{catalog}.{gold_schema}`"),
    ("deploying principal", "SELECT, and MANAGE or ownership (or ownership of a parent)", "each gold table"),
    ("deploying principal", "write access", "the workspace folder `assets_dir`"),
    ("deploying principal", "CAN USE", "the SQL warehouse that writes comments and views"),
    (
        "refresh job",
        "USE CATALOG, USE SCHEMA, MANAGE or ownership; easiest: the deploying principal",
        "gold tables",
    ),
    ("each of `readers` and `comment_writers`", "USE CATALOG", "`{catalog}`"),
    ("users of dashboard and Genie space", "CAN USE", "the SQL warehouse"),
)
_RULES = """
The deploying principal owns what it makes: schema, output tables, views. On the output schema it needs nothing
more. Use one service principal for all monitors, not a person: only the creator of a monitor can change it, and
only from the workspace in which it was made. One interface of the service asks for ownership of the gold tables,
a newer one for MANAGE; an owner satisfies both.

## Granted by the program

"""
_END = """
A writer of comments may read the whole output schema, because comments are compared before they are written: name a
service principal there, not a group of people.

Nobody else gets anything, and nothing is granted on the catalog: a grant of this program lists everything that its
principal holds on the securable, and the catalog is shared with others. For the same reason, privileges that
somebody else gives one of these principals on `{output_schema}` are a difference that the next deployment removes.

## Personal data

Metrics are aggregates, but an output table repeats personal columns of its gold table in two places: as
`slice_value` of a slice on such a column, and in `frequent_items`, which lists the most frequent values of every
text column. Leaving out the slice is not enough.

| domain | personal columns of the gold table | readers get, unless `personal_data_in_gold` is false |
|---|---|---|
"""
_LAST = """
Set `personal_data_in_gold: false` when the gold tables hold no personal columns, or hashed ones. Readers then get
the whole output schema. Before, when readers have had the whole schema already and the gold tables held personal
columns: the history in the output tables keeps them.

Views and tables that are not there yet are recorded as pending. The next `pulumi up` after the first refresh makes
the views and grants what is missing.
"""


def as_markdown(domains: Iterable[Domain]) -> str:
    """The page ``docs/permissions.md``."""
    granted = (
        (
            "each of `readers`, with `personal_data_in_gold: false`",
            _spelled(READ_SCHEMA),
            "`{catalog}.{output_schema}`",
        ),
        ("each of `readers`, otherwise", _spelled(ENTER_SCHEMA), "`{catalog}.{output_schema}`"),
        ("each of `readers`, otherwise", "SELECT", "the views and tables listed below"),
        ("each of `comment_writers`", _spelled(WRITE_COMMENTS), "`{catalog}.{output_schema}`"),
    )
    return "".join(
        [_PAGE, _table(_BY_HAND), _RULES, _table(granted), _END, *map(_personal_row, domains), _LAST]
    )


def _spelled(privileges: tuple[str, ...]) -> str:
    return ", ".join(privilege.replace("_", " ") for privilege in privileges)


def _table(rows: Iterable[tuple[str, str, str]]) -> str:
    lines = ["| who | needs | on |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + "\n"


def _personal_row(domain: Domain) -> str:
    personal = ", ".join(f"`{name}`" for name in domain.personal_columns) or "none"
    if domain.personal_columns:
        shared = f"`{domain.gold_table}_totals`, a view"
    else:
        shared = f"`{domain.profile_table}`, `{domain.drift_table}`"
    return f"| {domain.name} | {personal} | {shared} |\n"
