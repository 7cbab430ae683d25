"""``docs/evaluation.md`` from the figures that ``docs/evaluation.json`` holds."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from evaluation.figures import LEAST_RECALL, MOST_FALSE_ALARMS
from evaluation.labels import WITHOUT_END
from evaluation.report import COLUMNS, cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evaluation.figures import Figures

_PAGE = """\
# How well the alerts find what was wrong

The alerts of all eight monitors are replayed over data in which it is known what was wrong when: every window is
judged as it was when it closed, with the windows before it only. Nothing is deployed; the monitors run on a local
workspace inside the command. The figures of this page and of [evaluation.json](evaluation.json) were written by

```
make evaluate REAL=folder SAVE=docs
```

that is `python -m evaluation --real folder --save docs`; `make evaluate` alone prints the part about sample data, which
needs no files. How the alerts judge, and why: [decisions/alerts.md](decisions/alerts.md).

## What is counted

- **Found**: an alert gave a row whose window meets the incident's time and whose slice shares rows with the slice of
  the label, or is the whole table. A window that meets several incidents counts for the one with which it shares most
  time. *In their slice*: the slice of the label itself showed it.
- **Delay**: from the incident's start to the first run of the alert after such a window closed, on the alert's own
  schedule. A fall of a volume counts from when late rows are taken to have arrived.
- **False alarm**: a row that no incident explains. Rows of one monitor whose windows overlap or adjoin are one alarm,
  whatever slice, metric and alert they are of, as the alert stays triggered and tells nobody again. A row that goes on
  without a gap after an explained one, of the same metric in the same slice, belongs to that alarm. *Days in them*:
  how long the false alarms lasted together, so that a long one does not pass for a small one.
- **Months**: the time for which windows had enough history to be judged, in twelfths of a year. Of less than a month
  the number of alarms is taken as it is. *Judgeable* incidents lie in that time.
- An incident whose end is not published is taken to last {without_end:.0f} minutes.

## Sample data

The goal: at least {recall:.0%} of the incidents of each seed, at most {alarms:.0f} false alarm per monitor and month.
{verdict}

{seeds}

All seeds together, by monitor. The delay is the median of the seeds' medians; the worst seed is the one
with most false alarms a month.

{monitors}

The incidents were made to be found ([sample-data.md](sample-data.md)), and their authors knew the metrics: this shows
that the alerts work, not how they do on data that nobody made.

## Real data

{real}

What a false alarm is here is less clear than in made data: only some files have labels, and of the others every alarm
counts as false, though something may well have been wrong.

## What would improve the figures

- **Labels.** Without them nobody can tell a false alarm from one that nobody labelled. Some published ones mark what
  monitors of this kind cannot see: a change of a tenth of a point in CPU, or a time in which the hourly means do not
  move. Alarms on these would be alarms on everything.
- **History.** An incident in the first days of a table has nothing to be compared with. A monitor reads 30 days before
  its creation, so deploy it before it is needed.
- **Shorter windows** for what is over in minutes: `granularities` in the stack's configuration. They cost rows, and an
  alert hears of them at the next refresh of the monitor, so its schedule must follow.
- **More to look at.** Faults that show in neither CPU, memory nor traffic (delays between services, exceptions) show
  in request logs: give them a monitor of the inference kind.
- **Bursts without a clock.** What is usual is learned for the time of the day. Loads that burst at any time look
  unusual until they have burst at that hour; more than one such window in a row is asked for, which costs the
  incidents that last one hour.
- **Shifts smaller than the least change** (5 points of a mean, 25 % of a volume) are left out on purpose. A limit in
  the drift metric of a domain sets another.
"""


def page(report: Mapping[str, Any]) -> str:
    """The whole page as Markdown.

    Args:
        report: what ``python -m evaluation --json`` prints.
    """
    sample, real, missed = report["sample"], report["real"], report["shortfalls"]
    return _PAGE.format(
        without_end=WITHOUT_END.total_seconds() / 60,
        recall=LEAST_RECALL,
        alarms=MOST_FALSE_ALARMS,
        verdict="\n".join(f"- {sentence}" for sentence in missed) or "All of them meet it.",
        seeds=_table(
            ("data", "incidents", "found", "false alarms", "most of a monitor a month"), _by_data(sample)
        ),
        monitors=_table(
            (
                "monitor",
                "incidents",
                "found",
                "in their slice",
                "delay",
                "longest",
                "false alarms",
                "worst seed a month",
            ),
            _by_monitor(sample),
        ),
        real=_real(real) if real else "Not evaluated: no folder was given.",
    )


def _by_data(rows: Sequence[Figures]) -> list[list[str]]:
    return [
        [
            data,
            str(_sum(of_data, "incidents")),
            str(_sum(of_data, "found")),
            str(_sum(of_data, "false_alarms")),
            f"{max(row['false_alarms_a_month'] for row in of_data):g}",
        ]
        for data, of_data in _grouped(rows, "data").items()
    ]


def _by_monitor(rows: Sequence[Figures]) -> list[list[str]]:
    return [
        [
            monitor,
            *(str(_sum(of_monitor, name)) for name in ("incidents", "found", "in_their_slice")),
            _hours(statistics.median, of_monitor, "median_delay_hours"),
            _hours(max, of_monitor, "longest_delay_hours"),
            str(_sum(of_monitor, "false_alarms")),
            f"{max(row['false_alarms_a_month'] for row in of_monitor):g}",
        ]
        for monitor, of_monitor in _grouped(rows, "monitor").items()
    ]


def _real(rows: Sequence[Figures]) -> str:
    listed = "\n".join(
        f"- {row['data']}, windows of {', '.join(row['granularities'])}: {'; '.join(row['missed'])}."
        for row in rows
        if row["missed"]
    )
    missed = f"\n\nNot found:\n\n{listed}" if listed else ""
    return _table(COLUMNS.values(), map(cells, rows)) + missed


def _grouped(rows: Iterable[Figures], by: str) -> dict[str, list[Figures]]:
    groups: dict[str, list[Figures]] = {}
    for row in rows:
        groups.setdefault(row[by], []).append(row)
    return groups


def _sum(rows: Iterable[Figures], name: str) -> int:
    return sum(row[name] for row in rows)


def _hours(what: Any, rows: Iterable[Figures], name: str) -> str:  # noqa: ANN401 - a function of numbers
    known = [row[name] for row in rows if row[name] is not None]
    return f"{what(known):g} h" if known else "-"


def _table(headings: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    names = list(headings)
    lines = [names, ["---"] * len(names), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
