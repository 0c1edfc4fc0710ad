"""How a page is wrapped: the envelope, the total, and the signs that there is more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.sample_api.messages import Reply, Visit, dump
from sandbox.sample_api.paging import Window, make_cursor, next_query, next_url
from sandbox.sample_api.routes import Route


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; ``following`` is where the next one starts, None after the last."""

    rows: Sequence[bytes]
    window: Window
    total: int
    following: int | None
    first_page: int


def wrap(visit: Visit, route: Route, page: Page) -> Reply:
    """The answer for one page of a list."""
    switches = visit.switches
    position = _position(route, page)
    extra: dict[str, Any] = {}
    headers: list[tuple[str, str]] = []
    if route.pagination == "page" and page.window.size:
        extra["page"] = page.window.start // page.window.size + page.first_page
        extra["size"] = page.window.size
    told = switches.total or ("body" if route.pagination == "offset" else "none")
    if told == "header":
        headers.append(("X-Total-Count", str(page.total)))
    elif told != "none":
        lies = {"lie_high": page.total * 2 + 1, "lie_low": page.total // 2}
        extra["total"] = lies.get(told, page.total)
    if route.pagination == "cursor":
        extra.update(_cursor(visit, position))
    extra.update(_more(visit, route.pagination, position))
    if switches.shape in ("list", "bare"):
        # A bare list has no room for these, and a walk by cursor needs them.
        headers += [(f"X-{name.replace('_', '-').title()}", _text(extra[name])) for name in extra]
    return Reply(200, _body(switches.shape, page.rows, extra), headers=headers)


def _position(route: Route, page: Page) -> str | None:
    if page.following is None or page.window.size is None:
        return None
    if route.pagination == "cursor":
        return make_cursor(route.collection, page.following)
    if route.pagination == "page":
        return str(page.following // page.window.size + page.first_page)
    return str(page.following)


def _cursor(visit: Visit, position: str | None) -> dict[str, Any]:
    style = visit.switches.cursor_style
    if position is None and style in ("missing_key", "after"):
        return {}
    value = position
    if position is not None and style == "url":
        value = next_url(visit, "cursor", position)
    elif position is not None and style == "path":
        value = f"{visit.seen.path}?{next_query(visit, 'cursor', position)}"
    elif position is not None and style == "query":
        value = f"?{next_query(visit, 'cursor', position)}"
    if style == "nested":
        return {"meta": {"next_cursor": value}}
    if style == "after":
        return {"paging": {"next": {"after": value}}}
    return {"next_cursor": value}


def _more(visit: Visit, pagination: str, position: str | None) -> dict[str, Any]:
    sign = visit.switches.has_more or ("flag" if pagination == "cursor" else "none")
    if sign == "none":
        return {}
    if sign == "next":
        return {"next": None if position is None else next_url(visit, pagination, position)}
    return {"has_more": {"lie_true": True, "lie_false": False}.get(sign, position is not None)}


def _body(shape: str, rows: Sequence[bytes], extra: dict[str, Any]) -> bytes:
    items = b"[" + b",".join(rows) + b"]"
    if shape in ("list", "bare"):
        return items
    body = b'{"data":{"results":' + items + b"}" if shape == "data" else b'{"items":' + items
    return body + b"," + dump(extra)[1:] if extra else body + b"}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else dump(value).decode()
