"""``python -m pipelines``: what the workflows run; each command also runs by hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from monitoring.commands.pulumi_program import PulumiError
from pipelines.deployment import deploy as deploy_stack
from pipelines.github import GitHubError, Repository
from pipelines.kept import keep, keep_values, kept, kept_values
from pipelines.pages import drift_page, preview_page, section, values_section
from pipelines.preview import Preview
from pipelines.preview import preview as preview_of
from pipelines.two_versions import compare_with

app = typer.Typer(
    help="What the workflows run that is more than a line.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

StackOption = Annotated[str, typer.Option(help="Stack whose file Pulumi.<stack>.yaml says what and where.")]
StacksOption = Annotated[
    str, typer.Option(help="Stacks, with spaces between; each must have been looked at.")
]

PREVIEW = "preview"
DRIFT = "drift"
FOUND = 1


@app.command()
def review(stack: StackOption = "local") -> None:
    """Preview a stack as text, and keep it for ``comment``; exit code 1 when the preview fails."""
    found = preview_of(stack)
    _show(found, PREVIEW)
    if found.failure:
        raise typer.Exit(FOUND)


@app.command()
def drift(stack: StackOption = "local") -> None:
    """Compare a stack with its workspace, and keep it for ``issue``; exit code 1 when it is not as deployed."""
    found = preview_of(stack, refresh=True)
    _show(found, DRIFT)
    if found.failure or found.changes:
        raise typer.Exit(FOUND)


@app.command()
def deploy(stack: StackOption = "local") -> None:
    """Deploy a stack, wait for new tables, and write their comments; exit code 1 when something is left."""
    try:
        deploy_stack(stack)
    except PulumiError as error:
        raise _failure(error) from None


@app.command()
def values(base: Annotated[str, typer.Option(help="Commit, tag or branch to compare with.")]) -> None:
    """Deploy another version and this one to a local workspace, and compare the values; kept for ``comment``."""
    found = compare_with(base)
    keep_values(found)
    _print(values_section(found))
    if found.failure:
        raise typer.Exit(FOUND)


@app.command()
def comment(
    stacks: StacksOption,
    pull_request: Annotated[int, typer.Option(min=1, help="Number of the pull request.")],
) -> None:
    """Put the kept previews on a pull request, in one comment that is renewed."""
    text = preview_page(kept(stacks.split(), PREVIEW), kept_values()) + _origin()
    try:
        typer.echo(f"commented: {Repository.from_environment().put_comment(pull_request, text)}")
    except GitHubError as error:
        raise _failure(error) from None


@app.command()
def issue(stacks: StacksOption) -> None:
    """Open, renew or close the issue about drift by what was kept; exit code 1 when a stack was not looked at."""
    looks = kept(stacks.split(), DRIFT)
    unknown = [look.stack for look in looks if look.failure]
    try:
        typer.echo(_put_issue(Repository.from_environment(), looks))
    except GitHubError as error:
        raise _failure(error) from None
    if unknown:
        typer.echo(f"not looked at: {', '.join(unknown)}", err=True)
        raise typer.Exit(FOUND)


def _put_issue(repository: Repository, looks: list[Preview]) -> str:
    drifted = [look.stack for look in looks if look.changes]
    if drifted:
        title = f"Drift in {', '.join(drifted)}"
        return f"{title}: {repository.put_issue(title, drift_page(looks) + _origin())}"
    if any(look.failure for look in looks):
        # Nobody knows whether the drift of a stack that was not looked at is gone.
        return "no drift was seen; an open issue stays as it is"
    closed = repository.close_issue(f"No drift any more.{_origin()}")
    return f"no drift: closed {closed}" if closed else "no drift, and no open issue"


def _show(found: Preview, kind: str) -> None:
    keep(found, kind)
    _print(section(found))


def _print(text: str) -> None:
    """Show a text, in a workflow also on the page of its run."""
    typer.echo(text)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")


def _origin() -> str:
    """Which run and commit the text is from; nothing outside of a workflow."""
    run = os.environ.get("GITHUB_RUN_ID")
    if not run:
        return ""
    repository = (
        f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{os.environ['GITHUB_REPOSITORY']}"
    )
    commit = os.environ.get("HEAD_SHA") or os.environ.get("GITHUB_SHA", "")
    return f"\n\nOf commit {commit[:10]}, [run {run}]({repository}/actions/runs/{run}).\n"


def _failure(error: Exception) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(FOUND)
