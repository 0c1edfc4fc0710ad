"""Every sign that is recognised, once, with what it says."""

from __future__ import annotations

from typing import Any

import pytest

from pagination.sign import Says, SignKind
from tests.support.strategy_pages import LINK, NEXT, Response, at, full, said, settings, signs

MORE, END = Says.MORE, Says.END
FLAG, LINKS, CURSOR = SignKind.FLAG, SignKind.LINK, SignKind.CURSOR
NEXT_PAGE, PAGES, TOTAL = SignKind.NEXT_PAGE, SignKind.PAGES, SignKind.TOTAL


@pytest.mark.parametrize(
    "name", ["has_more", "hasMore", "has_next", "hasNextPage", "more", "moreResultsAvailable"]
)
def test_flags(name: str) -> None:
    value: Any
    for value in (True, 1, "yes", "Y", "true"):
        assert said(full(**{name: value})) == {name: (FLAG, MORE)}, value
    for value in (False, 0, "no", "N", "false"):
        assert said(full(**{name: value})) == {name: (FLAG, END)}, value
    for value in (None, "", "of the same", 7, {}, [], {"a": True}):
        assert said(full(**{name: value})) == {}, value


@pytest.mark.parametrize("name", ["last", "is_last", "isLast", "isLastPage", "last_page"])
def test_flags_that_are_turned_round(name: str) -> None:
    value: Any
    assert said(full(**{name: True})) == {name: (FLAG, END)}
    assert said(full(**{name: False})) == {name: (FLAG, MORE)}
    assert said(full(**{name: "true"})) == {name: (FLAG, END)}
    for value in (None, "", "Miller", NEXT, {}, []):
        assert said(full(**{name: value})) == {}, value


def test_a_flag_in_a_header() -> None:
    assert said(full({"x-has-next-page": "true"})) == {"X-Has-Next-Page": (FLAG, MORE)}
    assert said(full({"x-has-next-page": "0"})) == {"X-Has-Next-Page": (FLAG, END)}


@pytest.mark.parametrize(
    "path",
    [
        "next",
        "next_url",
        "next_link",
        "links.next",
        "_links.next",
        "_links.next.href",
        "@odata.nextLink",
        "__next",
    ],
)
@pytest.mark.parametrize("link", [NEXT, "/items?page=2", "?page=2"])
def test_links(path: str, link: str) -> None:
    there = Response(10, at(path, link))
    assert said(there) == {path: (LINKS, MORE)}
    assert signs(there)[0].value == link
    for nothing in (None, "", False):
        assert said(Response(10, at(path, nothing))) == {path: (LINKS, END)}, nothing
        assert said(there, Response(10, at(path, nothing))) == {path: (LINKS, END)}, nothing
    assert said(full()) == {}
    assert said(there, full()) == {path: (LINKS, END)}
    assert said(there, full(), full()) == {path: (LINKS, END)}
    assert [one.gone for one in signs(there, full())] == [True]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (True, {"next": (FLAG, MORE)}),
        ({"href": NEXT}, {"next.href": (LINKS, MORE)}),
        ({"url": None}, {"next.url": (LINKS, END)}),
        ({"cursor": "c"}, {"next.cursor": (CURSOR, MORE)}),
        ({"page": 2}, {"next": (LINKS, MORE)}),
        (["/items/2"], {"next": (LINKS, MORE)}),
    ],
)
def test_what_stands_at_next_may_be_something_else(value: Any, found: Any) -> None:
    assert said(full(next=value)) == found


@pytest.mark.parametrize(
    ("key", "link"),
    [
        ("links", {"rel": "next", "href": NEXT}),
        ("links", {"rel": ["next"], "url": NEXT}),
        ("link", {"relation": "next", "url": NEXT}),
    ],
)
def test_a_link_in_a_list(key: str, link: dict[str, Any]) -> None:
    name = f"{key} rel=next"
    others = [{"rel": "self", "href": NEXT}, {"relation": "prev", "url": NEXT}]
    there = Response(10, {key: [*others, link]})
    assert said(there) == {name: (LINKS, MORE)}
    assert signs(there)[0].value == NEXT
    assert said(Response(10, {key: others})) == {}
    assert said(there, Response(10, {key: others})) == {name: (LINKS, END)}
    assert said(Response(10, {key: [{**link, "href": None, "url": None}]})) == {name: (LINKS, END)}


def test_the_link_header() -> None:
    name = "Link rel=next"
    assert said(full(LINK)) == {name: (LINKS, MORE)}
    assert said(full({"link": f'<{NEXT}>; rel="prev"'})) == {}
    assert said(full(LINK), full({"link": f'<{NEXT}>; rel="prev"'})) == {name: (LINKS, END)}


