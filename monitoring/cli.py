"""``python -m monitoring``: looks at what would be deployed, and works with what was deployed."""

from __future__ import annotations

import json
import time
import traceback
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from monitoring import cli_workspace
from monitoring.console import console
from monitoring.gold import GOLD_TABLES, create_table_sql
from monitoring.nearest import did_you_mean, near_or_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitoring.compile import Problem
    from monitoring.domain import Domain
    from monitoring.output_rows import OutputRows

app = typer.Typer(
    help="Databricks Lakehouse monitors as code.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


class MetricsFormat(StrEnum):
    """How ``metrics`` prints."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"


class CheckFormat(StrEnum):
    """How ``check`` prints."""

    TEXT = "text"
    JSON = "json"


class DomainsNotReadableError(Exception):
    """A domain file stops Python before the domains exist."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


@app.callback()
def main() -> None:
    """Databricks Lakehouse monitors as code."""


@app.command()
def metrics(
    domain: Annotated[str | None, typer.Option(help="Only this domain.")] = None,
    form: Annotated[MetricsFormat, typer.Option("--format", help="How to print.")] = MetricsFormat.TABLE,
) -> None:
    """List the metrics with definition, unit, meaning, calculation, direction and thresholds."""
    from monitoring import catalogue  # noqa: PLC0415 - other commands do not need it

    chosen = _chosen(domain)
    if form is MetricsFormat.CSV:
        typer.echo(catalogue.as_csv(chosen), nl=False)
    elif form is MetricsFormat.JSON:
        typer.echo(json.dumps(catalogue.rows(chosen), indent=2, ensure_ascii=False))
    elif form is MetricsFormat.MARKDOWN:
        typer.echo(catalogue.as_markdown(chosen), nl=False)
    else:
        _print_table(catalogue.rows(chosen), ("domain", "name", "kind", "unit", "direction", "meaning"))


@app.command()
def permissions() -> None:
    """Print who needs what on what, as the page docs/permissions.md."""
    from monitoring.permissions import as_markdown  # noqa: PLC0415 - other commands do not need it

    typer.echo(as_markdown(_load_domains()), nl=False)


@app.command()
def check(
    form: Annotated[CheckFormat, typer.Option("--format", help="How to print.")] = CheckFormat.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a script.")] = False,
) -> None:
    """Check every metric and monitor without a workspace, and say how many rows refreshes write at most.

    Exit code 1 when something is wrong.
    """
    from monitoring.compile import check as problems_of  # noqa: PLC0415 - loads the SQL parser
    from monitoring.output_rows import output_rows  # noqa: PLC0415 - see above

    started = time.perf_counter()
    count = 0
    domains: tuple[Domain, ...] = ()
    try:
        domains = _load_domains()
        count = sum(len(domain.metrics) for domain in domains)
        problems = problems_of(domains)
    except DomainsNotReadableError as error:
        problems = [error.problem]
    seconds = time.perf_counter() - started
    bounds = list(output_rows(domains))
    if as_json or form is CheckFormat.JSON:
        report = {
            "metrics": count,
            "problems": [asdict(problem) for problem in problems],
            "rows_at_most": [asdict(bound) | {"rows_a_day": bound.rows_a_day} for bound in bounds],
        }
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        if not problems:
            _print_bounds(bounds)
        for problem in problems:
            typer.echo(str(problem))
        found = {0: "no problems", 1: "1 problem"}.get(len(problems), f"{len(problems)} problems")
        end = "; nothing was deployed" if problems else ""
        typer.echo(f"{found}, {count} metrics checked in {seconds:.1f} s{end}")
    if problems:
        raise typer.Exit(1)


@app.command()
def gold(
    catalog: Annotated[str, typer.Option(help="Catalog of the gold schema.")] = "main",
    schema: Annotated[str, typer.Option(help="Schema of the gold tables.")] = "gold",
    domain: Annotated[str | None, typer.Option(help="Only the table of this domain.")] = None,
) -> None:
    """Print the statements that create the gold tables, comments included."""
    for table in _gold_tables(catalog, schema, domain):
        typer.echo(create_table_sql(GOLD_TABLES[table], catalog, schema) + ";\n")


@app.command()
def loads(  # noqa: PLR0913, PLR0917 - one argument per option
    catalog: Annotated[str, typer.Option(help="Catalog of the gold schema.")] = "main",
    schema: Annotated[str, typer.Option(help="Schema of the gold tables.")] = "gold",
    domain: Annotated[str | None, typer.Option(help="Only the table of this domain.")] = None,
    start: Annotated[datetime | None, typer.Option(help="First day, UTC.  [default: three days ago]")] = None,
    end: Annotated[datetime | None, typer.Option(help="First day not loaded, UTC.  [default: today]")] = None,
    system_catalog: Annotated[str, typer.Option(help="Catalog of the system tables.")] = "system",
    currency: Annotated[str, typer.Option(help="Currency of the list prices.")] = "USD",
    platform_identity: Annotated[
        list[str] | None,
        typer.Option(help="Identity in the audit log that is the platform; may be repeated."),
    ] = None,
    rule_results: Annotated[str | None, typer.Option(help="Table of rule results, see docs.")] = None,
    table_health: Annotated[bool, typer.Option(help="Read the health of tables, a preview.")] = True,
    freshness_hours: Annotated[float, typer.Option(min=0, help="Hours until a table is stale.")] = 24.0,
    classified_data: Annotated[bool, typer.Option(help="Read classified data, a preview.")] = True,
    sensitivity_tag: Annotated[
        list[str] | None, typer.Option(help="Tag of sensitive data; may be repeated.  [default: sensitivity]")
    ] = None,
    payload_table: Annotated[
        list[str] | None, typer.Option(help="Inference table of a served model; may be repeated.")
    ] = None,
) -> None:
    """Print the statements that load days of the gold tables from the system tables; see docs/gold-layer.md."""
    from monitoring.gold.loads import (  # noqa: PLC0415 - other commands do not need it
        DayRange,
        DaysError,
        LoadSettings,
        last_days,
        load_statements,
    )

    tables = _gold_tables(catalog, schema, domain)
    settings = LoadSettings(
        catalog,
        schema,
        system_catalog=system_catalog,
        currency=currency,
        platform_identities=tuple(platform_identity or ()),
        rule_results=rule_results,
        table_health=table_health,
        freshness_hours=freshness_hours,
        classified_data=classified_data,
        sensitivity_tags=tuple(sensitivity_tag or ("sensitivity",)),
        payload_tables=tuple(payload_table or ()),
    )
    today = datetime.now(UTC).date()
    usual = last_days(today)
    try:
        days = DayRange(start.date() if start else usual.start, end.date() if end else usual.end)
        statements = load_statements(settings, days, tables, today)
    except DaysError as error:
        raise typer.BadParameter(str(error), param_hint="--start") from None
    for statement in statements.values():
        typer.echo(f"{statement};\n")


def _gold_tables(catalog: str, schema: str, domain: str | None) -> tuple[str, ...]:
    """The gold tables of the chosen domains, when the names are fit for statements."""
    for name, value in (("--catalog", catalog), ("--schema", schema)):
        if not value.strip():
            raise typer.BadParameter(f"'{value}' is empty; give a name", param_hint=name)
    chosen = _chosen(domain)
    unknown = [one for one in chosen if one.gold_table not in GOLD_TABLES]
    for one in unknown:
        near = did_you_mean(one.gold_table, GOLD_TABLES)
        typer.echo(f"{one.name}: unknown gold table '{one.gold_table}'{near}", err=True)
    if unknown:
        raise typer.Exit(1)
    return tuple(one.gold_table for one in chosen)


app.add_typer(cli_workspace.app)


def _chosen(name: str | None) -> tuple[Domain, ...]:
    try:
        domains = _load_domains()
    except DomainsNotReadableError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if name is None:
        return domains
    chosen = tuple(domain for domain in domains if domain.name == name)
    if not chosen:
        hint = near_or_all(name, [domain.name for domain in domains])
        raise typer.BadParameter(f"unknown domain '{name}'{hint}", param_hint="--domain")
    return chosen


def _load_domains() -> tuple[Domain, ...]:
    """The domains; a mistake that stops their import is a finding, not a traceback.

    Raises:
        DomainsNotReadableError: a domain file is not valid Python, or a metric lacks something.
    """
    from monitoring.compile import Problem  # noqa: PLC0415 - loads the SQL parser

    try:
        from monitoring.domains import DOMAINS  # noqa: PLC0415 - must not stop the command line
    except SyntaxError as error:
        file, line = str(error.filename), error.lineno or 0
        reason = f"is not valid Python: {error.msg}"
    except Exception as error:  # noqa: BLE001 - a data file may fail in any way
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if Path(frame.filename).parent.name == "domains"] or list(frames)
        file, line = own[-1].filename, own[-1].lineno or 0
        reason = str(error)
    else:
        return DOMAINS
    path = Path(file)
    raise DomainsNotReadableError(Problem(f"monitoring/domains/{path.name}", line, path.stem, "", reason))


