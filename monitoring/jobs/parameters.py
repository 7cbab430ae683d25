"""Parameters of the jobs: which each has, what a stack sets them to, and how its code reads them."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from monitoring.domains import DOMAINS
from monitoring.jobs.status import CannotBeginError
from monitoring.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitoring.domain import Domain

STACK_KEYS = (
    "catalog",
    "gold_schema",
    "output_schema",
    "assets_dir",
    "warehouse_id",
    "domains",
    "failure_emails",
    "api",
)
"""Parameters that are keys of the stack's configuration, with the same meaning."""
_STRUCTURED = frozenset({"domains", "failure_emails"})
"""Keys whose text is JSON, as in a stack file."""


class ParametersError(CannotBeginError):
    """The parameters of a run have mistakes; the text lists them all."""


@dataclass(frozen=True)
class JobParameters:
    """The parameters that one job declares.

    Attributes:
        keys: those of the stack's configuration.
        own: the job's own, with their defaults.
    """

    keys: tuple[str, ...]
    own: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, in the order in which the job declares them."""
        return (*self.keys, *self.own)

    def defaults(self, settings: Settings) -> dict[str, str]:
        """What a stack sets them to, so that a run without other values does what the stack says."""
        return {key: _text(settings, key) for key in self.keys} | dict(self.own)

    def read(self, arguments: Sequence[str]) -> Arguments:
        """The values of a run, from ``--name=value`` each.

        Raises:
            ParametersError: one is not declared, or missing.
        """
        parser = _Parser(add_help=False, allow_abbrev=False)
        for name in self.names:
            parser.add_argument(f"--{name}", required=True)
        return Arguments(vars(parser.parse_args(list(arguments))))


@dataclass(frozen=True)
class Arguments:
    """The values of a run by parameter, as texts."""

    values: Mapping[str, str]

    def settings(self, host: str) -> Settings:
        """The settings that the values stand for; an empty text is a key that is not given.

        Raises:
            ParametersError: with every mistake.
        """
        given: dict[str, Any] = {
            key: _structured(key, self.values[key]) for key in STACK_KEYS if self.values.get(key)
        }
        try:
            return Settings.from_stack("job", {**given, "host": host}, {})
        except SettingsError as error:
            lines = "".join(f"\n  {problem}" for problem in error.problems)
            raise ParametersError(f"the parameters of the job are wrong:{lines}") from error

    def flag(self, name: str) -> bool:
        """A parameter that is true or false.

        Raises:
            ParametersError: it is neither.
        """
        text = self.values[name].strip().lower()
        if text not in {"true", "false"}:
            raise ParametersError(f"{name}: '{self.values[name]}' is not allowed; give true or false")
        return text == "true"

    def minutes(self, name: str) -> float:
        """A parameter that is a time in minutes, at least 0.

        Raises:
            ParametersError: it is no such number.
        """
        text = self.values[name].strip()
        if not text.isdecimal():
            raise ParametersError(
                f"{name}: '{self.values[name]}' is not allowed; give whole minutes, 0 or more"
            )
        return float(text)


SETUP = JobParameters(STACK_KEYS, {"wait_minutes": "30", "recreate": "false"})
DOCUMENT = JobParameters(
    tuple(key for key in STACK_KEYS if key not in {"assets_dir", "failure_emails"}), {"verbose": "true"}
)
REFRESH = JobParameters(("catalog", "gold_schema", "domains", "api"), {"wait_minutes": "25"})


class _Parser(argparse.ArgumentParser):
    """Raises instead of ending the process: a job's failure is an exception."""

    def error(self, message: str) -> NoReturn:
        raise ParametersError(f"the parameters of the job are wrong: {message}")


def _text(settings: Settings, key: str) -> str:
    if key == "domains":
        return _domains_text(settings.domains)
    value = getattr(settings, key)
    return json.dumps(value) if value and key in _STRUCTURED else str(value or "")


def _domains_text(chosen: Sequence[Domain]) -> str:
    """The chosen domains and their overrides as JSON; empty when all are as they are declared."""
    declared = {domain.name: domain for domain in DOMAINS}
    overrides = {domain.name: _overrides(declared[domain.name], domain) for domain in chosen}
    if overrides.keys() == declared.keys() and not any(overrides.values()):
        return ""
    return json.dumps({name: changed or None for name, changed in overrides.items()})


def _overrides(declared: Domain, chosen: Domain) -> dict[str, Any]:
    schedule = chosen.schedule
    changed = {
        "granularities": chosen.granularities,
        "schedule": schedule and {"quartz": schedule.quartz, "timezone": schedule.timezone},
        "slices": chosen.slices,
    }
    return {
        name: value for name, value in changed.items() if getattr(declared, name) != getattr(chosen, name)
    }


def _structured(key: str, text: str) -> object:
    if key not in _STRUCTURED:
        return text
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value
