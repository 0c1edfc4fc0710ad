"""Cursors that look like something else: paths, and 0."""

from __future__ import annotations

import base64
from typing import Any

from tests.support.shape_api import Ask, Reply, Shape, by_cursor


def slashes(ask: Ask) -> Reply:
    """Cursors in base64 that begin with a slash, and one that begins almost as the path does."""
    cursors = {"/w8A+w==": 50, "/listings": 100}
    part = ask.part(cursors.get(ask.query.get("cursor", ""), 0), min(ask.number("limit", 50), 50))
    following = next((text for text, start in cursors.items() if start == part.end), None)
    return Reply({"items": part.records, "next_cursor": following})


def slash_in_a_header(ask: Ask) -> Reply:
    start = ask.query.get("continuationToken", "")
    part = ask.part(int(base64.b64decode(start[1:])) if start else 0, 50)
    token = "/" + base64.b64encode(b"%d" % part.end).decode()
    return Reply(part.records, {} if part.last else {"x-ms-continuationtoken": token})


def paths(ask: Ask) -> Reply:
    """Cursors that are the path of the next request."""
    part = ask.offset("start")
    following = None if part.last else f"{ask.path}?limit={part.size}&start={part.end}"
    return Reply({"items": part.records, "next_cursor": following})


def zero_first(ask: Ask) -> Reply:
    """Pages behind the first are numbered from 0, and the first says so; the last says null."""
    size = min(ask.number("limit", 50), 50)
    number = int(ask.query["cursor"]) + 1 if "cursor" in ask.query else 0
    part = ask.part(number * size, size)
    return Reply({"items": part.records, "next_cursor": None if part.last else number})


def zero_last(ask: Ask) -> Reply:
    """Cursors count records, and 0 says that nothing is left; sent, it is the beginning."""
    size = min(ask.number("limit", 50), 50)
    part = ask.part(ask.number("cursor", 0), size)
    return Reply({"items": part.records, "next_cursor": 0 if part.last else part.end})


def zero_always(ask: Ask) -> Reply:
    """A parameter of another name, so that the first page comes again and again."""
    body: dict[str, Any] = {"items": ask.records[: min(ask.number("limit", 50), 50)]}
    return Reply({**body, "next_cursor": 0})


NAMED, RECOGNISED = by_cursor("cursor", "next_cursor"), by_cursor("cursor")
AZURE = by_cursor("continuationToken", "", "$top")

SHAPES = {
    "cursors that begin with a slash": Shape(slashes, ".items", NAMED),
    "cursors that begin with a slash, recognised": Shape(slashes, ".items", RECOGNISED),
    "a cursor in a header that begins with a slash": Shape(slash_in_a_header, ".", AZURE),
    "cursors that are paths": Shape(paths, ".items", NAMED),
    "the first cursor is 0": Shape(zero_first, ".items", NAMED),
    "the first cursor is 0, recognised": Shape(zero_first, ".items", RECOGNISED),
    "the first cursor is 0 behind a short page": Shape(
        zero_first, ".items", {**NAMED, "pageSize": "70"}
    ),
    "the last cursor is 0": Shape(zero_last, ".items", NAMED),
    "the only cursor is 0, and leads back": Shape(zero_last, ".items", NAMED, count=37),
    "the only cursor is 0, recognised": Shape(zero_last, ".items", RECOGNISED, count=37),
    "the only cursor is 0, of nothing": Shape(zero_last, ".items", NAMED, count=0),
    "a cursor of 0 that nothing takes": Shape(
        zero_always, ".items", NAMED, fails="the API seems to ignore paginationParam"
    ),
}
