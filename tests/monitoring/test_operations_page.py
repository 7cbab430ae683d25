"""The runbook names only commands and options that exist."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from monitoring.cli import app
from monitoring.operations.incidents import MINIMUM_ROWS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CODE = re.findall(r"`([^`\n]+)`", PAGE)
OWN = [text for text in CODE if text.startswith("python -m ")]
PULUMI = {"up": {"--stack", "--refresh"}, "cancel": {"--stack"}, "destroy": {"--stack"}}
"""The commands of Pulumi that the page may name, with their options."""
COMMANDS = typer.main.get_command(app)


def test_the_page_names_commands() -> None:
    assert len(OWN) > 25


@pytest.mark.parametrize("text", sorted(set(OWN)))
def test_a_command_exists_and_takes_what_the_page_gives_it(text: str) -> None:
    words = shlex.split(text)
    assert words[:3] == ["python", "-m", "monitoring"]
    assert isinstance(COMMANDS, typer.core.TyperGroup)
    command = COMMANDS.commands[words[3]]
    # Parsing checks names, types and choices; it runs nothing.
    command.make_context(words[3], words[4:])


@pytest.mark.parametrize("text", sorted({text for text in CODE if text.startswith("pulumi ")}))
def test_a_command_of_pulumi_is_one_that_the_page_may_name(text: str) -> None:
    _, name, *rest = shlex.split(text)
    assert {word for word in rest if word.startswith("--")} <= PULUMI[name]


def test_every_command_of_the_command_line_is_on_the_page() -> None:
    assert isinstance(COMMANDS, typer.core.TyperGroup)
    assert sorted(COMMANDS.commands) == sorted({shlex.split(text)[3] for text in OWN})


def options() -> Iterator[str]:
    yield from (word for text in CODE for word in re.findall(r"(?<!\S)--[a-z-]+", text))


def test_an_option_that_is_mentioned_alone_belongs_to_some_command() -> None:
    assert isinstance(COMMANDS, typer.core.TyperGroup)
    known = {name for one in COMMANDS.commands.values() for option in one.params for name in option.opts}
    assert set(options()) - known == {"--refresh"}


def test_the_minimum_of_rows_on_the_page_is_the_default() -> None:
    assert isinstance(COMMANDS, typer.core.TyperGroup)
    (option,) = [one for one in COMMANDS.commands["incidents"].params if one.name == "min_rows"]
    assert option.default == MINIMUM_ROWS
    assert f"the minimum of {MINIMUM_ROWS} rows" in PAGE
