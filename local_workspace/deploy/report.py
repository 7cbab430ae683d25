"""What a deployment shows at its end: monitors, incidents, and what to try next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from local_workspace.deploy.evidence import STANDS_OUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from local_workspace.deploy.evidence import Evidence
    from local_workspace.deploy.monitors import MonitorContent
    from local_workspace.deploy.progress import FinishedRefresh
    from local_workspace.sample_data import Incident

_TRY_NEXT = (
    (
        "ask for any value",
        """.venv/bin/python -m local_workspace sql "SELECT CAST(window.start AS DATE) AS day, success_rate
       FROM main.gold_monitoring.fact_job_run_timeline_profile_metrics WHERE column_name = ':table'
       AND granularity = '1 day' AND slice_key IS NULL ORDER BY day DESC LIMIT 7\"""",
    ),
    (
        "change a metric in monitoring/domains/job.py, and see every mistake",
        ".venv/bin/python -m monitoring check",
    ),
    ("see what a deployment of your change would do", "make preview"),
)


def monitor_table(monitors: Sequence[tuple[MonitorContent, FinishedRefresh]]) -> Table:
    """One row per monitor: what it read, what it wrote, and how long that took."""
    table = Table(title="The monitors", title_justify="left")
    table.add_column("domain")
    for heading in ("gold rows", "metrics", "windows", "profile rows", "drift rows", "comments", "refresh"):
        table.add_column(heading, justify="right")
    for content, refresh in monitors:
        table.add_row(
            content.domain,
            f"{content.gold_rows:,}",
            str(content.metrics),
            f"{content.windows:,}",
            f"{content.profile_rows:,}",
            f"{content.drift_rows:,}",
            f"{content.comments} of {content.columns}",
            f"{refresh.seconds:.1f} s",
        )
    table.add_section()
    contents = [content for content, _ in monitors]
    table.add_row(
        str(len(contents)),
        f"{sum(content.gold_rows for content in contents):,}",
        str(sum(content.metrics for content in contents)),
        f"{sum(content.windows for content in contents):,}",
        f"{sum(content.profile_rows for content in contents):,}",
        f"{sum(content.drift_rows for content in contents):,}",
        f"{sum(content.comments for content in contents)} of {sum(content.columns for content in contents)}",
        f"{sum(refresh.seconds for _, refresh in monitors):.1f} s",
    )
    return table


def incident_table(found: Sequence[tuple[Incident, Evidence | None]]) -> Table:
    """One row per labelled incident: the drift metric that shows it, before and after."""
    seen = sum(evidence is not None and evidence.found for _, evidence in found)
    table = Table(
        title="\nThe incidents hidden in the sample data",
        title_justify="left",
        caption=(
            f"{seen} of {len(found)} found: the change is among the {STANDS_OUT} greatest of all windows of its "
            "slice (rank 1 = the greatest)"
        ),
        caption_justify="left",
    )
    table.add_column("incident", overflow="fold")
    table.add_column("slice", overflow="fold")
    table.add_column("window, UTC")
    table.add_column("metric", overflow="fold")
    for heading in ("before", "after", "drift", "rank"):
        table.add_column(heading, justify="right")
    for incident, evidence in found:
        where = (
            "whole table" if incident.slice_key is None else f"{incident.slice_key} {incident.slice_value}"
        )
        window = f"{incident.start:%m-%d %H:%M} {incident.granularity}"
        label = f"{incident.domain}: {incident.name.replace('_', ' ')}"
        if evidence is None:
            table.add_row(label, where, window, incident.drift_metric, "", "", "[red]none[/red]", "")
            continue
        colour = "green" if evidence.found else "red"
        table.add_row(
            label,
            where,
            window,
            evidence.metric,
            f"{evidence.before:,.2f}",
            f"{evidence.after:,.2f}",
            f"[{colour}]{evidence.drift:+,.2f}[/{colour}]",
            f"{evidence.rank} of {evidence.windows}",
        )
    return table


def next_steps(console: Console) -> None:
    """Three commands to go on with, and how to end it."""
    console.print("\n[bold]Try next[/bold]")
    for purpose, command in _TRY_NEXT:
        console.print(f"  {purpose}:", highlight=False)
        console.print(f"    {command}", highlight=False, markup=False, soft_wrap=True)
    console.print("  [dim]make stop ends the workspace and keeps its data; make clean removes both[/dim]")
