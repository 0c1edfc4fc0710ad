"""The loop: the same items in the same order as a sequential reading, and every guard."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import Any

import pytest

from errors import PaginationError
from pagination import End, Page, PageRequest, PageSizes, build_paginator, walk
from settings.model import Location

MakeApi = Any


@pytest.mark.parametrize("type_", ["offset", "page", "cursor"])
@pytest.mark.parametrize("seed", range(60))
async def test_any_listing_is_read_whole_in_order_and_without_waste(
    memory_api: MakeApi, type_: str, seed: int
) -> None:
    chance = random.Random(seed)
    shape: dict[str, Any] = {
        "size": chance.randint(0, 60),
        "type": type_,
        "page_size": chance.randint(1, 10),
        "cap": chance.choice([1000, chance.randint(1, 10)]),
        "has_more": chance.random() < 0.4,
        "total": chance.random() < 0.4,
    }
    permits = chance.randint(1, 8)
    sequential = memory_api(**shape)
    expected = await sequential.read(permits=1)
    assert expected == list(range(shape["size"]))
    api = memory_api(**shape, delays=random.Random(seed))
    assert await api.read(permits=permits) == expected
    assert api.most_in_flight <= permits
    assert len(api.asked) <= len(sequential.asked) + permits - 1
    assert len(api.asked) == len(set(api.asked))
    assert len(api.ends) == 1


async def test_one_permit_sends_nothing_that_a_sequential_reader_would_not(
    memory_api: MakeApi,
) -> None:
    api = memory_api(size=23, delays=random.Random(1))
    await api.read(permits=1)
    assert api.asked == [0, 5, 10, 15, 20]
    assert api.most_in_flight == 1


async def test_with_a_total_no_page_too_many_is_asked(memory_api: MakeApi) -> None:
    api = memory_api(size=50, total=True, delays=random.Random(1))
    await api.read(permits=8)
    assert sorted(api.asked) == list(range(0, 50, 5))
    assert api.most_in_flight == 8


async def test_the_window_doubles_round_by_round(memory_api: MakeApi) -> None:
    api = memory_api(size=500)
    began: list[tuple[int, int]] = []
    plain = api.fetch

    async def fetch(request: PageRequest, known: Any = None) -> Page:
        began.append((api.in_flight, 0))
        page: Page = await plain(request, known)
        return page

    api.fetch = fetch
    await api.read(permits=4)
    assert api.most_in_flight == 4
    assert [in_flight for in_flight, _ in began[:4]] == [0, 0, 0, 1]


async def test_a_busy_api_is_asked_for_less_at_a_time(memory_api: MakeApi) -> None:
    async def most_at_the_end(throttle_at: int | None) -> int:
        api = memory_api(size=400, throttle_at=throttle_at)
        most = 0
        plain = api.fetch

        async def fetch(request: PageRequest, known: Any = None) -> Page:
            nonlocal most
            page: Page = await plain(request, known)
            if api.asked[-1] > 300:
                most = max(most, api.in_flight + 1)
            return page

        api.fetch = fetch
        assert await api.read(permits=8) == list(range(400))
        return most

    assert await most_at_the_end(None) >= 6
    assert await most_at_the_end(200) <= 2


@pytest.mark.parametrize("type_", ["offset", "page", "cursor"])
async def test_a_failed_page_is_raised_after_what_came_before_it(
    memory_api: MakeApi, type_: str
) -> None:
    api = memory_api(size=60, type=type_, fail_at=30, delays=random.Random(2))
    items: list[int] = []
    with pytest.raises(RuntimeError, match="failed at 30"):
        await _read_into(items, api, permits=6)
    assert items == list(range(30))
    assert api.in_flight == 0


async def test_a_failed_page_beyond_the_end_is_nobody_s_failure(memory_api: MakeApi) -> None:
    api = memory_api(size=38, has_more=True, fail_at=40)
    beyond, plain = asyncio.Event(), api.fetch

    async def fetch(request: PageRequest, known: Any = None) -> Page:
        start = int(request.param("offset") or 0)
        if start >= 40:
            beyond.set()
        if start == 35:
            await beyond.wait()
            await asyncio.sleep(0.01)
        page: Page = await plain(request, known)
        return page

    api.fetch = fetch
    assert await asyncio.wait_for(api.read(permits=8), 5) == list(range(38))
    assert max(api.asked) >= 40


async def test_a_reader_that_goes_away_ends_what_is_on_its_way(memory_api: MakeApi) -> None:
    api = memory_api(size=200)
    items: list[int] = []
    reading = asyncio.create_task(_read_into(items, api, permits=8))
    while len(items) < 60:
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert api.in_flight == 0
    assert len(items) < 200


@pytest.mark.parametrize("type_", ["offset", "page", "cursor"])
@pytest.mark.parametrize("permits", [1, 6])
async def test_an_ignored_position_is_named(memory_api: MakeApi, type_: str, permits: int) -> None:
    api = memory_api(size=60, type=type_, ignore_position=True)
    with pytest.raises(PaginationError, match=f"ignore paginationParam '{type_}'"):
        await api.read(permits=permits)


async def test_an_endpoint_that_does_not_paginate_ends_with_a_warning(
    memory_api: MakeApi,
) -> None:
    api = memory_api(size=3, ignore_position=True)
    assert await api.read(permits=4) == [0, 1, 2]
    assert "does not paginate" in (api.ends[0].warning or "")


async def test_the_same_page_below_a_total_is_an_error(memory_api: MakeApi) -> None:
    api = memory_api(size=3, ignore_position=True, total=True)
    api.size, plain = 3, api.fetch

    async def fetch(request: PageRequest, known: Any = None) -> Page:
        page: Page = await plain(request, known)
        page.body["total"] = 5
        return page

    api.fetch = fetch
    with pytest.raises(PaginationError, match="the same 3 items"):
        await api.read(permits=2)


@pytest.mark.parametrize("cursors", [["a"], ["a", "b"], ["a", "b", "c"]])
async def test_cursors_that_go_round_raise(memory_api: MakeApi, cursors: list[str]) -> None:
    api = memory_api(size=0, type="cursor")
    count = 0

    async def fetch(request: PageRequest, known: Any = None) -> Page:
        nonlocal count
        count += 1
        body = {"next_cursor": cursors[(count - 1) % len(cursors)]}
        return Page(request, items=[count], body=body, url=request.url)

    api.fetch = fetch
    with pytest.raises(PaginationError, match="read already"):
        await api.read(permits=3)
    assert count <= len(cursors) + 2


async def test_a_listing_longer_than_max_pages_raises_after_that_many(
    memory_api: MakeApi,
) -> None:
    api = memory_api(size=100)
    items: list[int] = []
    with pytest.raises(PaginationError, match=r"longer than maxPages \(4\)"):
        await _read_into(items, api, permits=2, max_pages=4)
    assert items == list(range(20))
    assert await memory_api(size=20, total=True).read(permits=2, max_pages=4) == list(range(20))


async def test_listings_of_one_template_share_what_they_saw(memory_api: MakeApi) -> None:
    sizes = PageSizes()
    alone = memory_api(size=3)
    await alone.read(permits=1, sizes=sizes)
    assert alone.asked == [0, 3]
    await memory_api(size=5).read(permits=1, sizes=sizes)
    after = memory_api(size=3)
    assert await after.read(permits=1, sizes=sizes) == [0, 1, 2]
    assert after.asked == [0]


async def test_pages_of_another_endpoint_say_nothing_of_this_one_s(memory_api: MakeApi) -> None:
    """A page shorter than others of its endpoint ends a listing; another's may just be capped."""
    sizes = PageSizes()
    await memory_api(30, page_size=10).read(4, sizes, template="a")
    capped = memory_api(20, page_size=10, cap=5)
    assert await capped.read(4, sizes, template="b") == list(range(20))