def test_a_link_without_results_says_that_this_was_the_last_page() -> None:
    """Sentry sends a next link on every page."""
    for results, says in (("true", MORE), ("false", END)):
        link = f'<{NEXT}>; rel="next"; results="{results}"; cursor="0:100:0"'
        assert said(full({"link": link})) == {"Link rel=next": (LINKS, says)}


@pytest.mark.parametrize(
    "path",
    [
        "next_cursor",
        "nextCursor",
        "cursor",
        "meta.after_cursor",
        "meta.next_cursor",
        "links.next",
        "pagination.next_cursor",
        "response_metadata.next_cursor",
        "paging.next.after",
        "next_page_token",
        "nextPageToken",
        "endCursor",
        "continuation",
        "scroll_id",
    ],
)
def test_cursors(path: str) -> None:
    there = Response(10, at(path, "c7"))
    assert said(there) == {path: (CURSOR, MORE)}
    for nothing in (None, "", False):
        (sign,) = signs(Response(10, at(path, nothing)))
        assert (sign.name, sign.says) == (path, END), nothing
    assert said(there, full()) == {path: (CURSOR, END)}


@pytest.mark.parametrize("value", [7, {"id": 7}, ["2024-01-01", 7]])
def test_a_cursor_may_have_any_value(value: Any) -> None:
    """What cannot be sent as a parameter says that there is more all the same."""
    assert said(full(next_cursor=value)) == {"next_cursor": (CURSOR, MORE)}
    assert said(full(cursor={"after": value})) == {"cursor.after": (CURSOR, MORE)}


@pytest.mark.parametrize("path", ["next_cursor", "cursor", "paging.next.after", "scroll_id"])
@pytest.mark.parametrize("zero", [0, "0"])
def test_a_cursor_of_0_is_the_end_only_after_others(path: str, zero: Any) -> None:
    config = settings("cursor")
    # A bare cursor may be the page's own position.
    first = {} if path == "cursor" else {path: (CURSOR, MORE)}
    assert said(Response(10, at(path, zero)), config=config) == first
    there = Response(10, at(path, 17))
    assert said(there, config=config) == {path: (CURSOR, MORE)}
    assert said(there, Response(10, at(path, zero)), config=config) == {path: (CURSOR, END)}


@pytest.mark.parametrize("zero", [0, "0"])
def test_a_first_cursor_of_0_counts_only_where_it_would_be_followed(zero: Any) -> None:
    for config in (settings("none"), settings("offset"), settings("cursor", cursor_path="c")):
        assert said(full(next_cursor=zero), config=config) == {}
    cursor = settings("cursor")
    assert said(full(after=zero), config=cursor) == {}
    found = said(full(next_cursor=zero, next=None), config=cursor)
    assert found == {"next": (LINKS, END)}


def test_a_cursor_of_0_in_a_header_is_the_end_only_after_others() -> None:
    config = settings("cursor")
    assert said(full({"x-next-cursor": "0"}), config=config) == {"X-Next-Cursor": (CURSOR, MORE)}
    found = said(full({"x-next-cursor": "9"}), full({"x-next-cursor": "0"}), config=config)
    assert found == {"X-Next-Cursor": (CURSOR, END)}


def test_a_token_in_a_header_may_begin_as_a_path_does() -> None:
    config = settings("cursor")
    assert said(full({"x-ms-continuationtoken": "/w=="}), config=config) == {
        "X-Ms-Continuationtoken": (CURSOR, MORE)
    }
    assert said(full({"next-page": "/w?page=2"}), config=config) == {"Next-Page": (LINKS, MORE)}


@pytest.mark.parametrize(
    "name",
    [
        "X-Next-Cursor",
        "X-Next",
        "X-Cursor",
        "X-Page-Cursor",
        "X-Ms-Continuationtoken",
        "X-Ms-Continuation",
        "Next-Page-Token",
        "Opc-Next-Page",
    ],
)
def test_cursors_in_headers(name: str) -> None:
    there = full({name.lower(): "c7"})
    assert said(there) == {name: (CURSOR, MORE)}
    (empty,) = signs(full({name.lower(): ""}))
    assert (empty.name, empty.says) == (name, END)
    assert said(there, full()) == {name: (CURSOR, END)}


@pytest.mark.parametrize("name", ["next_page", "nextPage"])
def test_the_number_of_the_next_page(name: str) -> None:
    there = full(**{name: 2})
    assert said(there) == {name: (NEXT_PAGE, MORE)}
    assert said(full(**{name: "2"})) == {name: (NEXT_PAGE, MORE)}
    for nothing in (None, ""):
        assert [one.says for one in signs(full(**{name: nothing}))] == [END]
        assert said(there, full(**{name: nothing}))[name][1] is END
    assert said(there, full(**{name: 0})) == {name: (NEXT_PAGE, END)}
    assert said(there, full()) == {name: (NEXT_PAGE, END)}


