"""The proofs of the end, in the order of the settings contract. What is no proof reads on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pagination import End, PageRequest, build_paginator
from pagination.evidence import USUAL_SIZES, after_refusal, after_repetition, decide
from settings.model import PaginationSettings
from tests.support.strategy_pages import (
    BLANK,
    CONTINUES,
    HALVES,
    LINK,
    NEXT,
    URL,
    Ends,
    Outcome,
    Response,
    assert_decided,
    assert_end,
    empty,
    full,
    listed,
    raises,
    row,
    rows,
    settings,
    short,
)

PAGE, CURSOR, BY_HEADER = settings("page"), settings("cursor"), settings("header_link")
BY_LINK = settings("next_link", next_link_path="next")
OF_100 = settings("offset", page_size=100)

COUNTED = "offset page"
FOLLOWED = "cursor next_link header_link"
ALL = f"none {COUNTED} {FOLLOWED}"

# fmt: off
NAMED_FLAG = [
    *rows("hasMorePath says no", ALL, full(LINK, more=False, next=NEXT, next_cursor="c"),
          has_more_path="more",
          outcome=Ends("hasMorePath 'more' (false) says that this was the last page")),
    *rows("lastPagePath says yes", ALL, full(LINK, data={"last": True}, next_cursor="c"),
          last_page_path="data.last",
          outcome=Ends("lastPagePath 'data.last' (true) says that this was the last page")),
    *rows("hasMorePath wins over lastPagePath", COUNTED, full(more="yes", last=True),
          has_more_path="more", last_page_path="last", outcome=CONTINUES),
    *rows("hasMorePath of an earlier page wins over lastPagePath", COUNTED,
          full(more="yes"), full(last=True),
          has_more_path="more", last_page_path="last", outcome=CONTINUES),
    *rows("a named flag of an earlier page still holds", COUNTED, full(more=True), empty(),
          has_more_path="more", outcome=BLANK),
    *rows("a number that is the named flag still holds", COUNTED, full(left=25), full(),
          has_more_path="left", outcome=CONTINUES),
    *rows("a link that is the named flag is gone", COUNTED, full(more=NEXT), full(),
          has_more_path="more", outcome=Ends("hasMorePath 'more'")),
]
NAMED_COUNT = [
    *rows("a named total equals the records read", f"{COUNTED} {FOLLOWED}",
          full(LINK, n=20, **{"@odata.nextLink": NEXT}, next_cursor="c"), full(n=20),
          total_path="n", outcome=Ends("the total is reached: totalPath 'n' (20)")),
    *rows("a named total is the first page", ALL, full(n=10), total_path="n",
          outcome=Ends("the total is reached")),
    *rows("a named total in a header", COUNTED, short({"x-n": "7"}), total_path="X-N",
          outcome=Ends("the total is reached")),
    *rows("a named total was told on page 1 only", COUNTED, full(n=20), full(), total_path="n",
          outcome=Ends("the total is reached: totalPath 'n' (20, on an earlier page)")),
    *rows("a named total is not reached", COUNTED, full(n=20), short(n=20), total_path="n",
          outcome=CONTINUES),
    *rows("a named number of pages is reached", f"page {FOLLOWED}",
          full(LINK, p=2, **{"@odata.nextLink": NEXT}, next_cursor="c"), full(p=2),
          total_pages_path="p",
          outcome=Ends("the number of pages is reached: totalPagesPath 'p' (2)")),
    *rows("a named number of pages was told on page 1 only", "page", full(p=2), full(),
          total_pages_path="p", outcome=Ends("the number of pages is reached")),
    *rows("so many requests by offset need not be so many pages", "offset", full(p=2), full(p=2),
        total_pages_path="p", outcome=CONTINUES),
    *rows("but the page's own number tells", "offset", full(p=2, page=1), full(p=2, page=2),
        total_pages_path="p", outcome=Ends("the number of pages is reached")),
    *rows("a named number of pages is not reached", COUNTED, full(p=3), short(p=3),
          total_pages_path="p", outcome=CONTINUES),
]
NOTHING_TO_FOLLOW = [
    row("the cursor is null", CURSOR, full(next_cursor="c"), full(next_cursor=None),
        outcome=Ends("no next cursor")),
    row("the cursor is empty", CURSOR, full(next_cursor="c"), full(next_cursor=""),
        outcome=Ends("no next cursor")),
    row("the cursor is gone", CURSOR, full(next_cursor="c"), full(),
        outcome=Ends("no next cursor")),
    row("the cursor is 0 after others", CURSOR, full(cursor=17), full(cursor=0),
        outcome=Ends("no next cursor")),
    row("a short first page without a cursor", CURSOR, short(), outcome=Ends("no next cursor")),
    row("a full first page without a cursor", CURSOR, full(), outcome=HALVES),
    row("a full first page whose cursor is null", CURSOR, full(next_cursor=None), outcome=HALVES),
    row("a full first page without a cursor at cursorPath",
        settings("cursor", cursor_path="nxt"), full(nxtt="c"), outcome=HALVES),
    row("a first page larger than it was asked to be", CURSOR, Response(12, {}), outcome=HALVES),
    row("a first page of a usual size, less than it was asked for: the API may cap it",
        settings("cursor", page_size=100), Response(50, {"next_cursor": None}), outcome=HALVES),
    row("a first page of no usual size, less than it was asked for",
        settings("cursor", page_size=100), Response(37, {}), outcome=Ends("no next cursor")),
    row("the link is null", BY_LINK, full(next=NEXT), full(next=None), outcome=Ends("no link")),
    row("the link is empty", BY_LINK, full(next=NEXT), full(next=""), outcome=Ends("no link")),
    row("the link is gone", BY_LINK, full(next=NEXT), full(), outcome=Ends("no link")),
    row("a short first page without a link", BY_LINK, short(), outcome=Ends("no link")),
    row("a full first page without a link", BY_LINK, full(), outcome=HALVES),
    row("a full first page whose link is null", BY_LINK, full(next=None), outcome=HALVES),
    row("the header's link is gone", BY_HEADER, full(LINK), full(), outcome=Ends("no link")),
    row("a short first page without a link in the header", BY_HEADER, short(),
        outcome=Ends("no link")),
    row("a full first page without a link in the header", BY_HEADER, full(), outcome=HALVES),
    row("no size is sent, and the first page is larger than pageSize", BY_HEADER,
        Response(37, {}), outcome=Ends("no link")),
    row("no size is sent, and the first page is larger, and as large as pages are", BY_HEADER,
        Response(50, {}), outcome=HALVES),
    row("no cursor, and records that cannot be counted", CURSOR,
        Response(10, {}, counted=False), outcome=HALVES),
    row("a null cursor, and records that cannot be counted", CURSOR,
        Response(10, {"next_cursor": None}, counted=False), outcome=Ends("no next cursor")),
    row("nothing to follow, but another sign says more", CURSOR, full(next_cursor="c"),
        full(next_cursor=None, has_more=True), outcome=raises("has_more (true)", "no cursor")),
]
RECOGNISED_FLAG = [
    *rows("a flag says no", ALL, full(has_more=False),
          outcome=Ends("has_more (false) says that this was the last page")),
    *rows("a flag says that it is the last page", ALL, full(meta={"last": True}),
          outcome=Ends("meta.last (true) says that this was the last page")),
    *rows("a flag in a header says no", ALL, full({"x-has-next-page": "false"}),
          outcome=Ends("X-Has-Next-Page (false) says")),
    *rows("has-more false outweighs a cursor", f"none {COUNTED} cursor",
          full(has_more=False, next_cursor="c"), outcome=Ends("has_more (false) says")),
    *rows("a flag says no, a total says more", COUNTED, full(has_more=False, total=11),
          outcome=CONTINUES),
    *rows("a flag says no, a link says more", COUNTED, full(has_more=False, next=NEXT),
          outcome=CONTINUES),
    row("a flag says no, and the link to follow is there", BY_LINK,
        full(has_more=False, next=NEXT), outcome=CONTINUES),
    *rows("two flags contradict each other", COUNTED, full(has_more=True, last=True),
          outcome=CONTINUES),
    *rows("flags that are less known say no", COUNTED, short(hasMoreItems=False, done=True),
          outcome=CONTINUES),
]
RECOGNISED_COUNT = [
    *rows("a total is reached on a short page", COUNTED, full(total=17), short(total=17),
          outcome=Ends("the total is reached: total (17)")),
    *rows("a total is reached on a full page", COUNTED, full(total=20), full(total=20),
          outcome=CONTINUES),
    *rows("a total is the size of a full first page", COUNTED, full(total=10), outcome=CONTINUES),
    *rows("a total is reached on a short first page", COUNTED, short(total=7),
          outcome=Ends("the total is reached: total (7)")),
    row("a total is reached on a short first page of a usual size: the API may cap it", OF_100,
        Response(50, {"total": 50}), outcome=CONTINUES),
    row("a total is reached on a page as large as all were: the API may cap them", OF_100,
        Response(7, {"total": 14}), Response(7, {"total": 14}), outcome=CONTINUES),
    *rows("a total was told on page 1 only", COUNTED, full(total=17), short(),
          outcome=Ends("the total is reached: total (17, on an earlier page)")),
    *rows("a total was passed", COUNTED, full(total=12), short(total=12), outcome=CONTINUES),
    *rows("a total that is less known is reached", COUNTED, full(count=17), short(count=17),
          outcome=CONTINUES),
    *rows("a number of pages that is less known is reached", COUNTED, full(num_pages=2),
          short(num_pages=2), outcome=CONTINUES),
    row("one total is reached, another is not", PAGE, full(total=17, records=200),
        short(total=17, records=200), outcome=CONTINUES),
    *rows("the number of pages is reached on a short page", "page", full(total_pages=2),
          short(total_pages=2), outcome=Ends("the number of pages is reached: total_pages (2)")),
    *rows("so many requests by offset are no number of pages", "offset", full(total_pages=2),
        short(total_pages=2), outcome=CONTINUES),
    *rows("the number of pages is reached on a full page", COUNTED, full(total_pages=2),
          full(total_pages=2), outcome=CONTINUES),
    *rows("a total is reached, and records cannot be counted", "page",
          Response(7, {"total": 7}, counted=False), outcome=CONTINUES),
]
EMPTY_PAGE = [
    *rows("an empty page", COUNTED, full(), empty(), outcome=Ends("an empty page")),
    *rows("an empty first page", COUNTED, empty(), outcome=Ends("an empty page")),
    *rows("an empty first page", FOLLOWED, empty(), outcome=Ends("no ")),
    *rows("an empty page", "none", empty(), outcome=Ends("paginationType is none")),
]
HIDDEN_RECORDS = [
    *rows("the 2nd empty page below a total", COUNTED, full(total=30), full(total=30),
          *[empty(total=30)] * 2, outcome=BLANK),
    *rows("the 3rd empty page below a total, and all of it was asked for", COUNTED,
          full(total=30), full(total=30), *[empty(total=30)] * 3,
          outcome=Ends("every position below the total was asked for", "20 of 30 records")),
    *rows("all below a total that was told on page 1 only was asked for", COUNTED,
          full(total=30), full(), *[empty()] * 3, outcome=Ends("every position", "20 of 30")),
    *rows("not all below a total was asked for", COUNTED, full(total=90), full(total=90),
          *[empty(total=90)] * 5, outcome=BLANK),
    *rows("all below a named total was asked for", COUNTED, full(n=30), full(n=30),
          *[empty(n=30)] * 3, total_path="n", outcome=raises("20 of 30 records", "totalPath")),
    *rows("all below a total was asked for, and no record was seen", "page",
          *[empty(total=10)] * 3, outcome=raises("total (10)", "3 pages in a row are empty")),
    *rows("all below a total that may be larger was asked for", COUNTED, full(), full(),
          *[empty(total={"value": 30, "relation": "gte"})] * 5, outcome=BLANK),
    *rows("all below a total was asked for, but a flag says more", COUNTED, full(total=20),
          *[empty(total=20, has_more=True)] * 5, outcome=BLANK),
]
SAME_CURSOR = [
    row("an empty page with the cursor that was sent", CURSOR, full(next_cursor="c"),
        empty(next_cursor="c"), outcome=Ends("whose cursor is the one that was sent")),
    row("an empty page with another cursor", CURSOR, full(next_cursor="c"),
        empty(next_cursor="d"), outcome=BLANK),
    row("an empty page with the cursor that was sent, and a flag says more", CURSOR,
        full(next_cursor="c"), empty(next_cursor="c", has_more=True), outcome=BLANK),
    row("a page with records and the cursor that was sent", CURSOR, full(next_cursor="c"),
        full(next_cursor="c"), outcome=CONTINUES),
]
SHORT_PAGE = [
    *rows("a short page, and shortPageEnds", COUNTED, short(), short_page_ends=True,
          outcome=Ends("a page of 7 records, and shortPageEnds is true")),
    *rows("a full page, and shortPageEnds", COUNTED, full(), short_page_ends=True,
          outcome=CONTINUES),
    *rows("a short page, and shortPageEnds, but a total says more", COUNTED, short(total=99),
          short_page_ends=True, outcome=CONTINUES),
    row("a short page with a cursor, and shortPageEnds",
        settings("cursor", short_page_ends=True), short(next_cursor="c"), outcome=CONTINUES),
    *rows("a short page", COUNTED, full(), short(), outcome=CONTINUES),
    row("a short page with a cursor", CURSOR, short(next_cursor="c"), outcome=CONTINUES),
]
REFUSED = [
    *rows("after a short page", COUNTED, short(), outcome=Ends("the last is refused")),
    *rows("after a full page", COUNTED, full(), full(), outcome=raises()),
    *rows("after a total was reached", COUNTED, full(total=20), full(total=20),
          outcome=Ends("the last is refused")),
    *rows("after the number of pages was reached", COUNTED, full(total_pages=2), full(),
          outcome=Ends("the last is refused")),
    *rows("after the number of pages was reached, below a total", COUNTED,
          full(total_pages=2, total=25), full(total_pages=2, total=25),
          outcome=Ends("the last is refused", "20 of 25 records")),
    *rows("after a full page whose link is gone", COUNTED, full(LINK), full(),
          outcome=Ends("the last is refused")),
    *rows("after a full page whose link is null now", COUNTED, full(next=NEXT), full(next=None),
          outcome=Ends("the last is refused")),
    *rows("after a full page whose link was always null", COUNTED, full(next=None),
          full(next=None), outcome=raises()),
    *rows("after an empty page, and all below a total was asked for", COUNTED, full(total=20),
          empty(total=20), outcome=Ends("the last is refused", "10 of 20 records")),
    *rows("after a short page, below a total", COUNTED, short(total=30), outcome=raises()),
    *rows("after a short page, below a named total", COUNTED, full(n=20), short(n=20),
          total_path="n", outcome=raises()),
    *rows("after pages that were short, below a total that positions do not reach", "offset",
          full(total=28), Response(3, {"total": 28}), Response(3, {"total": 28}),
          outcome=raises()),
    *rows("after pages that were short, below a total that pages reach", "page",
          full(total=28), Response(3, {"total": 28}), Response(3, {"total": 28}),
          outcome=Ends("the last is refused", "16 of 28 records")),
    *rows("after a short page without a sign", FOLLOWED, short(), outcome=raises()),
    *rows("after a short page, but a flag says more", COUNTED, short(has_more=True),
          outcome=raises()),
    *rows("after a short page with a link", COUNTED, short(LINK), outcome=raises()),
    *rows("after a short page that is followed", FOLLOWED,
          short(LINK, **{"@odata.nextLink": NEXT}, next_cursor="c"), outcome=raises()),
]
# fmt: on

TABLE = ("config", "responses", "outcome")
PROOFS = [
    *NAMED_FLAG,
    *NAMED_COUNT,
    *NOTHING_TO_FOLLOW,
    *RECOGNISED_FLAG,
    *RECOGNISED_COUNT,
    *EMPTY_PAGE,
    *HIDDEN_RECORDS,
    *SAME_CURSOR,
    *SHORT_PAGE,
]


@pytest.mark.parametrize(TABLE, PROOFS)
def test_proofs(
    config: PaginationSettings, responses: Sequence[Response], outcome: Outcome
) -> None:
    assert_decided(config, responses, outcome)


@pytest.mark.parametrize(TABLE, REFUSED)
def test_a_refused_page(
    config: PaginationSettings, responses: Sequence[Response], outcome: Outcome
) -> None:
    end = after_refusal(listed(config, *responses), build_paginator(config))
    if isinstance(outcome, Ends):
        assert end is not None
        assert_end(end, outcome)
    else:
        assert end is None


@pytest.mark.parametrize(("size", "ends"), [("50", True), ("20", False), ("5", False)])
def test_a_page_is_short_of_the_size_that_the_resource_asks_for(size: str, ends: bool) -> None:
    config = settings("offset", page_size=100, short_page_ends=True)
    page = listed(config, Response(20, {}), request=PageRequest(URL, (("limit", size),)))
    assert isinstance(decide(page, build_paginator(config)), End) is ends


@pytest.mark.parametrize(
    "size", [10, 15, 20, 25, 30, 40, 50, 60, 75, 100, 150, 200, 250, 500, 1000, 2000, 5000]
)
def test_a_total_that_is_a_usual_page_size_proves_nothing_on_the_first_page(size: int) -> None:
    config = settings("offset", page_size=10_000)
    assert_decided(config, [Response(size, {"total": size})], CONTINUES)
    more = next(one for one in range(size + 1, 10_000) if one not in USUAL_SIZES)
    assert_decided(config, [Response(more, {"total": more})], Ends("the total is reached"))


def test_a_last_page_that_is_served_again_ends_only_where_no_sign_says_more() -> None:
    def after(*responses: Response) -> bool:
        return after_repetition(listed(PAGE, *responses), build_paginator(PAGE)) is not None

    assert after(full(), short(), short())
    assert not after(full(), short(), short(has_more=True))
    assert not after(full(), short(), short(total=90))
