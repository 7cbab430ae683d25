"""Previews as Markdown: the comment on a pull request, the issue about drift, the summary of a run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.metric_changes import MetricChange
    from pipelines.preview import Change, Preview
    from pipelines.values import ValueChange, ValueComparison

LONGEST = 60_000
"""Characters; GitHub takes 65,536 for a comment and for an issue."""
MOST_ROWS = 50
"""Resources or metrics that are listed one by one."""
_CUT = "\n\nThe rest is left out: see the run."


def preview_page(previews: Sequence[Preview], values: ValueComparison | None = None) -> str:
    """What the deployment of each stack would change, and what becomes of the values on the sample data."""
    sections = [*map(section, previews), *([] if values is None else [values_section(values)])]
    return _page("What a deployment of this change would do", sections)


def drift_page(previews: Sequence[Preview]) -> str:
    """What differs on each workspace from what was deployed."""
    head = (
        "The nightly look at the workspaces found differences from what was deployed. `pulumi up --refresh --stack "
        "<stack>` puts them right; to keep one, write it into the program. This text is renewed every night, and "
        "the issue is closed when nothing differs any more.\n\n"
    )
    return head + _page("What differs", list(map(section, previews)))


def _page(title: str, sections: Sequence[str]) -> str:
    whole = "\n".join([f"## {title}\n", *sections])
    return whole if len(whole) <= LONGEST else _closed(whole[: LONGEST - len(_CUT)]) + _CUT


def section(preview: Preview) -> str:
    """What would happen to one stack."""
    heading = f"### {preview.stack}\n\n"
    if preview.failure:
        return f"{heading}**Not known**: the preview failed.\n\n{_block(preview.failure)}\n"
    if not preview.changes:
        return f"{heading}No changes, {_count(preview.unchanged, 'resource')} as they are.\n"
    counts = ", ".join(f"{number} to {operation}" for operation, number in preview.operations.items())
    parts = [f"{heading}{counts}, {preview.unchanged} unchanged.\n", _table(preview.changes)]
    if preview.metrics:
        parts.append(_metrics(preview.metrics))
    return "\n".join(parts)


def values_section(values: ValueComparison) -> str:
    """Which values differ on the sample data."""
    heading = f"### Values on the sample data, compared with {_cell(values.base)}\n\n"
    if values.failure:
        return f"{heading}**Not known**.\n\n{_block(values.failure)}\n"
    if not values.changes:
        return f"{heading}All values of {_count(values.metrics, 'metric')} are the same.\n"
    new = sum(change.is_new for change in values.changes)
    differing = len(values.changes) - new
    head = f"{heading}{_count(values.metrics, 'metric')}: {differing} with other values, {new} new.\n\n"
    return head + _rows(
        ("metric", "windows that differ", "newest of them", "before", "after"),
        [_value_row(change) for change in values.changes],
    )


def _value_row(change: ValueChange) -> tuple[str, ...]:
    before = "new" if change.is_new else change.before or "NULL"
    windows = f"{change.differing} of {change.compared}"
    return change.metric, windows, change.window, before, change.after or "NULL"


def _rows(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of at most so many rows, and how many are left out."""
    lines = [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines.append(f"| and {len(rows) - MOST_ROWS} more |" + " |" * (len(headings) - 1))
    return "\n".join([*lines, ""])


def _table(changes: Sequence[Change]) -> str:
    rows = [(one.resource, one.type, one.operation, ", ".join(one.properties)) for one in changes]
    return _rows(("resource", "type", "change", "what"), rows)


def _metrics(metrics: Sequence[MetricChange]) -> str:
    kinds = [change.kind for change in metrics]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in ("added", "changed", "removed"))
    lines: list[str] = []
    for change in metrics:
        lines += [f"  {change.domain}.{change.name}"]
        lines += [f"- {text}" for text in (change.before,) if text]
        lines += [f"+ {text}" for text in (change.after,) if text]
    return f"<details><summary>Metrics: {counts}</summary>\n\n{_block(chr(10).join(lines), 'diff')}\n</details>\n"


def _block(text: str, language: str = "") -> str:
    """Text as it is, in a fence that is longer than any in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _closed(text: str) -> str:
    """Text that was cut, with the code block and the details closed that the cut left open."""
    fences = re.findall("^`{3,}", text, re.MULTILINE)
    if len(fences) % 2:
        text += f"\n{fences[-1]}"
    return text + "\n</details>" * (text.count("<details>") - text.count("</details>"))


def _cell(text: str) -> str:
    return re.sub(r"([\\|<>`*_\[\]])", r"\\\1", " ".join(text.split()))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
