"""Resyncs never overlap, however they were triggered and however many triggers come at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from loguru import logger

Work = Callable[[], Awaitable[bool]]


class OneAtATime:
    """Runs one resync at a time. Each trigger gets the outcome of a resync that began after it, or
    of the running one that it joined."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._running: asyncio.Task[bool] | None = None
        self._next: asyncio.Task[bool] | None = None

    async def scheduled(self, work: Work) -> bool:
        """For a resync that is due: one that is running is left to finish, and joined.

        Ocean would stop the running one, so that one which takes longer than the interval would
        never end. Returns False where it was stopped, and no other has taken its place.
        """
        if self._running is None and self._next is None:
            return await self._begun(work)
        logger.warning("A resync is due while one is still running: it is left to finish")
        return bool(await self._joined())

    async def asked_for(self, work: Work) -> bool:
        """For a resync that somebody has asked for, such as after the mapping has changed: it
        replaces the one that is running, and begins when that has ended."""
        # Cancelled twice, it could not clean up.
        if self._running is not None and not self._running.cancelling():
            logger.info("A resync was asked for: the one that is running is stopped first")
            self._running.cancel()
        # One that has not begun yet does what was asked for here, too.
        outcome = await self._joined() if self._next is not None else None
        return await self._begun(work) if outcome is None else outcome

    async def alone[T](self, work: Callable[[], Awaitable[T]]) -> T:
        """Runs ``work``, which is no full resync, while none runs."""
        async with self._lock:
            return await work()

    async def _joined(self) -> bool | None:
        """The outcome of the resync that is to come or running, or of what replaces it; None where
        it was stopped and nothing does."""
        while (other := self._next or self._running) is not None:
            await asyncio.wait([other])
            if not other.cancelled():
                return other.result()
        return None

    async def _begun(self, work: Work) -> bool:
        """Begins ``work`` as soon as nothing else runs. It is stopped where its caller is."""
        task = self._next = asyncio.create_task(self._run(work))
        # Not in the task: it never gets there if it is cancelled before its first step.
        task.add_done_callback(self._forget)
        return await task

    async def _run(self, work: Work) -> bool:
        async with self._lock:
            self._running, self._next = asyncio.current_task(), None
            return await work()

    def _forget(self, task: asyncio.Task[bool]) -> None:
        if self._running is task:
            self._running = None
        if self._next is task:
            self._next = None
