"""What ``pulumi preview --json`` says of a stack, as far as a reviewer wants to know it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitoring.commands.pulumi_program import PulumiError, finished
from pipelines.metric_changes import MetricChange, metric_changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NO_CHANGE = frozenset({"same", "refresh", "read", "read-replacement", "discard"})
"""Operations that the engine does not count as changes either."""
REPLACING = frozenset({"replace", "create-replacement", "delete-replaced"})
"""The steps of which a replacement consists."""


@dataclass(frozen=True)
class Change:
    """What would happen to one resource."""

    resource: str
    type: str
    operation: str
    properties: tuple[str, ...]
    """Inputs that differ, without their values: a comment is read by more people than the state is."""


@dataclass(frozen=True)
class Preview:
    """What a deployment of one stack would do, or why that is not known."""

    stack: str
    changes: tuple[Change, ...] = ()
    metrics: tuple[MetricChange, ...] = ()
    unchanged: int = 0
    failure: str = ""

    @property
    def operations(self) -> dict[str, int]:
        """Number of resources by operation."""
        return dict(Counter(change.operation for change in self.changes))


def preview(stack: str, *, refresh: bool = False) -> Preview:
    """Ask Pulumi what a deployment of ``stack`` would do; a preview that fails is an answer, too.

    Args:
        stack: name of the stack.
        refresh: compare with what is on the workspace now instead of with the state.
    """
    options = ["--refresh"] if refresh else []
    try:
        answer = finished(["pulumi", "preview", "--json", *options, "--stack", stack])
    except PulumiError as error:
        return Preview(stack, failure=str(error))
    try:
        digest = json.loads(answer.stdout)
    except ValueError:
        return Preview(stack, failure=(answer.stderr + answer.stdout).strip() or "Pulumi said nothing")
    if answer.returncode:
        return Preview(stack, failure=_errors(digest) or answer.stderr.strip())
    return from_digest(stack, digest)


def from_digest(stack: str, digest: Mapping[str, Any]) -> Preview:
    """What the JSON of a preview says, the steps of a replacement as one change.

    What stays as it is has no steps unless the preview refreshed; it is only counted.
    """
    steps: Sequence[Mapping[str, Any]] = digest.get("steps") or []
    by_resource: dict[str, list[Mapping[str, Any]]] = {}
    for step in steps:
        by_resource.setdefault(step["urn"], []).append(step)
    changes = [_change(urn, own) for urn, own in by_resource.items() if not _unchanged(own)]
    metrics = {change for step in steps if step["op"] not in NO_CHANGE for change in metric_changes(step)}
    return Preview(
        stack,
        tuple(changes),
        tuple(sorted(metrics, key=lambda change: (change.domain, change.name))),
        (digest.get("changeSummary") or {}).get("same", 0),
    )


def _unchanged(steps: Iterable[Mapping[str, Any]]) -> bool:
    return all(step["op"] in NO_CHANGE for step in steps)


def _change(urn: str, steps: Sequence[Mapping[str, Any]]) -> Change:
    *_, type_, name = urn.split("::")
    changing = [step for step in steps if step["op"] not in NO_CHANGE]
    operations = [step["op"] for step in changing]
    return Change(
        name,
        type_.rpartition("$")[2].rpartition(":")[2],
        "replace" if REPLACING & set(operations) else operations[0],
        tuple(sorted({name for step in changing for name in _properties(step)})),
    )


def _properties(step: Mapping[str, Any]) -> set[str]:
    """The inputs that make a step necessary.

    The provider's own list also names what it only computes, and a dynamic provider has none; so it is held
    against the inputs that differ, or, where somebody changed the thing by hand, against what was found there.
    """
    reasons = {path.partition(".")[0].partition("[")[0] for path in step.get("diffReasons") or ()}
    old, new = step.get("oldState") or {}, step.get("newState") or {}
    wanted = new.get("inputs") or {}
    differing = _differing(old.get("inputs") or {}, wanted) if old else set()
    if old and not differing:
        found = old.get("outputs") or {}
        differing = _differing({name: found[name] for name in wanted if name in found}, wanted)
    return (reasons & differing) or differing or reasons


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    names = before.keys() | after.keys()
    return {name for name in names if not name.startswith("__") and before.get(name) != after.get(name)}


def _errors(digest: Mapping[str, Any]) -> str:
    messages = [
        str(diagnostic.get("message", "")).strip()
        for diagnostic in digest.get("diagnostics") or ()
        if diagnostic.get("severity") == "error"
    ]
    return "\n".join(messages)
