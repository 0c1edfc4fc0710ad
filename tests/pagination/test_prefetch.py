"""Fetching ahead: what is asked for before it is needed, and what that costs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from errors import PaginationError
from pagination import Page, PageRequest, records_of
from tests.support.memory_api import MemoryApi

MakeApi = type[MemoryApi]


@pytest.mark.parametrize("named", [False, True])
async def test_a_total_is_a_hint_for_what_to_fetch(memory_api: MakeApi, named: bool) -> None:
    """A named one proves the end; after a recognised one on a full page, one more request does."""
    api = memory_api(size=50, total=True, delays=random.Random(1))
    await api.read(permits=8, total_path="total" if named else None)
    assert sorted(api.asked) == list(range(0, 50 if named else 55, 5))
    assert api.most_in_flight == 8


@pytest.mark.parametrize("total", [3, 30, 10**9])
async def test_a_total_that_lies_costs_requests_and_no_item(
    memory_api: MakeApi, total: int
) -> None:
    api = memory_api(size=50)
    fetch = api.fetch

    async def lying(request: PageRequest, known: Callable[[Page], None]) -> Page:
        page = await fetch(request, known)
        return replace(page, body={"total": total})

    api.fetch = lying  # type: ignore[method-assign]
    items: list[int] = []
    if total < 50:
        await api.read(6, items)
    else:
        with pytest.raises(PaginationError, match="pages in a row are empty"):
            await api.read(6, items)
    assert items == list(range(50))


async def test_the_window_doubles_round_by_round(memory_api: MakeApi) -> None:
    api = memory_api(size=500)
    in_flight: list[int] = []
    fetch = api.fetch

    async def watched(request: PageRequest, known: Callable[[Page], None]) -> Page:
        in_flight.append(api.in_flight)
        return await fetch(request, known)

    api.fetch = watched  # type: ignore[method-assign]
    await api.read(permits=4)
    assert api.most_in_flight == 4
    assert in_flight[:4] == [0, 0, 0, 1]


async def test_a_busy_api_is_asked_for_less_at_a_time(memory_api: MakeApi) -> None:
    async def most_at_the_end(throttle_at: int | None) -> int:
        api = memory_api(size=400, throttle_at=throttle_at)
        most = 0
        fetch = api.fetch

        async def watched(request: PageRequest, known: Callable[[Page], None]) -> Page:
            nonlocal most
            page = await fetch(request, known)
            if api.asked[-1] > 300:
                most = max(most, api.in_flight + 1)
            return page

        api.fetch = watched  # type: ignore[method-assign]
        assert await api.read(permits=8) == list(range(400))
        return most

    assert await most_at_the_end(None) >= 6
    assert await most_at_the_end(200) <= 2


async def test_a_failed_page_beyond_the_end_is_nobody_s_failure(memory_api: MakeApi) -> None:
    api = memory_api(size=38, has_more=True, fail_at=40)
    beyond, fetch = asyncio.Event(), api.fetch

    async def watched(request: PageRequest, known: Callable[[Page], None]) -> Page:
        start = int(request.param("offset") or 0)
        if start >= 40:
            beyond.set()
        if start == 35:
            await beyond.wait()
            await asyncio.sleep(0.01)
        return await fetch(request, known)

    api.fetch = watched  # type: ignore[method-assign]
    assert await asyncio.wait_for(api.read(permits=8), 5) == list(range(38))
    assert max(api.asked) >= 40


@pytest.mark.parametrize("type_", ["cursor", "next_link", "header_link"])
async def test_the_next_page_is_asked_for_before_the_items_are_found(
    memory_api: MakeApi, type_: str
) -> None:
    """The items of a page are not found here until the next page was asked for."""
    api = memory_api(size=20, type=type_)
    fetch = api.fetch

    async def slow(request: PageRequest, known: Callable[[Page], None]) -> Page:
        page = await fetch(request, known)
        number = len(api.asked)
        known(replace(page, items=[], records=replace(page.records, count=None)))
        async with asyncio.timeout(5):
            while len(api.asked) == number < 4:
                await asyncio.sleep(0.001)
        return page

    api.fetch = slow  # type: ignore[method-assign]
    assert await api.read(permits=4) == list(range(20))
    assert api.asked == [0, 5, 10, 15]


async def test_what_was_anticipated_wrongly_costs_requests_and_no_item(
    memory_api: MakeApi,
) -> None:
    """Pages turn out to be empty, though a cursor follows and there is more."""
    api = memory_api(size=200, type="cursor", has_more=True)
    fetch = api.fetch

    async def slow(request: PageRequest, known: Callable[[Page], None]) -> Page:
        page = await fetch(request, known)
        known(replace(page, items=[], records=replace(page.records, count=None)))
        await asyncio.sleep(0.001)
        return replace(page, items=[], records=records_of([])) if api.asked[-1] >= 10 else page

    api.fetch = slow  # type: ignore[method-assign]
    items: list[int] = []
    with pytest.raises(PaginationError, match="21 pages in a row are empty"):
        await api.read(4, items)
    assert items == list(range(10))
    assert api.in_flight == 0


@pytest.mark.parametrize("total", [False, True])
async def test_pages_of_uneven_sizes_are_not_fetched_ahead_in_vain(
    memory_api: MakeApi, total: bool
) -> None:
    """By offset, each page is where the one before ends, which nobody knows in advance."""
    ends = {start: min(start + 4 + start // 7 % 3, 400) for start in range(400)}
    api = memory_api(size=400, page_size=6)

    async def uneven(request: PageRequest, known: Callable[[Page], None]) -> Page:
        start = int(request.param("offset") or 0)
        api.asked.append(start)
        await asyncio.sleep(0)
        end = ends.get(start, 400)
        items = list(range(start, end))
        body = {"has_more": end < 400, **({"total": 400} if total else {})}
        return Page(request, items, records_of(items, level=()), body)

    api.fetch = uneven  # type: ignore[method-assign]
    assert await api.read(permits=10) == list(range(400))
    pages = [0]
    while ends[pages[-1]] < 400:
        pages.append(ends[pages[-1]])
    assert len(api.asked) <= 2 * len(pages)
