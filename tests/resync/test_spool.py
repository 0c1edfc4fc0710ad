"""Values that are found once and read several times."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from errors import ResponseError
from resync.discovery import Binding
from resync.spool import Spool

MANY = 20_000


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resync.spool.BLOCK", 10)


async def source(count: int, error: Exception | None = None) -> AsyncGenerator[Binding]:
    for number in range(count):
        await asyncio.sleep(0)
        yield Binding({"n": number, "n.big": 10**25}, {"__n": str(number), "__n_x": [{"ü": None}]})
    if error:
        raise error


async def numbers(spool: Spool, most: int | None = None) -> list[int]:
    found: list[int] = []
    async with aclosing(spool.read()) as bindings:
        async for binding in bindings:
            assert binding.values["n.big"] == 10**25
            assert binding.extras["__n_x"] == [{"ü": None}]
            found.append(binding.values["n"])
            if len(found) == most:
                break
    return found


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 19, 20, 21, 105])
async def test_each_reader_gets_everything_once_and_in_order(count: int) -> None:
    spool = Spool(source(count))
    both = await asyncio.gather(numbers(spool), numbers(spool))
    assert [*both, await numbers(spool)] == [list(range(count))] * 3
    await spool.aclose()


async def test_values_are_read_while_others_are_still_being_found() -> None:
    going_on = asyncio.Event()

    async def slow() -> AsyncGenerator[Binding]:
        async for one in source(15):
            yield one
        await going_on.wait()
        async for one in source(15):
            yield one

    spool = Spool(slow())
    async with asyncio.timeout(5):
        assert await numbers(spool, most=15) == list(range(15))
        going_on.set()
        assert await numbers(spool) == [*range(15), *range(15)]
    await spool.aclose()


async def test_a_failure_comes_after_what_was_found_to_each_reader() -> None:
    error = ResponseError("no more")
    spool = Spool(source(25, error))
    for _ in range(2):
        found: list[int] = []
        with pytest.raises(ResponseError) as told:
            async with aclosing(spool.read()) as bindings:
                async for binding in bindings:
                    found.append(binding.values["n"])
        assert told.value is error
        assert found == list(range(25))
    await spool.aclose()


async def test_a_search_that_is_ended_is_never_taken_for_a_whole_one() -> None:
    async def endless() -> AsyncGenerator[Binding]:
        yield Binding({"n": 1, "n.big": 10**25}, {"__n_x": [{"ü": None}]})
        await asyncio.Event().wait()

    spool = Spool(endless())
    reader = asyncio.create_task(numbers(spool))
    await asyncio.sleep(0.01)
    await spool.aclose()
    with pytest.raises(asyncio.CancelledError):
        await reader


async def test_a_released_spool_is_read_to_its_end() -> None:
    spool = Spool(source(100))
    async with aclosing(spool.read()) as bindings:
        first = await anext(bindings)
        spool.release()
        others = [binding.values["n"] async for binding in bindings]
    assert [first.values["n"], *others] == list(range(100))
    await spool.aclose()


async def test_memory_is_flat() -> None:
    """What is kept for each value is a place in a file for each block."""
    spool = Spool(source(MANY))
    await numbers(spool, most=100)
    gc.collect()
    tracemalloc.start()
    try:
        await asyncio.gather(*(numbers(spool, most=MANY // 2) for _ in range(3)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        await spool.aclose()
    # The numbers that the readers collect are most of it.
    assert peak < 3_000_000
