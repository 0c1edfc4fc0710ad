"""What is decided where there is no proof of the end: the contract's "Otherwise", line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pagination.evidence import MOST_BLANK_PAGES
from settings.model import PaginationSettings
from tests.support.strategy_pages import (
    BLANK,
    CONTINUES,
    LINK,
    NEXT,
    Ends,
    Outcome,
    Response,
    assert_decided,
    empty,
    full,
    raises,
    row,
    rows,
    settings,
    short,
)

NONE, OFFSET, PAGE, CURSOR = (settings(one) for one in ("none", "offset", "page", "cursor"))
BY_LINK = settings("next_link", next_link_path="next")
BY_HEADER = settings("header_link")
WHOLE = Response([{"has_more": True, "total": 9}], {"has_more": True, "total": 9}, whole=True)

COUNTED = "offset page"
FOLLOWED = "cursor next_link header_link"
IGNORE = "name it in ignoredSigns"

# fmt: off
EMPTY_AND_MORE = [
    *rows("a flag says more", COUNTED, full(), empty(has_more=True), outcome=BLANK),
    *rows("a total says more", COUNTED, full(), empty(total=90), outcome=BLANK),
    *rows("a link says more", COUNTED, full(), empty(LINK), outcome=BLANK),
    *rows("a cursor says more", COUNTED, full(), empty(next_cursor="c"), outcome=BLANK),
    *rows("a page number says more", COUNTED, full(), empty(next_page=3), outcome=BLANK),
    *rows("a page says more of the pages", COUNTED, full(), empty(pages=3), outcome=BLANK),
    row("the next cursor is there", CURSOR, full(next_cursor="a"), empty(next_cursor="b"),
        outcome=BLANK),
    row("the next link is there", BY_LINK, full(next=NEXT), empty(next=f"{NEXT}3"), outcome=BLANK),
    row("the next link is in the header", BY_HEADER, full(LINK), empty(LINK), outcome=BLANK),
    *rows("the first page is empty", COUNTED, empty(has_more=True), outcome=BLANK),
    *rows("the first page is empty, and is again when it is asked for once more", COUNTED,
          Response(0, {"total": 9}, asked_twice=True), outcome=BLANK),
    *rows("the first page is empty, and the next is full", COUNTED,
          empty(has_more=True), full(has_more=True), outcome=CONTINUES),
    row("the first page is empty, and the next does not show how far an empty one reaches", OFFSET,
        empty(has_more=True), short(has_more=True),
        outcome=raises("the first 1 pages are empty", "startOffset", "pageSize")),
    row("the first page is empty, and the next says end", OFFSET,
        empty(has_more=True), empty(has_more=False), outcome=raises("the first 1 pages are empty")),
    *rows("the 20th empty page in a row", COUNTED, full(),
          *[empty(has_more=True)] * MOST_BLANK_PAGES, outcome=BLANK),
    *rows("the 21st empty page in a row", COUNTED, full(),
          *[empty(has_more=True)] * (MOST_BLANK_PAGES + 1),
          outcome=raises("has_more (true)", "21 pages in a row are empty", "ignoredSigns")),
    row("the 21st empty page in a row, by cursor", CURSOR,
        *[empty(next_cursor=f"c{number}") for number in range(MOST_BLANK_PAGES + 1)],
        outcome=raises("next_cursor (c20)", "21 pages in a row are empty")),
    row("empty pages are counted in a row", PAGE, *[empty(has_more=True)] * MOST_BLANK_PAGES,
        full(has_more=True), empty(has_more=True), outcome=BLANK),
]
UNFOLLOWED = [
    row("none: a flag", NONE, full(has_more=True),
        outcome=raises("has_more (true)", "paginationType is none", "Set paginationType", IGNORE)),
    row("none: a flag that is turned round", NONE, short(data={}, last=False),
        outcome=raises("last (false)", "paginationType is none", IGNORE)),
    row("none: a total", NONE, full(total=25),
        outcome=raises("10 of 25 records were read", "total (25)", "to offset or page", IGNORE)),
    row("none: a total in a header", NONE, full({"x-total-count": "25"}),
        outcome=raises("X-Total-Count (25)", "to offset or page", IGNORE)),
    row("none: a number of pages", NONE, full(meta={"page": 1, "total_pages": 3}),
        outcome=raises("meta.total_pages (3)", "paginationType to page", IGNORE)),
    row("none: the number of the next page", NONE, full(next_page=2),
        outcome=raises("next_page (2)", "paginationType to page", IGNORE)),
    row("none: a link", NONE, full(links={"next": NEXT}),
        outcome=raises("links.next", NEXT, "to next_link", "nextLinkPath to 'links.next'", IGNORE)),
    row("none: a link in a list", NONE, full(link=[{"relation": "next", "url": NEXT}]),
        outcome=raises("link rel=next", NEXT, ".link[] | select(", IGNORE)),
    row("none: a link in the header", NONE, full(LINK),
        outcome=raises("Link rel=next", NEXT, "paginationType to header_link", IGNORE)),
    row("none: a cursor", NONE, full(meta={"next_cursor": "c7"}),
        outcome=raises("meta.next_cursor (c7)", "cursorPath to 'meta.next_cursor'", IGNORE)),
    row("none: a cursor in a header", NONE, full({"x-ms-continuationtoken": "c7"}),
        outcome=raises("X-Ms-Continuationtoken (c7)", "paginationType to cursor", IGNORE)),
    row("none: a flag that is less known", NONE, full(isTruncated=True),
        outcome=raises("isTruncated (true)", IGNORE)),
    row("none: an empty page", NONE, empty(total=4), outcome=raises("0 of 4 records", "total (4)")),
    row("none: a named flag", settings("none", has_more_path="x"), full(x="yes"),
        outcome=raises("hasMorePath 'x' (yes)", "paginationType is none")),
    row("cursor: a flag", CURSOR, full(has_more=True),
        outcome=raises("has_more (true)", "there is no cursor", "Set cursorPath", IGNORE)),
    row("cursor: a link", CURSOR, full(next=NEXT),
        outcome=raises("next (https:", "no cursor", "nextLinkPath to 'next'", IGNORE)),
    row("cursor: another cursor than that of cursorPath", settings("cursor", cursor_path="a"),
        full(next_cursor="c"),
        outcome=raises("next_cursor (c)", "'a'", "cursorPath to 'next_cursor'", IGNORE)),
    row("cursor: a total on the last page", CURSOR, full(next_cursor="c"), full(total=30),
        outcome=raises("20 of 30 records were read", "total (30)", IGNORE)),
    row("cursor: a total that has grown by what came while it was read", CURSOR,
        full(next_cursor="c", total=20), full(next_cursor=None, total=21),
        outcome=Ends("no next cursor")),
    row("cursor: a total that has grown more than once", CURSOR, full(next_cursor="c", total=25),
        full(next_cursor="d", total=28), Response(5, {"next_cursor": None, "total": 30}),
        outcome=Ends("no next cursor")),
    row("cursor: a total that has grown, but was not reached either when it was less", CURSOR,
        full(next_cursor="c", total=25), full(next_cursor=None, total=26),
        outcome=raises("20 of 26 records were read", IGNORE)),
    row("cursor: a total that has grown from the size of the first page", CURSOR,
        full(next_cursor="c", total=10), full(next_cursor=None, total=30),
        outcome=raises("20 of 30 records were read", IGNORE)),
    row("cursor: a named total that has grown", settings("cursor", total_path="n"),
        full(next_cursor="c", n=20), full(next_cursor=None, n=21),
        outcome=raises("20 of 21 records were read", "totalPath 'n' (21)")),
    row("next_link: a cursor", BY_LINK, short(next_cursor="c"),
        outcome=raises("next_cursor (c)", "no link at nextLinkPath 'next'", "cursorPath", IGNORE)),
    row("next_link: another link than that of nextLinkPath", settings("next_link"),
        short(next=NEXT),
        outcome=raises("no link at nextLinkPath '@odata.nextLink'", "nextLinkPath to 'next'")),
    row("header_link: a link in the body", BY_HEADER, short(next=NEXT),
        outcome=raises("next (https:", "no link at headerLinkRel 'next'", "to next_link", IGNORE)),
    row("header_link: the link of another relation",
        settings("header_link", header_link_rel="more"), short(LINK),
        outcome=raises("Link rel=next", "headerLinkRel 'more'", IGNORE)),
    row("none: what a resource is about says nothing", NONE, WHOLE,
        outcome=Ends("paginationType is none")),
    *rows("not at the end", COUNTED, full(LINK, next_cursor="c"), outcome=CONTINUES),
    *rows("a sign is ignored", "none", full(Count=25), ignored_signs=("count",),
          outcome=Ends("paginationType is none")),
]
CONTRADICTIONS = [
    *rows("a total is reached, a flag says more", COUNTED, full(n=10, more=True),
          total_path="n", has_more_path="more",
          outcome=raises("totalPath 'n' (10)", "hasMorePath 'more' (true)", "after 10 records")),
    *rows("a flag says no below the total", "offset cursor", full(n=40, more=False),
          total_path="n", has_more_path="more",
          outcome=raises("hasMorePath 'more' (false)", "totalPath 'n' (40)")),
    *rows("the last page below the total", COUNTED, full(n=40, last=True),
          total_path="n", last_page_path="last",
          outcome=raises("lastPagePath 'last' (true)", "totalPath 'n' (40)")),
    *rows("the pages are read below the total", "page", full(p=1, n=40), total_path="n",
          total_pages_path="p", outcome=raises("totalPagesPath 'p' (1)", "totalPath 'n' (40)")),
    *rows("a total below what was read", COUNTED, full(n=10), short(n=10), total_path="n",
          outcome=raises("totalPath 'n' (10)", "below the 17 records that were read")),
    *rows("a total of page 1 is below what was read", FOLLOWED,
          full(LINK, n=12, next_cursor="c", **{"@odata.nextLink": NEXT}), full(),
          total_path="n", outcome=raises("below the 20 records that were read")),
    *rows("a flag that is left out at the end is no contradiction", COUNTED,
          full(n=20, more=True), full(n=20), total_path="n", has_more_path="more",
          outcome=Ends("the total is reached")),
]
NOT_FIRST = [
    *rows("first: false", COUNTED, full(first=False), outcome=raises("first (false)")),
    *rows("a link to the previous page", COUNTED, full(previous=NEXT), outcome=raises("previous")),
    *rows("links.prev", COUNTED, full(links={"prev": NEXT}), outcome=raises("links.prev")),
    *rows("a Link to the previous page", COUNTED, full({"link": f'<{NEXT}>; rel="prev"'}),
          outcome=raises("Link rel=prev")),
    *rows("X-Prev-Page", COUNTED, full({"x-prev-page": "1"}), outcome=raises("X-Prev-Page (1)")),
    *rows("has_previous: true", COUNTED, full(page={"has_previous": True}),
          outcome=raises("page.has_previous (true)")),
    row("startPage is named", PAGE, full(first=False),
        outcome=raises("startPage", "'page'", "ignoredSigns")),
    row("startOffset is named", OFFSET, full(first=False),
        outcome=raises("startOffset", "'offset'", "ignoredSigns")),
    row("a page number above startPage", settings("page", start_page=0), full(page=1),
        outcome=raises("page (1)", "startPage", IGNORE)),
    row("a page number of startPage", settings("page", start_page=3), full(page=3),
        outcome=CONTINUES),
    row("a page number above 1, by offset", OFFSET, full(meta={"current_page": 2}),
        outcome=raises("meta.current_page (2)", "startOffset", IGNORE)),
    *rows("the first page says that it is", COUNTED,
          full({"x-prev-page": ""}, first=True, previous=None, links={"prev": ""}, page=1),
          outcome=CONTINUES),
    *rows("an object beside the records that counts them", COUNTED,
          full(page={"count": 10, "size": 10}), outcome=CONTINUES),
    *rows("a link to the previous page that leads nowhere", COUNTED,
          full(_links={"prev": {"href": None}}), outcome=CONTINUES),
    *rows("the sign is ignored", COUNTED, full(first=False), ignored_signs=("first",),
          outcome=CONTINUES),
    *rows("the second page", COUNTED, full(first=True), full(first=False, previous=NEXT),
          outcome=CONTINUES),
    row("by cursor", CURSOR, full(first=False, previous=NEXT, next_cursor="c"), outcome=CONTINUES),
]
USUAL_SIZES = [
    *(row(f"{size} records, and no sign", NONE, Response(size, {}),
          outcome=Ends("paginationType is none", f"{size:,} records came in one response"))
      for size in (20, 25, 30, 50, 100, 200, 250, 500, 1000)),
    row("the size of the page, called a total", NONE, Response(100, {"total": 100}),
        outcome=Ends("paginationType is none", "100 records came in one response")),
    row("no usual size", NONE, Response(37, {}), outcome=Ends("paginationType is none")),
    row("few records", NONE, Response(10, {}), outcome=Ends("paginationType is none")),
    row("a sign says no", NONE, Response(100, {"next": None}),
        outcome=Ends("paginationType is none")),
]
STRICTER = [
    *rows("a null link that never had a value, on a full page", COUNTED, full(next=None),
          outcome=CONTINUES),
    *rows("a null link that never had a value, on a short page", COUNTED, short(next=None),
          outcome=Ends("next (null) says that this was the last page")),
    row("a null link that never had a value, on a page as large as all were",
        settings("page", page_size=100), full(next=None), full(next=None), outcome=CONTINUES),
    *rows("a null link that had a value, on a full page", COUNTED, full(next=NEXT),
          full(next=None), outcome=Ends("next (null) says that this was the last page")),
    *rows("a link that is gone, on a full page", COUNTED, full(LINK), full(),
          outcome=Ends("Link rel=next, which is gone says that this was the last page")),
    *rows("an empty number of the next page that had a value", COUNTED, full({"x-next-page": "2"}),
          full({"x-next-page": ""}), outcome=Ends("X-Next-Page (null)")),
    *rows("a null cursor", COUNTED, short(next_cursor=None), outcome=CONTINUES),
    *rows("a token that is less known is gone", COUNTED, full(nextToken="t"), short(),
          outcome=CONTINUES),
    *rows("a link that is less known is gone", COUNTED, full(next_href=NEXT), full(),
          outcome=CONTINUES),
    row("no offset leads on where records cannot be counted", OFFSET,
        Response(10, {}, counted=False), outcome=raises("cannot be counted", "data_path")),
    *rows("a named total where records cannot be counted", f"page {FOLLOWED}",
          Response(7, {"n": 7}, counted=False), total_path="n",
          outcome=raises("cannot be counted", "totalPath", "data_path")),
    row("a total that is above the items, where records cannot be counted", NONE,
        Response(7, {"total": 8}, counted=False), outcome=raises("total (8) says", IGNORE)),
    row("a total that is not above the items, where records cannot be counted", NONE,
        Response(7, {"total": 7}, counted=False), outcome=Ends("paginationType is none")),
    row("pages lead on where records cannot be counted", PAGE, Response(0, {}, counted=False),
        outcome=CONTINUES),
]
# fmt: on

SECTIONS: dict[str, Sequence[Any]] = {
    "empty and more": EMPTY_AND_MORE,
    "unfollowed": UNFOLLOWED,
    "contradictions": CONTRADICTIONS,
    "not first": NOT_FIRST,
    "usual sizes": USUAL_SIZES,
    "stricter": STRICTER,
}


@pytest.mark.parametrize(
    ("config", "responses", "outcome"), [one for rows_ in SECTIONS.values() for one in rows_]
)
def test_otherwise(
    config: PaginationSettings, responses: Sequence[Response], outcome: Outcome
) -> None:
    assert_decided(config, responses, outcome)
