"""A program named pulumi that answers from files, and a GitHub that lives in memory."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pipelines import kept
from pipelines.github import Repository

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """#!/bin/sh
echo "$@" >> "{folder}/calls"
if [ "$1" = up ]; then echo "deployed"; n=$(ls "{folder}" | grep -c up-); touch "{folder}/up-$n"; exit $(cat "{folder}/code"); fi
if [ "$1" = stack ]; then cat "{folder}/outputs-$(ls "{folder}" | grep -c up-)"; exit 0; fi
cat "{folder}/answer"; cat "{folder}/complaint" >&2; exit $(cat "{folder}/code")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Previews are kept in a folder of the test."""
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "kept")


@dataclass
class FakePulumi:
    """What the program answers, and what it was asked."""

    folder: Path

    def answers(self, answer: object, complaint: str = "", code: int = 0) -> None:
        """What it prints from now on; JSON unless it is text."""
        text = answer if isinstance(answer, str) else json.dumps(answer)
        for name, content in (("answer", text), ("complaint", complaint), ("code", str(code))):
            (self.folder / name).write_text(content, encoding="utf-8")

    def comments_after(self, ups: int, **states: str) -> None:
        """The state of each domain's comments after so many deployments."""
        monitors = {
            name: {"comments": {"profile": state, "drift": "ready"}} for name, state in states.items()
        }
        (self.folder / f"outputs-{ups}").write_text(json.dumps({"monitors": monitors}), encoding="utf-8")

    @property
    def calls(self) -> list[str]:
        """What it was asked."""
        return (self.folder / "calls").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    folder = tmp_path / "pulumi-program"
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "pulumi"
    program.write_text(PROGRAM.format(folder=folder), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
    made = FakePulumi(folder)
    made.answers({"steps": []})
    return made


@dataclass
class FakeGitHub:
    """Comments by number of the issue or pull request, and issues; refuses what it does not know."""

    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    refusal: int = 0
    user: str = "Bot"

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(f"{request.method} {request.url.path}")
        if self.refusal:
            return httpx.Response(self.refusal, json={"message": "Resource not accessible by integration"})
        path = request.url.path.removeprefix("/repos/owner/name/")
        body = json.loads(request.content) if request.content else {}
        if found := re.fullmatch(r"issues/(\d+)/comments", path):
            own = self.comments.setdefault(int(found[1]), [])
            return self._list(own, request) if request.method == "GET" else self._new(own, body)
        if found := re.fullmatch(r"issues/comments/(\d+)", path):
            (one,) = [each for own in self.comments.values() for each in own if each["id"] == int(found[1])]
            return _changed(one, body)
        if path == "issues":
            shown = [
                issue for issue in self.issues if issue["state"] == "open" and "drift" in issue["labels"]
            ]
            return self._list(shown, request) if request.method == "GET" else self._new(self.issues, body)
        found = re.fullmatch(r"issues/(\d+)", path)
        assert found, path
        (one,) = [issue for issue in self.issues if issue["number"] == int(found[1])]
        return _changed(one, body)

    def _new(self, things: list[dict[str, Any]], body: dict[str, Any]) -> httpx.Response:
        number = len(self.issues) + sum(map(len, self.comments.values())) + 1
        things.append(
            {
                "id": number,
                "number": number,
                "state": "open",
                "labels": [],
                "user": {"type": self.user},
                "html_url": f"https://github.example/{number}",
                **body,
            }
        )
        return httpx.Response(201, json=things[-1])

    def _list(self, things: list[dict[str, Any]], request: httpx.Request) -> httpx.Response:
        size, page = int(request.url.params["per_page"]), int(request.url.params["page"])
        return httpx.Response(200, json=things[(page - 1) * size : page * size])


def _changed(thing: dict[str, Any], body: dict[str, Any]) -> httpx.Response:
    thing.update(body)
    return httpx.Response(200, json=thing)


@pytest.fixture
def github() -> FakeGitHub:
    return FakeGitHub()


@pytest.fixture
def repository(github: FakeGitHub) -> Repository:
    client = httpx.Client(base_url="https://api.example", transport=httpx.MockTransport(github.answer))
    return Repository(client, "owner/name")
