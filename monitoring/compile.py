"""Every check on the domains, before anything is registered or deployed; no network, no workspace.

The service reports most mistakes only when a refresh fails. Here every one is found at once, with file, line,
domain, metric, reason and the nearest match.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitoring.descriptions import LONGEST, metric_text
from monitoring.gold import GOLD_TABLES
from monitoring.metrics import Kind, Metric, OutputType
from monitoring.nearest import did_you_mean
from monitoring.rules.definition import Scope, definition_reasons
from monitoring.rules.monitor import monitor_reasons
from monitoring.rules.source_lines import DOMAIN_FOLDER, SourceLines, read_source_lines
from monitoring.standard_columns import QUALITY_NAMES, STANDARD_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from monitoring.domain import Domain

MOST_CHARACTERS = 255
"""Of a Delta column name."""
_KINDS = tuple(Kind)


@dataclass(frozen=True)
class Problem:
    """One mistake in a domain."""

    file: str
    """Path of the domain file, from the folder that holds the package ``monitoring``."""
    line: int
    """Line in that file; 0 when it is not known."""
    domain: str
    metric: str
    """Name of the metric; empty when the mistake is in the domain itself."""
    reason: str

    def __str__(self) -> str:
        thing = f"{self.domain}.{self.metric}" if self.metric else self.domain
        return f"{thing}: {self.reason}  ({self.file.rpartition('/')[2]}:{self.line})"


class CompileError(ValueError):
    """The domains have mistakes; ``problems`` holds them all and the message lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = "".join(f"\n  {problem}" for problem in problems)
        super().__init__(f"{count} in the domains; nothing was deployed:{lines}")


def check(domains: Iterable[Domain], folder: Path = DOMAIN_FOLDER) -> list[Problem]:
    """Every mistake in ``domains``, in the order of their files.

    Args:
        domains: what would be deployed.
        folder: where the domain files are, for the line numbers.
    """
    chosen = tuple(domains)
    problems: list[Problem] = []
    for position, domain in enumerate(chosen):
        lines = read_source_lines(domain.name, folder)
        found = [*_rivals(domain, chosen[:position], lines), *_domain_problems(domain, lines)]
        found += _metric_problems(domain, lines)
        problems += sorted(found, key=lambda problem: problem.line)
    return problems


def raise_on_problems(domains: Iterable[Domain]) -> None:
    """Nothing, when the domains are right.

    Raises:
        CompileError: with every mistake.
    """
    problems = check(domains)
    if problems:
        raise CompileError(problems)


def _rivals(domain: Domain, earlier: Iterable[Domain], lines: SourceLines) -> Iterator[Problem]:
    """Mistakes that only show beside another domain: one monitor per table, one file per name."""
    for other in earlier:
        for field in ("name", "gold_table"):
            value = getattr(domain, field)
            if value == getattr(other, field):
                reason = f"{field} '{value}' belongs to domain '{other.name}' already"
                yield Problem(lines.file, lines.field_line(field), domain.name, "", reason)


def _domain_problems(domain: Domain, lines: SourceLines) -> Iterator[Problem]:
    profile_names = [metric.name for metric in domain.profile_metrics]
    reasons = [
        *monitor_reasons(domain),
        *(
            (field, f"unknown profile metric '{name}'{did_you_mean(name, profile_names)}")
            for field in ("main_metrics", "also_watched")
            for name in getattr(domain, field)
            if name not in profile_names
        ),
    ]
    for field, reason in reasons:
        yield Problem(lines.file, lines.field_line(field), domain.name, "", reason)


def _metric_problems(domain: Domain, lines: SourceLines) -> Iterator[Problem]:
    table = GOLD_TABLES.get(domain.gold_table)
    scope = Scope.of(domain, table) if table else None
    seen: Counter[str] = Counter()
    latest = _KINDS[0]
    for metric in domain.metrics:
        line = lines.metric(metric.name, seen[metric.name])
        reasons = [*_name_reasons(metric, seen), *_order_reasons(metric, latest), *_output_reasons(metric)]
        if scope:
            reasons += definition_reasons(metric, scope)
        seen[metric.name] += 1
        latest = max(latest, metric.kind, key=_KINDS.index)
        for reason in reasons:
            yield Problem(lines.file, line, domain.name, metric.name, reason)


def _name_reasons(metric: Metric, earlier: Counter[str]) -> Iterator[str]:
    name = metric.name
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        yield f"name '{name}' is not lower-case snake case; use letters, digits and underscores"
    if len(name) > MOST_CHARACTERS:
        yield f"name has {len(name)} characters; {MOST_CHARACTERS} are allowed"
    if name.lower() in STANDARD_NAMES:
        yield f"name '{name}' is reserved: every output table has a column of that name"
    if name.lower() in QUALITY_NAMES:
        yield f"name '{name}' is reserved for the model-quality columns of inference profiles"
    rivals = [other for other in earlier if other.lower() == name.lower()]
    if rivals:
        yield f"name '{name}' is taken by another metric of the domain ('{rivals[0]}')"


def _order_reasons(metric: Metric, latest: Kind) -> Iterator[str]:
    if _KINDS.index(metric.kind) < _KINDS.index(latest):
        yield f"{metric.kind} metric listed after a {latest} metric; list AGGREGATE, then DERIVED, then DRIFT"


def _output_reasons(metric: Metric) -> Iterator[str]:
    if metric.output_type not in tuple(OutputType):
        yield f"output type '{metric.output_type}' is not allowed; use DOUBLE or LONG"
    elif metric.kind is not Kind.AGGREGATE and metric.output_type != OutputType.DOUBLE:
        yield f"output type '{metric.output_type}' of a {metric.kind} metric; it is always DOUBLE"
    if (length := len(metric_text(metric))) > LONGEST:
        yield f"its comment would have {length} characters; {LONGEST} are allowed, so shorten the meaning"
