"""APIs that do what nobody expects."""

from __future__ import annotations

import json
from typing import Any

from tests.support.shape_api import NONE, Ask, Reply, Shape, by_cursor, by_offset, linked, paged


def ignores_all(ask: Ask) -> Reply:
    """Everything at once, whatever is asked."""
    return Reply(list(ask.records))


def ignores_position(ask: Ask) -> Reply:
    """The first page for any position."""
    return Reply({"items": ask.part(0, min(ask.number("limit", 50), 50)).records})


def says_nothing_behind(ask: Ask) -> Reply:
    """204 behind the end."""
    part = ask.page(size="size")
    return Reply(part.records) if part.records else Reply(None, status=204)


def says_nothing_behind_offset(ask: Ask) -> Reply:
    part = ask.offset()
    return Reply({"items": part.records}) if part.records else Reply(None, status=204)


def null_behind(ask: Ask) -> Reply:
    """No array behind the end, but null."""
    return Reply({"items": ask.page(size="size").records or None})


def starts_anew(ask: Ask) -> Reply:
    """Behind the last page comes the first."""
    size = 20
    pages = -(-len(ask.records) // size)
    number = (ask.number("page", 1) - 1) % pages
    return Reply(ask.part(number * size, size).records)


def deep_refusal(ask: Ask) -> Reply:
    """Like GitHub's search: nothing behind the first 100, refused."""
    part = ask.page()
    if part.end > 100:
        told = "Only the first 100 search results are available"
        return Reply({"message": told, "documentation_url": "https://docs.example"}, status=422)
    return Reply({"total_count": part.total, "incomplete_results": False, "items": part.records})


def blank_in_the_middle(ask: Ask) -> Reply:
    """Of the second page nothing is visible; a flag says that there is more."""
    number = ask.number("page", 1)
    start = 0 if number == 1 else (number - 2) * 50
    found = [] if number == 2 else ask.part(start, 50).records
    return Reply({"items": found, "hasMore": start + len(found) < len(ask.records)})


def loops(ask: Ask) -> Reply:
    """The link of every page leads to the second."""
    part = ask.page()
    return Reply({"items": part.records, "next": ask.link(page=2)})


def same_cursor(ask: Ask) -> Reply:
    """The same page and cursor for any cursor."""
    return Reply({"items": ask.part(0, 50).records, "next_cursor": "again"})


def flag_gone(ask: Ask) -> Reply:
    """``next`` is left out of the last page."""
    part = ask.offset()
    more = {} if part.last else {"links": {"next": ask.link(offset=part.end)}}
    return Reply({"items": part.records, **more})


def flag_in_words(ask: Ask) -> Reply:
    part = ask.offset()
    return Reply({"items": part.records, "has_more": "N" if part.last else "Y"})


def html(ask: Ask) -> Reply:
    """A login page in the middle."""
    part = ask.offset()
    if part.start:
        return Reply(b"<html><body>Sign in</body></html>", content_type="text/html")
    return Reply({"items": part.records})


def meta_error(ask: Ask) -> Reply:
    """The World Bank's way to say that a parameter is wrong: 200, and an array of one."""
    told = {"id": "120", "key": "Invalid value", "value": "The parameter value is not valid"}
    return Reply([{"message": [told]}])


def failed_page(ask: Ask) -> Reply:
    """200, a flag that it failed, and no records."""
    part = ask.offset()
    if part.start:
        return Reply({"success": False, "items": []})
    return Reply({"success": True, "items": part.records})


def wrapped(ask: Ask) -> Reply:
    """What a data_path of '.' would take for one item."""
    part = ask.offset()
    return Reply({"things": part.records, "total": part.total})


def exported(ask: Ask) -> Reply:
    """An export in the format that the query names: of no records it is an empty body."""
    kind = ask.query["as"]
    lines = [json.dumps(one) if kind == "jsonl" else f"{one['id']},{one['name']}"
             for one in ask.part(0, 200).records]  # fmt: skip
    header = ["id,name"] if kind == "csv" and lines else []
    mark = "\ufeff" if kind == "csv" else ""
    return Reply((mark + "\n".join([*header, *lines])).encode(), content_type=ask.query["type"])


def no_records_behind(ask: Ask) -> Reply:
    """JSON Lines by page, with nothing at all behind the end."""
    part = ask.page()
    text = "\n".join(json.dumps(one) for one in part.records)
    return Reply(text.encode(), content_type="application/x-ndjson")


def export(kind: str, type_: str, format_: str = "", **more: Any) -> Shape:
    """An export of records, read as ``format_`` says."""
    selector = {
        "query_params": {"as": kind, "type": type_},
        **({"format": format_} if format_ else {}),
    }
    return Shape(exported, ".", NONE, selector, **more)


IGNORES = "the API seems to ignore paginationParam"

SHAPES = {
    "ignores the page, all at once": Shape(
        ignores_all, ".", paged("size", pageSize="100"), count=45, fails=IGNORES
    ),
    "ignores the page, all at once, by none": Shape(ignores_all, ".", NONE, count=45),
    "ignores the offset": Shape(ignores_position, ".items", by_offset(), fails=IGNORES),
    "ignores the cursor's parameter": Shape(
        same_cursor, ".items", by_cursor("cursor"), fails=IGNORES
    ),
    "204 behind the end, by page": Shape(says_nothing_behind, ".", paged("size")),
    "204 behind the end, last page full": Shape(says_nothing_behind, ".", paged("size"), count=100),
    "204 behind the end, by offset": Shape(says_nothing_behind_offset, ".items", by_offset()),
    "null behind the end": Shape(null_behind, ".items", paged("size"), count=100),
    "starts anew behind the end": Shape(
        starts_anew, ".", paged("size"), count=60, fails="the same records as an earlier page"
    ),
    "search refuses what is deep": Shape(deep_refusal, ".items", paged(), fails="answered 422"),
    "blank page in the middle, by page": Shape(blank_in_the_middle, ".items", paged("size")),
    "a link that loops": Shape(loops, ".items", linked("next"), fails="read already"),
    "link gone on the last page, by offset": Shape(flag_gone, ".items", by_offset(), count=100),
    "link gone on the last page, by next_link": Shape(flag_gone, ".items", linked("links.next")),
    "flag in words": Shape(flag_in_words, ".items", by_offset(), count=100),
    "a login page in the middle": Shape(html, ".items", by_offset(), fails="perhaps a login page"),
    "World Bank: an error with 200": Shape(meta_error, ".[1]", paged(), fails="leads nowhere"),
    "World Bank: an error with 200, by none": Shape(
        meta_error, ".[1]", NONE, fails="leads nowhere"
    ),
    "success false in the middle": Shape(
        failed_page, ".items", by_offset(), fails="an error with a status of success"
    ),
    "CSV": export("csv", "text/csv"),
    "CSV of nothing": export("csv", "text/csv", count=0),
    "CSV of nothing, by format": export("csv", "application/octet-stream", "csv", count=0),
    "JSON Lines": export("jsonl", "application/x-ndjson"),
    "JSON Lines of nothing": export("jsonl", "application/x-ndjson", count=0),
    "JSON Lines of nothing, by format": export("jsonl", "text/plain", "jsonl", count=0),
    "an empty body where JSON is expected": export(
        "jsonl", "application/json", count=0, fails="the answer is empty, where JSON was expected"
    ),
    "an empty body that is read as JSON": export(
        "csv", "text/csv", "json", count=0, fails="the answer"
    ),
    "JSON Lines, nothing behind the last page": Shape(
        no_records_behind, ".", paged(), count=100
    ),
    "an envelope taken for an item": Shape(wrapped, ".", by_offset(), fails=".things"),
    "an envelope taken for an item, by none": Shape(wrapped, ".", NONE, fails=".things"),
}  # fmt: skip