@pytest.mark.parametrize("type_", ["offset", "cursor"])
async def test_positions_in_a_body_are_told_from_each_other(
    memory_api: MakeApi, type_: str
) -> None:
    api = memory_api(60, type=type_)
    assert await api.read(8, location=Location.BODY) == list(range(60))
    assert len(api.asked) == len(set(api.asked))


@pytest.mark.parametrize("permits", [1, 4])
@pytest.mark.parametrize("kind", ["offset", "page"])
@pytest.mark.parametrize("at", [2, 3, 4])
async def test_a_listing_that_shrinks_is_read_again(
    memory_api: MakeApi, kind: str, at: int, permits: int
) -> None:
    api = memory_api(size=18, type=kind, total=True, remove_at=(at,))
    items = await api.read(permits=permits)
    assert set(items) >= set(range(1, 18))
    assert api.restarts == 1
    assert [end.warning for end in api.ends] == [None]


async def test_a_listing_that_shrinks_every_time_is_an_error_where_the_total_is_named(
    memory_api: MakeApi,
) -> None:
    often = tuple(range(2, 20, 2))
    guessed = memory_api(size=25, total=True, remove_at=often)
    await guessed.read(permits=1)
    assert "removed from the listing in each of 3 readings" in str(guessed.ends[0].warning)
    named = memory_api(size=25, total=True, remove_at=often)
    with pytest.raises(PaginationError, match="in each of 3 readings"):
        await named.read(permits=1, total_path="total")


