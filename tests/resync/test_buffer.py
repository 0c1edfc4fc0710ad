"""Pages on their way to Ocean: how much waits, how it is gathered, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from pagination import Page, PageRequest
from resync.side_by_side import BATCH_BYTES, BATCH_ITEMS, BUFFERED_BATCHES, Buffer

MEBIBYTE = 2**20


def page(count: int, size: int = 0, first: int = 0) -> Page:
    items = [{"n": number} for number in range(first, first + count)]
    return Page(PageRequest("https://a"), items=items, size_bytes=size)


async def batches(*pages: Page) -> list[list[Any]]:
    """What comes of ``pages``, which are put one after the other."""
    buffer = Buffer()

    async def put() -> None:
        for one in pages:
            await buffer.put(one)
        await buffer.close()

    async with asyncio.TaskGroup() as group, reading(buffer) as found:
        group.create_task(put())
        return [batch async for batch in found]


@asynccontextmanager
async def reading(buffer: Buffer) -> AsyncGenerator[AsyncGenerator[list[Any]]]:
    """The batches of ``buffer``; fails where they do not come within seconds."""
    async with asyncio.timeout(5), aclosing(buffer.batches()) as found:
        yield found


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is alone would wait for others longer than any test."""
    monkeypatch.setattr("resync.side_by_side.LINGER_SECONDS", 3600.0)


def numbers(found: list[list[Any]]) -> list[int]:
    return [item["n"] for batch in found for item in batch]


@pytest.mark.parametrize("count", [1, BATCH_ITEMS, BATCH_ITEMS + 1, 10 * BATCH_ITEMS + 7])
async def test_a_page_of_many_items_comes_in_several_batches(count: int) -> None:
    found = await batches(page(count))
    assert numbers(found) == list(range(count))
    assert max(map(len, found)) < 2 * BATCH_ITEMS


async def test_a_page_of_few_huge_items_comes_in_several_batches() -> None:
    found = await batches(page(4, 40 * MEBIBYTE))
    assert [len(batch) for batch in found] == [1, 1, 1, 1]
    found = await batches(page(6, 2 * BATCH_BYTES))
    assert [len(batch) for batch in found] == [3, 3]
    assert numbers(found) == list(range(6))


async def test_a_page_without_items_is_no_batch() -> None:
    assert await batches(page(0), page(0, MEBIBYTE)) == []
    assert numbers(await batches(page(0), page(2), page(0))) == [0, 1]


@pytest.mark.usefixtures("patient")
async def test_small_pages_are_gathered_until_a_batch_is_full() -> None:
    found = await batches(*(page(50, 10, 50 * n) for n in range(30)))
    assert [len(batch) for batch in found] == [BATCH_ITEMS] * 3
    assert numbers(found) == list(range(1500))
    found = await batches(*(page(1, MEBIBYTE, n) for n in range(16)))
    assert [len(batch) for batch in found] == [8, 8]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("full", [(BATCH_ITEMS, 0), (1, BATCH_BYTES)])
async def test_a_full_batch_waits_for_nothing(full: tuple[int, int]) -> None:
    buffer = Buffer()
    await buffer.put(page(*full))
    async with reading(buffer) as found:
        assert len(await anext(found)) == full[0]
        # The next one begins at nothing.
        waiting = asyncio.ensure_future(anext(found))
        await buffer.put(page(1))
        await asyncio.sleep(0.02)
        assert not waiting.done()
        await buffer.close()
        assert len(await waiting) == 1


@pytest.mark.usefixtures("patient")
async def test_what_comes_at_the_same_time_is_one_batch() -> None:
    buffer = Buffer()
    async with reading(buffer) as found:
        waiting = asyncio.ensure_future(anext(found))
        for number in range(3):
            await asyncio.sleep(0.01)
            await buffer.put(page(1, first=number))
        assert not waiting.done()
        await buffer.close()
        assert numbers([await waiting]) == [0, 1, 2]


async def test_a_page_that_is_alone_waits_for_others_only_shortly() -> None:
    buffer = Buffer()
    async with reading(buffer) as found:
        for number in range(3):
            await asyncio.sleep(0.02)
            await buffer.put(page(1, first=number))
            assert numbers([await anext(found)]) == [number]


@pytest.mark.parametrize("full", [(BATCH_ITEMS, 0), (1, BATCH_BYTES)])
async def test_while_enough_waits_nothing_more_is_taken(full: tuple[int, int]) -> None:
    buffer = Buffer()
    for _ in range(BUFFERED_BATCHES):
        await buffer.put(page(*full))
    more = asyncio.create_task(buffer.put(page(1, first=7)))
    await asyncio.sleep(0.02)
    assert not more.done()
    async with reading(buffer) as found:
        await anext(found)
        await more
        await buffer.close()
        assert numbers([batch async for batch in found])[-1] == 7
