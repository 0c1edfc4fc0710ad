"""The loop against an API in memory: the same items in the same order as a sequential reading,
however many requests are in flight, and few requests too many."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from errors import PaginationError
from settings.model import Location
from tests.support.memory_api import MemoryApi

MakeApi = type[MemoryApi]
TYPES = ["offset", "page", "cursor", "next_link", "header_link"]


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("seed", range(60))
async def test_any_listing_is_read_whole_in_order_and_without_waste(
    memory_api: MakeApi, type_: str, seed: int
) -> None:
    chance = random.Random(seed)
    shape: dict[str, Any] = {
        "size": chance.randint(0, 60),
        "type": type_,
        "page_size": chance.randint(2, 10),
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
    assert len(api.requests) == len(set(api.requests))
    assert [end.warning for end in api.ends] == [None]


@pytest.mark.parametrize("type_", TYPES)
async def test_half_a_page_shows_that_a_full_first_page_is_all(
    memory_api: MakeApi, type_: str
) -> None:
    """By offset and page the next page shows it."""
    api = memory_api(size=6, type=type_, page_size=6)
    assert await api.read(permits=4) == list(range(6))
    assert len(api.asked) == 2


async def test_one_permit_sends_nothing_that_a_sequential_reader_would_not(
    memory_api: MakeApi,
) -> None:
    api = memory_api(size=23, delays=random.Random(1))
    await api.read(permits=1)
    assert api.asked == [0, 5, 10, 15, 20, 23]
    assert api.most_in_flight == 1


async def test_a_short_page_ends_where_a_setting_says_so(memory_api: MakeApi) -> None:
    api = memory_api(size=23)
    assert await api.read(permits=1, short_page_ends=True) == list(range(23))
    assert api.asked == [0, 5, 10, 15, 20]


@pytest.mark.parametrize("type_", TYPES)
async def test_a_failed_page_is_raised_after_what_came_before_it(
    memory_api: MakeApi, type_: str
) -> None:
    api = memory_api(size=60, type=type_, fail_at=30, delays=random.Random(2))
    items: list[int] = []
    with pytest.raises(RuntimeError, match="failed at 30"):
        await api.read(6, items)
    assert items == list(range(30))
    assert api.in_flight == 0


async def test_a_reader_that_goes_away_ends_what_is_on_its_way(memory_api: MakeApi) -> None:
    api = memory_api(size=200)
    items: list[int] = []
    reading = asyncio.create_task(api.read(8, items))
    while len(items) < 60:
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert api.in_flight == 0
    assert len(items) < 200
    assert api.ends == []


@pytest.mark.parametrize("permits", [1, 6])
@pytest.mark.parametrize(
    ("type_", "size"), [("offset", 60), ("offset", 3), ("page", 60), ("page", 3), ("cursor", 60)]
)
async def test_a_position_that_is_ignored_is_named(
    memory_api: MakeApi, type_: str, permits: int, size: int
) -> None:
    api = memory_api(size=size, type=type_, ignore_position=True)
    with pytest.raises(PaginationError, match=f"ignore paginationParam '{type_}'"):
        await api.read(permits=permits)
    assert api.ends == []


async def test_a_listing_longer_than_max_pages_raises_after_that_many(
    memory_api: MakeApi,
) -> None:
    api = memory_api(size=100)
    items: list[int] = []
    with pytest.raises(PaginationError, match=r"longer than maxPages \(4\)"):
        await api.read(2, items, max_pages=4)
    assert items == list(range(20))
    as_long = memory_api(size=20, total=True)
    assert await as_long.read(permits=2, max_pages=4, total_path="total") == list(range(20))


@pytest.mark.parametrize("type_", ["offset", "cursor"])
async def test_positions_in_a_body_are_told_from_each_other(
    memory_api: MakeApi, type_: str
) -> None:
    """The URL is the same for all of them."""
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
    assert named.ends == []


@pytest.mark.parametrize(("kind", "removed"), [("cursor", 1), ("offset", -1)])
async def test_no_other_change_is_a_reason_to_read_again(
    memory_api: MakeApi, kind: str, removed: int
) -> None:
    """A cursor names an item, not a number of items; and what is new comes with the next resync."""
    api = memory_api(size=18, type=kind, total=True, remove_at=(2,), removes=removed)
    await api.read(permits=1)
    assert api.restarts == 0
