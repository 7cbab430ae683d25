"""``python -m monitoring``: what each command prints in each format, and its exit code."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlglot
import typer
from typer.testing import CliRunner, Result

from monitoring.catalogue import as_csv, as_markdown, rows
from monitoring.cli import app
from monitoring.domains import DOMAINS, cost, job
from monitoring.gold import GOLD_TABLES, create_table_sql
from monitoring.gold.loads import DayRange, LoadSettings, last_days, load_statements
from monitoring.metrics import LONG, aggregate
from monitoring.stack_file import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

    from monitoring.domain import Domain

COMMANDS = (
    "metrics",
    "permissions",
    "check",
    "gold",
    "loads",
    "wait",
    "refresh",
    "comments",
    "status",
    "incidents",
    "adopt",
    "clean-up",
)
NAMES = "cost, job, query, cluster, security, quality, governance, inference"


def command(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def deployed(monkeypatch: pytest.MonkeyPatch, *domains: Domain) -> None:
    """Let ``domains`` be all there are."""
    monkeypatch.setattr("monitoring.domains.DOMAINS", domains)


def test_help_lists_every_command() -> None:
    answer = command("--help")
    assert answer.exit_code == 0
    assert re.findall(r"^  (\w[\w-]*)  ", answer.stdout, re.MULTILINE) == list(COMMANDS)


def test_every_command_and_every_option_has_help() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    silent = [
        (name, option.name)
        for name, one in group.commands.items()
        for option in one.params
        if not one.help or not getattr(option, "help", None)
    ]
    assert (list(group.commands), silent) == (list(COMMANDS), [])


def test_nothing_to_do_is_wrong_use_and_shows_help() -> None:
    answer = command()
    assert answer.exit_code == 2
    assert "Commands:" in answer.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("chekc",), "No such command 'chekc'"),
        (("metrics", "--fromat", "csv"), "No such option"),
        (("metrics", "--format", "xml"), "'xml' is not one of 'table', 'csv', 'json', 'markdown'"),
        (("check", "--format", "csv"), "'csv' is not one of 'text', 'json'"),
        (("metrics", "--domain", "cots"), "unknown domain 'cots'; did you mean 'cost'?"),
        (("gold", "--domain", "zzz"), f"unknown domain 'zzz'; allowed: {NAMES}"),
        (("gold", "--catalog", ""), "Invalid value for --catalog: '' is empty; give a name"),
        (("gold", "--schema", " "), "Invalid value for --schema: ' ' is empty; give a name"),
        (("loads", "--schema", ""), "Invalid value for --schema: '' is empty; give a name"),
        (
            ("loads", "--start", "2026-03-02", "--end", "2026-03-02"),
            "no day from 2026-03-02 to 2026-03-02: the end is not loaded; give a later one",
        ),
        (
            ("loads", "--start", "2020-01-01", "--domain", "cluster"),
            (
                "fact_node_timeline: the sources tell the last 90 days only, so the load would destroy what the gold "
                "table has of 2020-01-01; load from "
            ),
        ),
        (("wait", "--stack", "lokal"), "there is no Pulumi.lokal.yaml; did you mean 'local'?"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_wrong(arguments: tuple[str, ...], expected: str) -> None:
    answer = command(*arguments)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert expected in answer.stderr
    assert "Traceback" not in answer.stderr


def test_metrics_as_csv_is_the_catalogue() -> None:
    answer = command("metrics", "--format", "csv")
    assert (answer.exit_code, answer.stdout) == (0, as_csv(DOMAINS))


def test_metrics_as_json_is_a_list_of_rows() -> None:
    answer = command("metrics", "--format", "json")
    assert (answer.exit_code, json.loads(answer.stdout)) == (0, rows(DOMAINS))


def test_metrics_as_markdown_is_the_page() -> None:
    answer = command("metrics", "--format", "markdown", "--domain", "job")
    assert (answer.exit_code, answer.stdout) == (0, as_markdown([job.DOMAIN]))


def test_metrics_of_one_domain_are_listed_alone() -> None:
    answer = command("metrics", "--domain", "security", "--format", "csv")
    assert [row["domain"] for row in csv.DictReader(answer.stdout.splitlines())] == ["security"] * 15


def test_metrics_as_a_table_has_a_line_per_metric_and_counts_them() -> None:
    head, *lines, count = command("metrics").stdout.splitlines()
    assert head.split() == ["domain", "name", "kind", "unit", "direction", "meaning"]
    assert [line.split()[:2] for line in lines] == [
        [domain.name, metric.name] for domain in DOMAINS for metric in domain.ordered_metrics
    ]
    assert count == "225 metrics"


@pytest.mark.parametrize(
    "meaning", ["[red]Runs[/red]", "Runs :warning:", "Runs [/]", "Runs that " * 60 + "end"]
)
def test_a_table_shows_a_meaning_as_it_is(monkeypatch: pytest.MonkeyPatch, meaning: str) -> None:
    metric = aggregate("x", "COUNT(*)", LONG, unit="runs", meaning=meaning, good="lower")
    deployed(monkeypatch, replace(job.DOMAIN, metrics=(metric,)))
    assert command("metrics").stdout.splitlines()[1].rstrip().endswith(meaning)


def test_check_finds_nothing_in_what_is_deployed() -> None:
    answer = command("check")
    assert answer.exit_code == 0
    assert re.fullmatch(r"no problems, 225 metrics checked in \d+\.\d s", answer.stdout.splitlines()[-1])


def test_check_says_how_many_rows_a_refresh_writes_at_most() -> None:
    lines = [line.split() for line in command("check").stdout.splitlines()]
    assert ["job", "1", "hour", "18", "501", "9,018", "216,432"] in lines
    assert ["job", "1", "day", "18", "501", "9,018", "9,018"] in lines


def test_check_as_json_finds_nothing_in_what_is_deployed() -> None:
    answer = command("check", "--format", "json")
    report = json.loads(answer.stdout)
    assert (answer.exit_code, report["metrics"], report["problems"]) == (0, 225, [])
    assert report == json.loads(command("check", "--json").stdout)
    bounds = {(bound["domain"], bound["granularity"]): bound for bound in report["rows_at_most"]}
    assert bounds["job", "1 hour"] == {
        "domain": "job",
        "granularity": "1 hour",
        "columns": 17,
        "groups_a_window": 501,
        "rows_a_window": 9018,
        "windows_a_day": 24.0,
        "rows_a_day": 216432,
    }


def broken_job() -> Domain:
    """The job domain without a metric that another one and the list of main metrics name."""
    return replace(job.DOMAIN, metrics=tuple(one for one in job.METRICS if one.name != "timeout_rate"))


def test_check_ends_with_1_and_a_line_per_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed(monkeypatch, cost.DOMAIN, broken_job())
    answer = command("check")
    lines = answer.stdout.splitlines()
    assert answer.exit_code == 1
    assert [re.sub(r"\d+", "N", line) for line in lines[:-1]] == [
        "job.timeout_rate_drift: unknown metric 'timeout_rate'; did you mean 'timeout_count'?  (job.py:N)",
        "job: unknown profile metric 'timeout_rate'; did you mean 'timeout_count'?  (job.py:N)",
    ]
    assert re.fullmatch(r"2 problems, 84 metrics checked in \d+\.\d s; nothing was deployed", lines[-1])


def test_check_as_json_has_a_record_per_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed(monkeypatch, broken_job())
    answer = command("check", "--format", "json")
    report = json.loads(answer.stdout)
    assert (answer.exit_code, report["metrics"]) == (1, 49)
    assert [problem | {"line": 0} for problem in report["problems"][:1]] == [
        {
            "file": "monitoring/domains/job.py",
            "line": 0,
            "domain": "job",
            "metric": "timeout_rate_drift",
            "reason": "unknown metric 'timeout_rate'; did you mean 'timeout_count'?",
        }
    ]


def test_gold_prints_one_statement_per_table() -> None:
    answer = command("gold", "--catalog", "dev", "--schema", "ops")
    assert answer.exit_code == 0
    assert answer.stdout == "".join(
        f"{create_table_sql(GOLD_TABLES[domain.gold_table], 'dev', 'ops')};\n\n" for domain in DOMAINS
    )


def test_gold_is_a_script_that_a_sql_editor_can_run() -> None:
    statements = [one for one in sqlglot.parse(command("gold").stdout, read="databricks") if one]
    tables = [
        table.sql(dialect="databricks") for one in statements for table in one.find_all(sqlglot.exp.Table)
    ]
    assert tables == [f"`main`.`gold`.`{domain.gold_table}`" for domain in DOMAINS]


def test_gold_of_one_domain_prints_its_table_alone() -> None:
    answer = command("gold", "--domain", "quality")
    assert answer.stdout == f"{create_table_sql(GOLD_TABLES['fact_table_quality'], 'main', 'gold')};\n\n"


def test_gold_of_an_unknown_table_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed(monkeypatch, cost.DOMAIN, replace(job.DOMAIN, gold_table="fact_job_run_timelin"))
    answer = command("gold")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr == (
        "job: unknown gold table 'fact_job_run_timelin'; did you mean 'fact_job_run_timeline'?\n"
    )


def test_loads_is_a_script_of_one_statement_per_table_for_the_last_three_whole_days() -> None:
    def expected(today: date) -> str:
        statements = load_statements(LoadSettings("dev", "ops"), last_days(today), tuple(GOLD_TABLES), today)
        return "".join(f"{statement};\n\n" for statement in statements.values())

    before = datetime.now(UTC).date()
    answer = command("loads", "--catalog", "dev", "--schema", "ops")
    assert answer.exit_code == 0
    assert answer.stdout in {expected(before), expected(datetime.now(UTC).date())}


def test_every_option_of_loads_reaches_the_statement() -> None:
    today = datetime.now(UTC).date()
    days = DayRange(today - timedelta(days=2), today - timedelta(days=1))
    settings = LoadSettings(
        "main",
        "gold",
        system_catalog="shared",
        currency="EUR",
        platform_identities=("p", "q"),
        rule_results="a.b.c",
        table_health=False,
        freshness_hours=6.0,
        classified_data=False,
        sensitivity_tags=("pii",),
        payload_tables=("a.b.x", "a.b.y"),
    )
    options = "--system-catalog shared --currency EUR --platform-identity p --platform-identity q --rule-results a.b.c "
    options += "--no-table-health --freshness-hours 6 --no-classified-data --sensitivity-tag pii "
    options += f"--payload-table a.b.x --payload-table a.b.y --start {days.start} --end {days.end}"
    statements = load_statements(settings, days, tuple(GOLD_TABLES), today)
    assert command("loads", *options.split()).stdout == "".join(f"{one};\n\n" for one in statements.values())


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, its output in pipes."""
    return subprocess.run(
        [sys.executable, "-m", "monitoring", *arguments],
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_piped_output_is_plain_even_for_a_colourful_terminal() -> None:
    answer = run(PROJECT, "metrics", "--domain", "cost", TERM="xterm-256color", COLUMNS="20")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.isascii()
    assert "\x1b" not in answer.stdout
    assert len(answer.stdout.splitlines()) == 37


def test_a_command_loads_only_what_it_needs() -> None:
    heavy = "{'pulumi', 'databricks', 'sqlglot', 'monitoring.domains'}"
    code = f"import sys, monitoring.cli; print(sorted({heavy} & sys.modules.keys()))"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert answer.stdout == "[]\n"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with the program in it, to break."""
    shutil.copytree(
        PROJECT / "monitoring", tmp_path / "monitoring", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path


def broken(folder: Path, old: str, new: str) -> int:
    """Put ``new`` for ``old`` into the cost domain; the number of that line."""
    path = folder / "monitoring" / "domains" / "cost.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            'unit="DBU", meaning="DBUs consumed, independent of price"',
            'unit="", meaning="DBUs consumed, independent of price"',
            "metric 'total_daily_dbu' has no unit; say it in the domain file",
        ),
        ("JOB_CLUSTER_DISCOUNT = 0.4", "JOB_CLUSTER_DISCOUNT = ", "is not valid Python: invalid syntax"),
        ("JOB_CLUSTER_DISCOUNT = 0.4", "JOB_CLUSTER_DISCOUNT = 1 / 0", "division by zero"),
    ],
)
def test_a_domain_file_that_cannot_be_read_is_a_finding_with_its_line(
    copied: Path, old: str, new: str, reason: str
) -> None:
    line = broken(copied, old, new)
    answer = run(copied, "check", "--format", "json")
    (problem,) = json.loads(answer.stdout)["problems"]
    assert (answer.returncode, answer.stderr) == (1, "")
    assert problem["reason"] == reason
    assert problem["file"] == "monitoring/domains/cost.py"
    assert line - 1 <= problem["line"] <= line


@pytest.mark.parametrize("name", ["metrics", "gold"])
def test_other_commands_name_the_domain_file_that_cannot_be_read(copied: Path, name: str) -> None:
    line = broken(copied, "JOB_CLUSTER_DISCOUNT = 0.4", "JOB_CLUSTER_DISCOUNT = 1 / 0")
    answer = run(copied, name)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == f"cost: division by zero  (cost.py:{line})\n"