def _print_bounds(bounds: Sequence[OutputRows]) -> None:
    from monitoring.output_rows import MOST_SLICE_VALUES  # noqa: PLC0415 - loads the SQL parser

    output = console()
    style = "bold" if output.is_terminal else ""
    table = Table(box=None, pad_edge=False, header_style=style)
    for column in ("domain", "granularity"):
        table.add_column(column)
    for column in ("columns + 1", "x groups a window", "= rows a window", "rows a day"):
        table.add_column(column, justify="right")
    for bound in bounds:
        numbers = (bound.columns + 1, bound.groups_a_window, bound.rows_a_window, bound.rows_a_day)
        table.add_row(bound.domain, bound.granularity, *(f"{number:,}" for number in numbers))
    output.print(table)
    output.print(
        "These are the most rows of each profile table, and of each drift table too; groups are the whole table and up to "
        f"{MOST_SLICE_VALUES} values of each slice. The data has fewer: what a refresh will write in a local workspace, "
        "and what it wrote, says python -m local_workspace explain TABLE."
    )


def _print_table(rows: list[dict[str, str]], columns: tuple[str, ...]) -> None:
    output = console()
    table = Table(*columns, box=None, pad_edge=False, header_style="bold" if output.is_terminal else "")
    for row in rows:
        table.add_row(*(row[column] for column in columns))
    output.print(table)
    output.print(f"{len(rows)} metrics")
