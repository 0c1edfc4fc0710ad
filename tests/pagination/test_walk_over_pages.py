"""The loop over empty, repeated, refused and full pages: what it costs, and how it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pagination import PageRequest
from settings.model import Location, PaginationSettings
from tests.support.readings import blank, failed, part, read, whole
from tests.support.strategy_pages import LINK, NEXT, URL, Response, settings

OFFSET, PAGE, CURSOR = settings("offset"), settings("page"), settings("cursor")
REFUSED = Response(refused=RuntimeError("status 404"))


async def test_an_empty_page_that_promises_more_is_asked_for_twice_and_read_over() -> None:
    more = {"has_more": True}
    pages = part(0, 10, **more), blank(**more), blank(**more), part(10, 20, has_more=False)
    by_offset = await read(OFFSET, *pages)
    whole(by_offset, 20, "has_more (false)")
    assert by_offset.asked("offset") == ["0", "10", "10", "20"]
    assert by_offset.forgotten == 1
    by_page = await read(PAGE, *pages)
    whole(by_page, 20, "has_more (false)")
    assert by_page.asked("page") == ["1", "2", "2", "3"]


async def test_an_empty_page_with_a_cursor_or_link_is_asked_for_twice_and_read_over() -> None:
    by_cursor = await read(
        CURSOR,
        part(0, 10, next_cursor="a"),
        *[blank(next_cursor="b")] * 2,
        part(10, 20, next_cursor=None),
    )
    whole(by_cursor, 20, "no next cursor")
    assert by_cursor.asked("cursor") == [None, "a", "a", "b"]
    by_link = await read(
        settings("header_link"),
        part(0, 10, LINK),
        *[part(0, 0, {"link": "<?page=3>; rel=next"})] * 2,
        part(10, 20),
    )
    whole(by_link, 20, "no link")
    assert [one.url for one in by_link.requests] == [URL, NEXT, NEXT, f"{URL}?page=3"]


async def test_an_empty_page_may_hold_records_when_it_is_asked_for_again() -> None:
    reading = await read(
        OFFSET, part(0, 10, total=20), blank(total=20), part(10, 20, total=20), blank(total=20)
    )
    whole(reading, 20, "the total is reached")
    assert reading.asked("offset") == ["0", "10", "10", "20"]


async def test_an_empty_page_may_promise_nothing_when_it_is_asked_for_again() -> None:
    whole(await read(PAGE, part(0, 10), blank(has_more=True), blank()), 10, "an empty page")


async def test_an_empty_page_that_is_refused_when_it_is_asked_for_again_is_an_error() -> None:
    failed(await read(PAGE, part(0, 10), blank(has_more=True), REFUSED), 10, "status 404")


async def test_an_empty_page_that_promises_nothing_is_asked_for_once() -> None:
    reading = await read(PAGE, part(0, 10), part(10, 13), blank())
    whole(reading, 13, "an empty page")
    assert reading.asked("page") == ["1", "2", "3"]
    assert reading.forgotten == 0


@pytest.mark.parametrize(("blanks", "fails"), [(20, False), (21, True)])
async def test_at_most_20_empty_pages_in_a_row_are_read_over(blanks: int, fails: bool) -> None:
    pages = [blank(has_more=True)] * (2 * blanks)
    reading = await read(PAGE, part(0, 10, has_more=True), *pages, part(10, 12, has_more=False))
    if fails:
        failed(reading, 10, "has_more (true)", "21 pages in a row are empty")
    else:
        whole(reading, 12, "has_more (false)")


async def test_records_that_a_total_counts_but_nobody_sees_are_a_warning() -> None:
    """It takes three empty pages, and each but the last is asked for twice."""
    pages = part(0, 10, total=25), part(10, 18, total=25), *[blank(total=25)] * 5
    reading = await read(PAGE, *pages)
    whole(reading, 18, "every position below the total was asked for")
    assert "18 of 25 records were read" in (reading.ends[0].warning or "")
    named = await read(replace(PAGE, total_path="total"), *pages)
    failed(named, 18, "18 of 25 records were read", "totalPath")


async def test_a_last_page_that_is_served_for_any_page_after_it_ends_when_it_comes_twice() -> None:
    last = part(10, 18)
    reading = await read(PAGE, part(0, 10), last, last, last)
    whole(reading, 18, "the last page is served again")
    assert reading.asked("page") == ["1", "2", "3", "4"]


async def test_by_offset_the_page_behind_the_last_is_asked_for_further_on() -> None:
    """A step of a page would still be inside of a page that holds what cannot be seen."""
    last = part(10, 18)
    reading = await read(OFFSET, part(0, 10), last, last, last)
    whole(reading, 18, "the last page is served again")
    assert reading.asked("offset") == ["0", "10", "18", "1028"]


async def test_a_page_that_comes_again_in_the_middle_is_an_error() -> None:
    again = part(10, 20)
    reading = await read(PAGE, part(0, 10), again, again, part(20, 30))
    failed(reading, 20, "may have served a page from a cache", "paginationParam 'page'")


async def test_a_page_that_comes_again_and_promises_more_is_an_error() -> None:
    for body in ({"has_more": True}, {"total": 90}, {"next": NEXT}):
        again = part(10, 20, **body)
        reading = await read(PAGE, part(0, 10, **body), again, again)
        failed(reading, 20, "page 3 holds the same 10 records as the page before")


@pytest.mark.parametrize("type_", ["offset", "page"])
async def test_a_position_that_is_ignored_is_named(type_: str) -> None:
    for first in (part(0, 10), part(0, 3)):
        reading = await read(settings(type_), first, first)
        failed(reading, len(first.page(PageRequest(URL)).items), "paginationParam", repr(type_))


async def test_an_empty_page_is_not_unlike_the_pages_around_it() -> None:
    pages = blank(has_more=True), blank(has_more=True), part(0, 10), part(0, 10)
    failed(await read(PAGE, *pages), 10, "seems to ignore paginationParam 'page'")


async def test_a_cursor_that_leads_to_the_page_before_is_an_error() -> None:
    reading = await read(
        CURSOR, part(0, 10, next_cursor="a"), part(10, 20, next_cursor="b"),
        part(10, 20, next_cursor="c"),
    )  # fmt: skip
    failed(reading, 20, "page 3 holds the same 10 records as the page before")


async def test_a_listing_that_begins_anew_behind_its_end_is_an_error() -> None:
    reading = await read(PAGE, part(0, 10), part(10, 18), part(0, 10))
    failed(reading, 18, "the same records as an earlier page", "shortPageEnds")


@pytest.mark.parametrize("config", [OFFSET, PAGE])
async def test_a_page_that_is_refused_behind_the_end_ends(config: PaginationSettings) -> None:
    whole(await read(config, part(0, 10), part(10, 13), REFUSED), 13, "is refused")
    total = await read(config, part(0, 10, total=20), part(10, 20, total=20), REFUSED)
    whole(total, 20, "is refused")
    told_once = await read(config, part(0, 10, meta={"totalPages": 2}), part(10, 20), REFUSED)
    whole(told_once, 20, "is refused")


@pytest.mark.parametrize("config", [OFFSET, PAGE])
async def test_a_page_that_is_refused_anywhere_else_is_an_error(config: PaginationSettings) -> None:
    failed(await read(config, REFUSED), 0, "status 404")
    failed(await read(config, part(0, 10), part(10, 20), REFUSED), 20, "status 404")
    failed(await read(config, part(0, 8, has_more=True), REFUSED), 8, "status 404")
    failed(await read(config, part(0, 8, total=30), REFUSED), 8, "status 404")


async def test_a_refused_page_is_an_error_where_it_was_followed() -> None:
    failed(await read(CURSOR, part(0, 8, next_cursor="a"), REFUSED), 8, "status 404")


@pytest.mark.parametrize(
    ("config", "half"),
    [
        (CURSOR, part(0, 5, next_cursor="a")),
        (settings("next_link", next_link_path="n", size_param="limit"), part(0, 5, n="?page=2")),
        (settings("header_link", size_param="limit"), part(0, 5, LINK)),
    ],
)
async def test_a_full_first_page_with_nothing_to_follow_is_asked_for_by_half(
    config: PaginationSettings, half: Response
) -> None:
    reading = await read(config, part(0, 10), half)
    whole(reading, 10, "where half the page size gives one")
    assert reading.asked("limit") == ["10", "5"]
    for wrong in (part(0, 5), part(0, 10), REFUSED):
        setting = {"cursor": "cursorPath", "next_link": "nextLinkPath"}
        named = setting.get(config.type, "headerLinkRel")
        failed(await read(config, part(0, 10), wrong), 10, "nor on a page of half the size", named)


async def test_a_first_page_that_may_be_capped_is_asked_for_by_half_of_what_came() -> None:
    config = replace(CURSOR, page_size=100)
    pages = part(0, 20, next_cursor=None), part(0, 10, next_cursor="a")
    reading = await read(config, *pages)
    whole(reading, 20, "where half the page size gives one")
    assert reading.asked("limit") == ["100", "10"]
    failed(await read(config, part(0, 20), part(0, 10)), 20, "nor on a page of half the size")


async def test_an_api_that_takes_no_notice_of_the_size_is_a_warning_below_the_size_asked() -> None:
    reading = await read(replace(CURSOR, page_size=100), part(0, 20), part(0, 20))
    whole(reading, 20, "no next cursor")
    assert "20 records came in one response, which is a usual" in (reading.ends[0].warning or "")


async def test_a_page_size_in_a_body_is_halved_there() -> None:
    config = replace(CURSOR, location=Location.BODY, param="p.after", size_param="p.first")
    request = PageRequest(URL, body={"q": "x"})
    reading = await read(config, part(0, 10), part(0, 5, next_cursor="a"), request=request)
    whole(reading, 10, "where half the page size gives one")
    assert [one.body for one in reading.requests] == [
        {"q": "x", "p": {"first": 10}},
        {"q": "x", "p": {"first": 5}},
    ]


async def test_a_full_first_page_whose_size_was_not_asked_for_is_an_error() -> None:
    for config in (replace(CURSOR, size_param=""), replace(CURSOR, page_size=1)):
        failed(await read(config, part(0, config.page_size)), config.page_size, "cursorPath")
    sizeless = await read(replace(CURSOR, size_param=""), part(0, 10))
    failed(sizeless, 10, "sizeParam so that the page size is known")
