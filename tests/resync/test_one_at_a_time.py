"""One resync at a time, where callers are cancelled at awkward moments."""

from __future__ import annotations

import asyncio

import pytest

from resync.one_at_a_time import OneAtATime


async def works() -> bool:
    return True


async def cancelled_before_it_begins(resyncs: OneAtATime) -> None:
    """Asks for a resync, and is cancelled before that has taken its first step."""

    async def never() -> bool:
        raise AssertionError("it was cancelled before it could begin")

    caller = asyncio.create_task(resyncs.asked_for(never))
    # The caller takes its first step, and the resync that it began is next.
    asyncio.get_running_loop().call_soon(caller.cancel)
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_a_resync_that_is_cancelled_before_it_begins_holds_up_no_other() -> None:
    resyncs = OneAtATime()
    await cancelled_before_it_begins(resyncs)
    async with asyncio.timeout(5):
        assert await resyncs.scheduled(works)
        assert await resyncs.asked_for(works)