def test_the_number_of_the_next_page_in_a_header() -> None:
    assert said(full({"x-next-page": "2"})) == {"X-Next-Page": (NEXT_PAGE, MORE)}
    (sign,) = signs(full({"x-next-page": ""}))
    assert (sign.name, sign.says) == ("X-Next-Page", END)


@pytest.mark.parametrize("pages", ["total_pages", "pages", "page_count", "last_page"])
@pytest.mark.parametrize("page", ["page", "current_page", "number"])
def test_the_number_of_pages(page: str, pages: str) -> None:
    assert said(full(**{page: 1, pages: 2})) == {pages: (PAGES, MORE)}
    assert said(full(**{page: 2, pages: 2})) == {pages: (PAGES, END)}
    assert said(full(**{page: "1", pages: "2"})) == {pages: (PAGES, MORE)}


def test_the_number_of_pages_without_the_page_s_own_number() -> None:
    assert said(full(total_pages=2)) == {"total_pages": (PAGES, MORE)}
    assert said(full(total_pages=2), full(total_pages=2)) == {"total_pages": (PAGES, END)}
    assert said(full(total_pages=2), full()) == {"total_pages": (PAGES, END)}


def test_pages_that_are_counted_from_0() -> None:
    def page(number: int) -> Response:
        return full(number=number, totalPages=2)

    assert said(page(0)) == {"totalPages": (PAGES, MORE)}
    assert said(page(0), page(1)) == {"totalPages": (PAGES, END)}
    last = full(page=0, last_page=1), full(page=1, last_page=1)
    assert said(last[0]) == {"last_page": (PAGES, MORE)}
    assert said(*last, full(page=2, last_page=2)) == {"last_page": (PAGES, END)}


def test_the_number_of_the_last_page_counts_from_where_the_first_does() -> None:
    """Where that is 0, there is one page more than the number says."""
    first, second, third = full(last_page=2), full(last_page=2), full(last_page=2)
    from_1, from_0 = settings("page"), settings("page", start_page=0)
    assert said(first, second, config=from_1) == {"last_page": (PAGES, END)}
    assert said(first, second, config=from_0) == {"last_page": (PAGES, MORE)}
    assert said(first, second, third, config=from_0) == {"last_page": (PAGES, END)}
    # By offset nothing tells.
    assert said(first) == {"last_page": (PAGES, MORE)}
    assert said(first, second) == {}
    assert said(first, second, third) == {"last_page": (PAGES, END)}
    # The number of pages is one, whatever they are counted from.
    counted = full(total_pages=2)
    assert said(counted, counted, config=from_0) == {"total_pages": (PAGES, END)}


@pytest.mark.parametrize(
    "name",
    [
        "total",
        "total_count",
        "totalCount",
        "total_entries",
        "total_rows",
        "total_size",
        "totalItems",
        "totalElements",
        "totalResults",
        "count_total",
        "record_count",
        "records",
    ],
)
def test_totals(name: str) -> None:
    value: Any
    assert said(full(**{name: 20})) == {name: (TOTAL, MORE)}
    assert said(full(**{name: "20"})) == {name: (TOTAL, MORE)}
    assert said(full(**{name: 20}), full(**{name: 20})) == {name: (TOTAL, END)}
    assert said(full(**{name: 20}), full()) == {name: (TOTAL, END)}
    assert said(full(**{name: 30}), full()) == {name: (TOTAL, MORE)}
    assert said(full(**{name: 10.0})) == {name: (TOTAL, END)}
    assert said(full(**{name: {"value": 10, "relation": "eq"}})) == {name: (TOTAL, END)}
    assert said(full(**{name: {"value": 10, "relation": "gte"}})) == {name: (TOTAL, MORE)}
    for value in (True, -4, "many", 20.5, [20], {}, None):
        assert said(full(**{name: value})) == {}, value


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("X-Total-Count", TOTAL),
        ("X-Total", TOTAL),
        ("X-Wp-Total", TOTAL),
        ("X-Total-Pages", PAGES),
        ("X-Wp-Totalpages", PAGES),
    ],
)
def test_counts_in_headers(name: str, kind: SignKind) -> None:
    reached = "20" if kind is TOTAL else "2"
    there = full({name.lower(): reached})
    assert said(there) == {name: (kind, MORE)}
    assert said(there, there) == {name: (kind, END)}
    assert said(there, full()) == {name: (kind, END)}
    assert said(full({name.lower(): "many"})) == {}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("items 0-9/20", MORE),
        ("0-9/20", MORE),
        ("items 0-9/10", END),
        ("items */10", END),
        ("items 0-9/*", None),
        ("bytes 0-9/20", None),
        ("items", None),
    ],
)
def test_content_range(value: str, says: Says | None) -> None:
    found = said(full({"content-range": value}))
    assert found == ({"Content-Range": (TOTAL, says)} if says else {})
