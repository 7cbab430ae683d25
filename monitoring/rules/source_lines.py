"""Where in a domain file a metric, or a field of the domain, stands."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

DOMAIN_FOLDER = Path(__file__).parents[1] / "domains"
CONSTRUCTORS = frozenset({"aggregate", "derived", "difference", "relative_change", "Metric"})


@dataclass
class SourceLines:
    """Line numbers in one domain file; 0 where the file does not tell."""

    file: str
    """Path from the folder that holds the package ``monitoring``, with slashes."""
    metrics: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    fields: dict[str, int] = field(default_factory=dict)
    domain: int = 0

    def metric(self, name: str, occurrence: int = 0) -> int:
        """The line of the metric's name; of the ``occurrence``-th one when a name is given twice."""
        lines = self.metrics.get(name, [])
        return lines[min(occurrence, len(lines) - 1)] if lines else self.domain

    def field_line(self, name: str) -> int:
        """The line of a field of the domain."""
        return self.fields.get(name, self.domain)


def read_source_lines(domain_name: str, folder: Path = DOMAIN_FOLDER) -> SourceLines:
    """The line numbers of ``{domain_name}.py``; empty when there is no such file or it does not parse."""
    path = folder / f"{domain_name}.py"
    base = DOMAIN_FOLDER.parent.parent
    lines = SourceLines(path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name)
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError):
        return lines
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id == "Domain":
            lines.domain = node.lineno
            lines.fields |= {word.arg: word.value.lineno for word in node.keywords if word.arg}
        elif node.func.id in CONSTRUCTORS:
            named = [word.value for word in node.keywords if word.arg == "name"]
            for value in (node.args[:1] or named)[:1]:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    lines.metrics[value.value].append(value.lineno)
    for found in lines.metrics.values():
        found.sort()
    return lines
