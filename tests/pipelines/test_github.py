"""One comment and one issue, whatever others wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from pipelines.github import COMMENT_MARK, ISSUE_MARK, PER_PAGE, GitHubError, Repository

if TYPE_CHECKING:
    from tests.pipelines.conftest import FakeGitHub


def bodies(github: FakeGitHub, number: int) -> list[str]:
    return [comment["body"] for comment in github.comments[number]]


def test_a_second_comment_renews_the_first(repository: Repository, github: FakeGitHub) -> None:
    first = repository.put_comment(7, "old")
    assert repository.put_comment(7, "new") == first
    assert bodies(github, 7) == [f"{COMMENT_MARK}\nnew"]


def test_comments_of_others_stay_also_when_they_look_like_ours(
    repository: Repository, github: FakeGitHub
) -> None:
    github.comments[7] = [
        {"id": 1, "body": f"{COMMENT_MARK}\nnot ours", "user": {"type": "User"}},
        {"id": 2, "body": "of another workflow", "user": {"type": "Bot"}},
        {"id": 3, "body": None, "user": {"type": "Bot"}},
    ]
    repository.put_comment(7, "ours")
    assert bodies(github, 7) == [
        f"{COMMENT_MARK}\nnot ours",
        "of another workflow",
        None,
        f"{COMMENT_MARK}\nours",
    ]


def test_a_comment_after_many_others_is_found(repository: Repository, github: FakeGitHub) -> None:
    others = [{"id": n, "body": "x", "user": {"type": "User"}} for n in range(1000, 1000 + PER_PAGE)]
    github.comments[7] = list(others)
    repository.put_comment(7, "old")
    repository.put_comment(7, "new")
    assert len(bodies(github, 7)) == PER_PAGE + 1
    assert bodies(github, 7)[-1] == f"{COMMENT_MARK}\nnew"


def test_drift_of_the_next_night_renews_the_issue(repository: Repository, github: FakeGitHub) -> None:
    first = repository.put_issue("Drift in dev", "old")
    assert repository.put_issue("Drift in dev, prod", "new") == first
    (issue,) = github.issues
    assert (issue["title"], issue["body"]) == ("Drift in dev, prod", f"{ISSUE_MARK}\nnew")
    assert issue["labels"] == ["drift"]


def test_the_issue_is_closed_with_a_last_word(repository: Repository, github: FakeGitHub) -> None:
    address = repository.put_issue("Drift in dev", "text")
    assert repository.close_issue("No drift any more.") == address
    (issue,) = github.issues
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert bodies(github, issue["number"]) == ["No drift any more."]


def test_drift_after_a_closed_issue_opens_another(repository: Repository, github: FakeGitHub) -> None:
    repository.put_issue("Drift in dev", "text")
    repository.close_issue("gone")
    repository.put_issue("Drift in dev", "again")
    assert [issue["state"] for issue in github.issues] == ["closed", "open"]


def test_nothing_to_close_is_fine(repository: Repository, github: FakeGitHub) -> None:
    assert repository.close_issue("gone") is None
    assert github.requests == ["GET /repos/owner/name/issues"]


def test_an_issue_of_another_with_our_label_stays_open(repository: Repository, github: FakeGitHub) -> None:
    github.user = "User"
    repository.put_issue("Drift in dev", "by hand")
    assert repository.close_issue("gone") is None


def test_a_refusal_names_the_request_and_the_permission(repository: Repository, github: FakeGitHub) -> None:
    github.refusal = 403
    with pytest.raises(GitHubError, match=r"GET /repos/owner/name/issues/7/comments: 403 .*not accessible"):
        repository.put_comment(7, "text")


def test_an_address_that_does_not_answer_is_an_error_of_ours() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    client = httpx.Client(base_url="https://api.example", transport=httpx.MockTransport(refuse))
    with pytest.raises(GitHubError, match="GitHub does not answer: refused"):
        Repository(client, "owner/name").put_comment(7, "text")


def test_outside_of_a_workflow_the_missing_variables_are_named() -> None:
    with pytest.raises(GitHubError, match="GITHUB_REPOSITORY and GITHUB_TOKEN: not set"):
        Repository.from_environment({})


def test_the_token_goes_with_every_request_to_the_address_of_the_workflow() -> None:
    made = Repository.from_environment(
        {
            "GITHUB_REPOSITORY": "owner/name",
            "GITHUB_TOKEN": "t",
            "GITHUB_API_URL": "https://git.example/api/v3",
        }
    )
    request = made.client.build_request("GET", "/repos/owner/name/issues")
    assert str(request.url) == "https://git.example/api/v3/repos/owner/name/issues"
    assert request.headers["Authorization"] == "Bearer t"
