"""Pages of a list: `max_results` or `page_size`, and `page_token`, in; `next_page_token` out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_workspace.errors import InvalidParameterError

if TYPE_CHECKING:
    from local_workspace.server.routing import Request

_LARGEST_PAGE = 1000


def page(request: Request, name: str, items: list[Any]) -> dict[str, Any]:
    """The page that the request asks for, under `name`; `max_results=0` leaves the size to the server.

    Raises:
        InvalidParameterError: the page token was not given out here.
    """
    wanted = request.number("max_results") or request.number("page_size")
    size = min(wanted or _LARGEST_PAGE, _LARGEST_PAGE)
    token = request.query.get("page_token") or "0"
    if not token.isdecimal():
        raise InvalidParameterError(f"page_token: '{token}' was not given out by this workspace")
    start = int(token)
    answer: dict[str, Any] = {name: items[start : start + size]}
    if start + size < len(items):
        answer["next_page_token"] = str(start + size)
    return answer
