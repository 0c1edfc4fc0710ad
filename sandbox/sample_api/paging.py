"""From a request's paging parameters to the part of a list it gets."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.sample_api.messages import ApiError, Visit
from sandbox.sample_api.switches import Switches

DEFAULT_PAGE_SIZE = 50
SIZE_PARAMETER = {"offset": "limit", "page": "size", "cursor": "limit"}
POSITION_PARAMETER = {"offset": "offset", "page": "page", "cursor": "cursor"}
# How many different cursors go round with cursor_style=loop.
LOOP_LENGTH = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """The API's own rules for pages."""

    max_page_size: int
    first_page: int


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that is asked for; ``size`` None is all of it."""

    start: int
    size: int | None


def asked_window(
    pagination: str, collection: str, query: Mapping[str, str], switches: Switches, limits: Limits
) -> Window:
    """The window a query asks for. Raises the 400 answer for parameters that make no sense."""
    if pagination == "none":
        return Window(0, None)
    size = DEFAULT_PAGE_SIZE
    if "size" not in switches.ignore:
        size = _integer(query, SIZE_PARAMETER[pagination], DEFAULT_PAGE_SIZE, least=1)
    size = min(size, switches.cap or limits.max_page_size)
    if "position" in switches.ignore:
        return Window(0, size)
    if pagination == "offset":
        return Window(_integer(query, "offset", 0, least=0), size)
    if pagination == "page":
        first = limits.first_page
        return Window((_integer(query, "page", first, least=first) - first) * size, size)
    return Window(read_cursor(query.get("cursor", ""), collection), size)


def served_start(window: Window, total: int, switches: Switches) -> int:
    """Where the items really start: cursors that never end may bring records again."""
    style = switches.cursor_style
    again = style == "loop" or (style == "endless" and switches.endless == "repeat")
    if not again or window.start < total or not window.size or not total:
        return window.start
    pages = -(-total // window.size)
    return window.start // window.size % pages * window.size


def next_start(pagination: str, window: Window, total: int, switches: Switches) -> int | None:
    """Where the next page starts; None after the last one."""
    if window.size is None:
        return None
    after = window.start + window.size
    style = switches.cursor_style if pagination == "cursor" else ""
    if style == "repeat":
        return window.size
    if style == "loop":
        return window.size * (window.start // window.size % LOOP_LENGTH + 1)
    if style == "endless":
        return after
    return after if after < total else None


def make_cursor(collection: str, start: int) -> str:
    """An opaque cursor to a place in a collection."""
    return base64.urlsafe_b64encode(f"{collection}@{start}".encode()).decode().rstrip("=")


def read_cursor(cursor: str, collection: str) -> int:
    """The place a cursor points to; an absent or empty one is the start."""
    if not cursor:
        return 0
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    where, _, place = text.rpartition("@")
    if where != collection or not place.isdigit():
        raise ApiError(400, "invalid_cursor", "cursor is not one of this list's cursors")
    return int(place)


def next_query(visit: Visit, pagination: str, position: str) -> str:
    """The query of the next page: this request's own, moved on."""
    name = POSITION_PARAMETER[pagination]
    kept = [pair for pair in visit.seen.query if pair[0] != name]
    return urlencode([*kept, (name, position)])


def next_url(visit: Visit, pagination: str, position: str) -> str:
    """The absolute address of the next page, on the host the switches tell."""
    host = visit.switches.cursor_host.rstrip("/")
    base = host or f"{visit.scheme}://{visit.seen.headers.get('host', 'localhost')}"
    return f"{base}{visit.seen.path}?{next_query(visit, pagination, position)}"


def _integer(query: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    # A longer number is no honest position, and Python refuses to read the longest.
    if not (text.isascii() and text.isdigit() and len(text) <= 15) or int(text) < least:
        message = f"{name} must be an integer of at least {least}"
        raise ApiError(400, "bad_request", message)
    return int(text)
