"""Pages of a list: a size and `page_token` in, `next_page_token` out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_workspace.errors import InvalidParameterError

if TYPE_CHECKING:
    from local_workspace.server.routing import Request

_LARGEST_PAGE = 1000


def page(
    request: Request, name: str, items: list[Any], *, size_parameter: str = "max_results"
) -> dict[str, Any]:
    """The page that the request asks for, under `name`; the size 0 leaves it to the server.

    Raises:
        InvalidParameterError: the page token was not given out here.
    """
    size = min(request.number(size_parameter) or _LARGEST_PAGE, _LARGEST_PAGE)
    token = request.query.get("page_token") or "0"
    if not token.isdecimal():
        raise InvalidParameterError(f"page_token: '{token}' was not given out by this workspace")
    start = int(token)
    answer: dict[str, Any] = {name: items[start : start + size]}
    if start + size < len(items):
        answer["next_page_token"] = str(start + size)
    return answer