@pytest.mark.parametrize(("kind", "removed"), [("cursor", 1), ("offset", -1)])
async def test_no_other_change_is_a_reason_to_read_again(
    memory_api: MakeApi, kind: str, removed: int
) -> None:
    """A cursor names an item, not a number of items; and what is new comes with the next resync."""
    api = memory_api(size=18, type=kind, total=True, remove_at=(2,), removes=removed)
    await api.read(permits=1)
    assert api.restarts == 0


async def _read_into(items: list[int], api: Any, permits: int, **more: Any) -> None:
    ends: list[End] = []
    pages = walk(
        build_paginator(api.settings(**more)),
        PageRequest("https://api.example.com/items"),
        api.fetch,
        permits=permits,
        sizes=PageSizes(),
        template="items",
        on_end=ends.append,
        on_restart=api.restart,
    )
    try:
        async for page in pages:
            items += page.items
    finally:
        await pages.aclose()


@pytest.mark.parametrize("type_", ["cursor", "next_link", "header_link"])
async def test_the_next_page_is_asked_for_before_the_items_are_found(
    memory_api: MakeApi, type_: str
) -> None:
    """The items of a page are not found here until the next page was asked for."""
    api = memory_api(size=20, type=type_)
    plain = api.fetch

    async def fetch(request: PageRequest, known: Any = None) -> Page:
        page: Page = await plain(request, known)
        number = len(api.asked)
        known(replace(page, items=[], records=range(1)))
        async with asyncio.timeout(5):
            while len(api.asked) == number < 4:
                await asyncio.sleep(0.001)
        return page

    api.fetch = fetch
    assert await api.read(permits=4) == list(range(20))
    assert api.asked == [0, 5, 10, 15]


async def test_what_was_anticipated_wrongly_costs_a_request_and_no_item(
    memory_api: MakeApi,
) -> None:
    """Its items turn out to be none, though a cursor follows and there is more."""
    api = memory_api(size=20, type="cursor", has_more=True)
    plain = api.fetch

    async def fetch(request: PageRequest, known: Any = None) -> Page:
        page: Page = await plain(request, known)
        known(replace(page, items=[], records=range(1)))
        await asyncio.sleep(0.01)
        return replace(page, items=[]) if len(api.asked) > 3 else page

    api.fetch = fetch
    items: list[int] = []
    with pytest.raises(PaginationError, match="is empty"):
        await _read_into(items, api, permits=4)
    assert items == list(range(10))
    assert api.in_flight == 0
