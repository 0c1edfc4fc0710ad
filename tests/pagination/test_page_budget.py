"""The budget of pages: who gets room, in which order, and that nobody waits for ever."""

from __future__ import annotations

import asyncio
import random
from contextlib import ExitStack

import pytest

from pagination.page_budget import UNKNOWN_BYTES, Hold, PageBudget, Share


async def arrived(share: Share, size: int) -> Hold:
    """The hold of a page of ``size`` bytes that was asked for and has come."""
    hold = await share.next()
    hold.arrived(size)
    return hold


def prefetched(share: Share) -> int:
    """How many pages a listing may prefetch now; it takes them all."""
    count = 0
    while share.prefetch() is not None:
        count += 1
    return count


async def waiting(share: Share) -> asyncio.Task[Hold]:
    """One that waits for the listing's next page."""
    task = asyncio.create_task(share.next())
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_a_lone_listing_may_use_all_of_it() -> None:
    with PageBudget(10).listing() as share:
        await arrived(share, 10)
        assert prefetched(share) == 11


async def test_listings_share_it_and_each_may_prefetch_its_next_page() -> None:
    budget = PageBudget(10)
    with ExitStack() as opened:
        shares = [opened.enter_context(budget.listing()) for _ in range(20)]
        for share in shares:
            await arrived(share, 10)
        found = [prefetched(share) for share in shares]
    assert found == [2] * 10 + [1] * 10
    assert (budget.held_pages, budget.held_bytes, budget.prefetched) == (0, 0, 0)


async def test_what_one_listing_gives_up_is_there_for_the_others() -> None:
    budget = PageBudget(4)
    with budget.listing() as one:
        with budget.listing() as other:
            assert (prefetched(one), prefetched(other)) == (3, 3)
        assert prefetched(one) == 2


async def test_pages_are_bounded_by_their_bytes() -> None:
    with PageBudget(100, 1000).listing() as share:
        await arrived(share, 300)
        assert prefetched(share) == 2


async def test_a_page_of_unknown_size_counts_as_much_as_it_may_hold_in_memory() -> None:
    budget = PageBudget(100)
    with budget.listing("a") as share, budget.listing("b") as other:
        first = await share.next()
        assert budget.held_bytes == UNKNOWN_BYTES
        first.arrived(None)
        assert budget.held_bytes == UNKNOWN_BYTES
        first.release()
        await arrived(other, 5)
        await other.next()
        assert budget.held_bytes == 10


async def test_the_next_page_of_a_listing_waits_for_bytes_in_turn() -> None:
    budget = PageBudget(100, 1000)
    with budget.listing() as one, budget.listing() as two, budget.listing() as three:
        first = await arrived(one, 600)
        coming = await three.next()
        second = await waiting(two)
        third = await waiting(one)
        # Nobody prefetches where others wait for what they need.
        assert three.prefetch() is None
        coming.arrived(10)
        await asyncio.sleep(0)
        # No page is coming: nothing but waiting pages could make room, so one goes on.
        assert second.done()
        assert not third.done()
        first.release()
        second.result().arrived(10)
        await asyncio.sleep(0)
        assert third.done()


async def test_while_a_page_waits_for_its_consumer_no_further_one_is_asked_for() -> None:
    budget = PageBudget(100, 1000)
    with budget.listing() as one, budget.listing() as two:
        await arrived(one, 900)
        with budget.passing():
            task = await waiting(two)
        await asyncio.sleep(0)
        assert task.done()


async def test_one_that_is_cancelled_while_it_waits_leaves_nothing() -> None:
    budget = PageBudget(100, 1000)
    with budget.listing() as one, budget.listing() as two, budget.listing() as three:
        first = await arrived(one, 900)
        coming = await one.next()
        second, third = await waiting(two), await waiting(three)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        first.release()
        first.release()
        coming.release()
        await asyncio.sleep(0)
        assert third.done()
        # Cancelled in the moment in which it gets room.
        held = budget.held_pages
        last = await waiting(two)
        third.result().arrived(10)
        last.cancel()
        await asyncio.gather(last, return_exceptions=True)
        assert budget.held_pages <= held
    assert (budget.held_pages, budget.held_bytes, budget.prefetched) == (0, 0, 0)


@pytest.mark.parametrize("seed", range(20))
async def test_all_listings_end_whatever_their_pages_weigh(seed: int) -> None:
    """Each holds a page while listings below it are read, as a discovery does."""
    chance = random.Random(seed)
    budget = PageBudget(chance.randint(1, 5), 1000)
    ended: list[int] = []

    async def read(depth: int) -> None:
        with budget.listing(f"{depth}") as share:
            for _ in range(3):
                hold = await share.next()
                await asyncio.sleep(0)
                hold.arrived(chance.choice((1, 300, 999, 5000)))
                if more := share.prefetch():
                    more.arrived(10)
                if depth:
                    async with asyncio.TaskGroup() as group:
                        for _ in range(3):
                            group.create_task(read(depth - 1))
                else:
                    with budget.passing():
                        await asyncio.sleep(0)
                share.release_all()
        ended.append(depth)

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(read(2))
    assert len(ended) == 3 * (1 + 9 + 81)
    assert (budget.held_pages, budget.held_bytes, budget.prefetched) == (0, 0, 0)
