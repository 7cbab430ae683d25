"""The one comment on a pull request and the one issue about drift, over GitHub's REST API."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

API = "https://api.github.com"
PER_PAGE = 100
LABEL = "drift"
"""Label of the issue; GitHub makes it with the first issue."""
COMMENT_MARK = "<!-- lakehouse-monitors: preview -->"
ISSUE_MARK = "<!-- lakehouse-monitors: drift -->"
"""First lines of the texts, invisible to readers: they tell our comment and our issue from others."""


class GitHubError(Exception):
    """GitHub did not do what it was asked; the text says what and why."""


@dataclass(frozen=True)
class Repository:
    """A repository on GitHub."""

    client: httpx.Client
    name: str
    """``owner/name``."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Repository:
        """The repository of the workflow that runs.

        Raises:
            GitHubError: a variable of the workflow is missing.
        """
        missing = [name for name in ("GITHUB_REPOSITORY", "GITHUB_TOKEN") if not environment.get(name)]
        if missing:
            raise GitHubError(
                f"{' and '.join(missing)}: not set; a workflow sets both, the token through env"
            )
        client = httpx.Client(
            base_url=environment.get("GITHUB_API_URL") or API,
            headers={
                "Authorization": f"Bearer {environment['GITHUB_TOKEN']}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            timeout=30,
            transport=httpx.HTTPTransport(retries=3),
        )
        return cls(client, environment["GITHUB_REPOSITORY"])

    def put_comment(self, pull_request: int, text: str) -> str:
        """Comment on a pull request, or renew the comment that is there; gives its address."""
        body = {"body": f"{COMMENT_MARK}\n{text}"}
        for comment in self._pages(f"issues/{pull_request}/comments"):
            if _is_ours(comment, COMMENT_MARK):
                return str(self._ask("PATCH", f"issues/comments/{comment['id']}", body)["html_url"])
        return str(self._ask("POST", f"issues/{pull_request}/comments", body)["html_url"])

    def put_issue(self, title: str, text: str) -> str:
        """Open the issue about drift, or renew the one that is open; gives its address."""
        body = {"title": title, "body": f"{ISSUE_MARK}\n{text}"}
        number = self._open_issue()
        if number is None:
            return str(self._ask("POST", "issues", {**body, "labels": [LABEL]})["html_url"])
        return str(self._ask("PATCH", f"issues/{number}", body)["html_url"])

    def close_issue(self, text: str) -> str | None:
        """Close the issue about drift with a last comment; gives its address, None when none is open."""
        number = self._open_issue()
        if number is None:
            return None
        self._ask("POST", f"issues/{number}/comments", {"body": text})
        closed = self._ask("PATCH", f"issues/{number}", {"state": "closed", "state_reason": "completed"})
        return str(closed["html_url"])

    def _open_issue(self) -> int | None:
        found = self._pages("issues", state="open", labels=LABEL, sort="created", direction="asc")
        return next((int(issue["number"]) for issue in found if _is_ours(issue, ISSUE_MARK)), None)

    def _pages(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Everything in a list, page by page."""
        page = 1
        while True:
            parameters = {**query, "per_page": str(PER_PAGE), "page": str(page)}
            found = self._sent(
                lambda parameters=parameters: self.client.get(self._path(path), params=parameters)  # type: ignore[misc]
            )
            yield from found
            if len(found) < PER_PAGE:
                return
            page += 1

    def _ask(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._sent(lambda: self.client.request(method, self._path(path), json=body))
        return answer

    def _path(self, path: str) -> str:
        return f"/repos/{self.name}/{path}"

    @staticmethod
    def _sent(send: Callable[[], httpx.Response]) -> Any:  # noqa: ANN401 - JSON holds any value
        try:
            response = send()
        except httpx.HTTPError as error:
            raise GitHubError(f"GitHub does not answer: {error}") from error
        if response.is_error:
            request = response.request
            raise GitHubError(
                f"{request.method} {request.url.path}: {response.status_code} {response.text[:500]}\n"
                "does the job have the permission (pull-requests: write, issues: write)?"
            )
        return response.json()


def _is_ours(thing: Mapping[str, Any], mark: str) -> bool:
    """Whether a workflow wrote it: anybody can write a comment that begins as ours does."""
    return thing["user"]["type"] == "Bot" and str(thing.get("body") or "").startswith(mark)
