"""Pages of a list: a size and `page_token` in, `next_page_token` out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_workspace.errors import InvalidParameterError

if TYPE_CHECKING:
    from local_workspace.server.routing import Request

_LARGEST_PAGE = 1000


def page(
    request: Request,
    name: str,
    items: list[Any],
    *,
    size_parameter: str = "max_results",
    default: int = 0,
    largest: int = _LARGEST_PAGE,
) -> dict[str, Any]:
    """The page that the request asks for, under `name`.

    Args:
        request: has the page's size and token in its query.
        name: of the list in the answer.
        items: the whole list.
        size_parameter: name of the query parameter that says the size; 0 leaves it to the server.
        default: size when the request does not say one; 0 is the largest.
        largest: size.

    Raises:
        InvalidParameterError: the page token was not given out here.
    """
    count = min(request.number(size_parameter, default) or largest, largest)
    token = request.query.get("page_token") or "0"
    if not token.isdecimal():
        raise InvalidParameterError(f"page_token: '{token}' was not given out by this workspace")
    start = int(token)
    answer: dict[str, Any] = {name: items[start : start + count]}
    if start + count < len(items):
        answer["next_page_token"] = str(start + count)
    return answer
