"""Listings read side by side: nothing stops the others, nothing piles up, nothing is left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from pagination import Page, PageRequest
from resync.fan_out import Failures
from resync.listing import Listing
from resync.side_by_side import BATCH_ITEMS, BUFFERED_BATCHES, read_side_by_side

ENDPOINT: Any = None


def listing(name: str) -> Listing:
    return Listing("/kind", ENDPOINT, {"name": name})


async def sources(*names: str, fail: bool = False) -> AsyncGenerator[Listing]:
    for name in names:
        yield listing(name)
    if fail:
        raise RuntimeError("discovery failed")


class Reader:
    """Reads listings of ``pages`` pages with ``per_page`` items; those named bad fail midway."""

    def __init__(self, pages: int = 3, per_page: int = 2) -> None:
        self.pages, self.per_page = pages, per_page
        self.read = 0
        self.open = self.most_open = 0
        self.closed = 0

    async def __call__(self, source: Listing) -> AsyncGenerator[Page]:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        name = source.values["name"]
        try:
            for number in range(self.pages):
                await asyncio.sleep(0)
                if name.startswith("bad") and number == 1:
                    raise ValueError(f"{name} broke")
                self.read += 1
                items = [{"of": name, "n": number * 10 + n} for n in range(self.per_page)]
                yield Page(PageRequest(name), items=items, size_bytes=10)
        finally:
            self.open -= 1
            self.closed += 1


async def collect(
    reader: Reader, *names: str, workers: int = 4, fail: bool = False
) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    async for batch in read_side_by_side(
        sources(*names, fail=fail), reader, workers, Failures("/kind")
    ):
        items += batch
    return items


@pytest.mark.parametrize("workers", [1, 2, 8])
async def test_every_item_comes_once_and_in_order_inside_its_listing(workers: int) -> None:
    reader = Reader()
    items = await collect(reader, "a", "b", "c", workers=workers)
    for name in "abc":
        assert [item["n"] for item in items if item["of"] == name] == [0, 1, 10, 11, 20, 21]
    assert reader.most_open <= workers


async def test_no_listing_is_no_item() -> None:
    assert await collect(Reader()) == []


async def test_a_failing_listing_is_raised_after_the_others_were_read() -> None:
    items: list[dict[str, Any]] = []
    with pytest.raises(ValueError, match="bad-1 broke"):
        async for batch in read_side_by_side(
            sources("a", "bad-1", "c"), Reader(), 2, Failures("/kind")
        ):
            items += batch
    assert len(items) == 6 + 2 + 6


async def test_several_failures_come_as_a_group_that_tells_the_first() -> None:
    names = [f"bad-{n}" for n in range(50)]
    with pytest.raises(ExceptionGroup, match="50 listings of kind /kind failed; the first: ") as e:
        await collect(Reader(), *names)
    assert "ValueError: bad-0 broke" in str(e.value)
    assert len(e.value.exceptions) == 20


async def test_a_failing_discovery_is_raised_after_what_it_had_found() -> None:
    reader = Reader()
    with pytest.raises(RuntimeError, match="discovery failed"):
        await collect(reader, "a", "b", fail=True)
    assert reader.read == 6


async def test_small_pages_are_gathered_into_few_batches() -> None:
    batches = [
        batch
        async for batch in read_side_by_side(
            sources(*[f"l{n}" for n in range(100)]), Reader(), 10, Failures("/kind")
        )
    ]
    assert sum(map(len, batches)) == 600
    assert len(batches) <= 3


async def test_readers_wait_for_a_slow_consumer() -> None:
    reader = Reader(pages=200, per_page=50)
    names = [f"l{n}" for n in range(10)]
    async with aclosing(
        read_side_by_side(sources(*names), reader, 10, Failures("/kind"))
    ) as batches:
        async for _ in batches:
            await asyncio.sleep(0.05)
            break
        held = reader.read * 50
    assert held <= (BUFFERED_BATCHES + 1) * BATCH_ITEMS + 10 * 2 * 50


async def test_a_consumer_that_goes_away_closes_everything() -> None:
    reader = Reader(pages=100_000)
    async with aclosing(
        read_side_by_side(sources("a", "b"), reader, 2, Failures("/kind"))
    ) as batches:
        async for _ in batches:
            break
    assert reader.open == 0
    assert reader.closed == 2
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert others == set()
