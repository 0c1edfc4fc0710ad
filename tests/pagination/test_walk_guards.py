"""The guards of the loop: listings that overlap, change their shape, go round or shrink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pagination import PageRequest
from records import Shape
from settings.model import Location
from tests.support.readings import blank, failed, part, read, whole
from tests.support.strategy_pages import URL, Response, settings

OFFSET, PAGE, CURSOR = settings("offset"), settings("page"), settings("cursor")


async def test_a_record_that_the_page_before_ended_with_is_counted_once() -> None:
    """Offsets that count from 1, for example."""
    pages = part(0, 10), part(9, 19), part(18, 23), blank()
    reading = await read(OFFSET, *pages)
    assert reading.asked("offset") == ["0", "10", "19", "23"]
    assert [page.progress.overlap for page in reading.pages] == [0, 1, 1, 0]
    assert set(reading.items) == set(range(23))
    assert len(reading.ends) == 1
    several = await read(OFFSET, part(0, 10), part(7, 12), blank())
    assert [page.progress.overlap for page in several.pages] == [0, 3, 0]
    assert several.pages[-1].progress.records == 12
    total = await read(replace(OFFSET, total_path="n"), part(0, 10, n=19), part(9, 19, n=19))
    assert "the total is reached" in total.ends[0].evidence


@pytest.mark.parametrize("type_", ["offset", "page", "cursor"])
async def test_what_is_no_array_any_more_is_an_error(type_: str) -> None:
    first = part(0, 10, next_cursor="a")
    thing = Response([{"id": 1}], {}, shape=Shape.OBJECT)
    failed(await read(settings(type_), first, thing), 10, "page 2 is an object")
    null = Response([], None, shape=Shape.NULL)
    failed(await read(settings(type_), first, null), 10, "page 2 is null")


async def test_what_is_no_array_any_more_when_an_empty_page_is_asked_for_again() -> None:
    thing = Response([{"id": 1}], {}, shape=Shape.OBJECT)
    null = Response([], None, shape=Shape.NULL)
    for other, named in ((thing, "page 2 is an object"), (null, "page 2 is null")):
        reading = await read(PAGE, part(0, 10), blank(has_more=True), other, blank())
        failed(reading, 10, named)


async def test_a_status_that_is_ignored_ends_a_listing_where_no_more_was_promised() -> None:
    nothing = Response(ignored=404)
    whole(await read(PAGE, nothing), 0, "status 404 means that there is nothing here")
    whole(await read(PAGE, part(0, 10), nothing), 10, "status 404 means")
    for promised in ({"has_more": True}, {"total": 30}):
        reading = await read(PAGE, part(0, 10, **promised), nothing)
        failed(reading, 10, "page 2 answered 404, although the page before says")


async def test_a_page_that_contradicts_itself_is_handed_on_before_the_error() -> None:
    config = replace(OFFSET, total_path="n", has_more_path="more")
    first, second = part(0, 10, n=30, more=True), part(10, 20, n=30, more=False)
    failed(await read(config, first, second), 20, "hasMorePath 'more' (false)", "totalPath 'n'")
    named = replace(OFFSET, total_path="n")
    failed(await read(named, part(0, 10, n="many")), 10, "totalPath 'n' leads to 'many'")


@pytest.mark.parametrize("cursors", ["a", "ab", "abc"])
async def test_cursors_that_go_round_are_an_error(cursors: str) -> None:
    pages = [part(n, n + 1, next_cursor=cursors[n % len(cursors)]) for n in range(9)]
    failed(await read(CURSOR, *pages), len(cursors) + 1, "read already", "cursorPath")


async def test_the_same_position_in_a_body_is_an_error() -> None:
    config = replace(CURSOR, location=Location.BODY, param="page.after", size_param="")
    pages = [part(n, n + 1, next_cursor="ab"[n % 2]) for n in range(5)]
    reading = await read(config, *pages, request=PageRequest(URL, body={}))
    failed(reading, 3, "read already")


async def test_the_loop_stops_after_most_pages_without_an_end() -> None:
    reading = await read(PAGE, part(0, 10), part(10, 20), most_pages=2)
    assert (reading.error, reading.ends, reading.items) == (None, [], list(range(20)))
    assert reading.asked("page") == ["1", "2"]
    step = reading.pages[-1].step
    assert isinstance(step, PageRequest) and step.param("page") == "3"
    whole(await read(PAGE, part(0, 7, total=7), most_pages=1), 7, "the total is reached")
    wrong = await read(settings("none"), part(0, 10, has_more=True), most_pages=1)
    failed(wrong, 10, "has_more (true)")


@pytest.mark.parametrize(
    ("totals", "restarts"),
    [
        ((9, None, 8), 2),
        ((9, 9, 9), 0),
        ((9, None, 0), 0),
        ((8, 9, 9), 0),
        ((3, 3, 3), 0),
    ],
)
async def test_a_total_that_shrinks_between_any_two_pages(
    totals: Sequence[int | None], restarts: int
) -> None:
    def page(start: int, total: int | None) -> Response:
        return part(start, start + 3, **({} if total is None else {"total": total}))

    pages = [page(3 * number, total) for number, total in enumerate(totals)]
    reading = await read(replace(OFFSET, page_size=3), *[*pages, blank()] * (restarts + 1))
    assert reading.restarts == restarts
    assert reading.error is None
    assert ("removed from the listing" in (reading.ends[0].warning or "")) == bool(restarts)


async def test_a_total_that_is_the_size_of_each_page_does_not_shrink() -> None:
    pages = part(0, 3, total=3), part(3, 6, total=3), part(6, 8, total=2), blank(total=0)
    reading = await read(replace(OFFSET, page_size=3), *pages)
    whole(reading, 8, "an empty page")
    assert reading.restarts == 0


async def test_pages_of_one_record_may_be_alike() -> None:
    config = replace(OFFSET, page_size=1)
    reading = await read(config, part(0, 1), part(1, 2), part(0, 1), blank())
    assert (reading.error, reading.items) == (None, [0, 1, 0])


async def test_a_named_total_that_shrinks_in_each_reading_is_an_error() -> None:
    config = replace(OFFSET, page_size=3, total_path="total")
    pages = part(0, 3, total=9), part(3, 6, total=8), part(6, 8, total=8)
    reading = await read(config, *pages * 3)
    assert reading.restarts == 2
    assert reading.ends == []
    assert "removed from the listing in each of 3 readings" in str(reading.error)


async def test_a_first_cursor_of_0_is_followed() -> None:
    for zero in (0, "0"):
        pages = part(0, 10, next_cursor=zero), part(10, 20, next_cursor=1), part(20, 23)
        reading = await read(CURSOR, *pages)
        whole(reading, 23, "no next cursor")
        assert reading.asked("cursor") == [None, "0", "1"]


async def test_a_cursor_of_0_that_leads_back_is_the_end_where_half_of_it_leads_elsewhere() -> None:
    first, again = part(0, 8, next_cursor=0), part(0, 8, next_cursor=0)
    reading = await read(CURSOR, first, again, part(0, 4, next_cursor=4))
    whole(reading, 8, "a cursor of 0 leads back to the first page")
    assert reading.asked("limit") == ["10", "10", "4"]
    for other in (part(0, 4, next_cursor=0), part(0, 4), Response(refused=RuntimeError("no"))):
        reading = await read(CURSOR, first, again, other)
        failed(reading, 8, "the API seems to ignore paginationParam 'cursor'")
    alone = part(0, 1, next_cursor=0)
    failed(await read(CURSOR, alone, alone), 1, "the API seems to ignore")
