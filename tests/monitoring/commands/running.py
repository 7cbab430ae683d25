"""Runs commands of the command line on a stub, and the rows that its queries give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner, Result

from monitoring.cli_workspace import app
from monitoring.domains import DOMAINS

if TYPE_CHECKING:
    from tests.monitoring.workspace_stub import Body

COST = DOMAINS[0]
TABLE = "main.gold.fact_usage"
PROFILE = "main.gold_monitoring.fact_usage_profile_metrics"
DRIFT = "main.gold_monitoring.fact_usage_drift_metrics"


def profile_row(**values: float) -> Body:
    """A row as the profile query gives it, every metric good unless it is given."""
    good = {"untagged_usage_pct": 1, "tag_coverage_pct": 99, "jobs_on_all_purpose_ratio": 0}
    window = {"granularity": "1 day", "window_start": "2026-08-01 00:00:00", "row_count": 400}
    return {**window, **good, **values}


def command(*arguments: str, answer: str | None = None) -> Result:
    """Run a command of the command line; ``answer`` is what is typed."""
    result = CliRunner().invoke(app, arguments, input=answer)
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result
