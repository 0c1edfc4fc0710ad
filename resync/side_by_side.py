"""Listings of one kind read side by side, their small pages gathered into batches."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Any

from pagination import Page
from pagination.page_budget import PageBudget
from resync.fan_out import Failures, produce
from resync.listing import Listing

BATCH_ITEMS = 500
"""Items of a batch: Ocean's cost for each batch is high, whatever its size, and its cost for each
entity is lowest from here on; docs/performance.md has the figures."""

BATCH_BYTES = 8 * 1024 * 1024
BUFFERED_BATCHES = 2
LINGER_SECONDS = 0.01
"""How long a page waits for others while listings are still being read: for those that come at the
same time. Later ones gather by themselves while Ocean is busy with the batch before."""

Read = Callable[[Listing], AsyncGenerator[Page]]


class Buffer:
    """Pages on their way to Ocean: bounded by items and bytes, taken out as batches."""

    def __init__(self) -> None:
        self._parts: deque[tuple[list[Any], int]] = deque()
        self._items = 0
        self._bytes = 0
        self._closed = False
        self._since = 0.0
        self._changed = asyncio.Condition()

    async def put(self, page: Page) -> None:
        """Adds the items of a page, a huge one in parts; waits while the buffer is full."""
        items, size = page.items, page.size_bytes
        parts = max(-(-len(items) // BATCH_ITEMS), min(-(-size // BATCH_BYTES), len(items)))
        step = -(-len(items) // max(parts, 1))
        for start in range(0, len(items), step or 1):
            part = items if parts == 1 else items[start : start + step]
            await self._add(part, size // parts)

    async def _add(self, items: list[Any], size: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._is_filled(BUFFERED_BATCHES))
            if not self._parts:
                self._since = time.monotonic()
            self._parts.append((items, size))
            self._items += len(items)
            self._bytes += size
            self._changed.notify_all()

    async def close(self) -> None:
        """Tells that no more pages come."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def batches(self) -> AsyncGenerator[list[dict[str, Any]]]:
        """Yields batches of items until the buffer is closed and empty."""
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._parts or self._closed)
                if not self._parts:
                    return
                await self._linger()
                batch = self._take()
                self._changed.notify_all()
            yield batch

    async def _linger(self) -> None:
        enough = self._changed.wait_for(lambda: self._is_filled(1) or self._closed)
        with suppress(TimeoutError):
            await asyncio.wait_for(enough, self._since + LINGER_SECONDS - time.monotonic())

    def _take(self) -> list[dict[str, Any]]:
        batch: list[dict[str, Any]] = []
        size = 0
        while self._parts and len(batch) < BATCH_ITEMS and size < BATCH_BYTES:
            items, part_size = self._parts.popleft()
            batch.extend(items)
            size += part_size
            self._items -= len(items)
            self._bytes -= part_size
        return batch

    def _is_filled(self, batches: int) -> bool:
        return self._items >= batches * BATCH_ITEMS or self._bytes >= batches * BATCH_BYTES


async def read_side_by_side(
    sources: AsyncGenerator[Listing],
    read: Read,
    workers: int,
    failures: Failures,
    budget: PageBudget | None = None,
) -> AsyncGenerator[list[dict[str, Any]]]:
    """Yields batches of the items of all ``sources``, up to ``workers`` of them read at a time.

    Requests are bounded by the client's permits alone; ``workers`` only bounds what is open, and
    ``budget``, which ``read`` takes its pages from, what they hold. A listing that fails does not
    stop the others: what is in ``failures`` is raised at the end.
    """
    buffer = Buffer()
    budget = budget or PageBudget(workers)

    async def put(page: Page) -> None:
        with budget.passing():
            await buffer.put(page)

    async def run() -> None:
        try:
            await produce(sources, read, put, workers, failures)
        finally:
            await buffer.close()

    producer = asyncio.create_task(run())
    try:
        async for batch in buffer.batches():
            yield batch
        await producer
    finally:
        producer.cancel()
        await asyncio.gather(producer, return_exceptions=True)
    failures.raise_any()
