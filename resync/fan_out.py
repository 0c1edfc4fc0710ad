"""Work on many things side by side: bounded, with failures kept until all else is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from errors import OceanCustomError
from resync.outage import Outage

ERRORS_KEPT = 20


class Failures:
    """What went wrong in the listings of a kind: the first failures, and how many there were."""

    def __init__(self, kind: str) -> None:
        self.outage = Outage(kind)
        self._kind = kind
        self._kept: list[Exception] = []
        self._count = 0

    def __bool__(self) -> bool:
        """Whether anything went wrong so far."""
        return bool(self._kept) or self.outage.error is not None

    def add(self, error: Exception) -> None:
        """Takes note of a failure; the same one is counted once."""
        if error is self.outage.error or any(error is kept for kept in self._kept):
            return
        self._count += 1
        if len(self._kept) < ERRORS_KEPT:
            self._kept.append(error)

    def raise_any(self) -> None:
        """Raises the failure, or an ``ExceptionGroup`` that tells the first of several, or that
        the kind was given up."""
        if self.outage.error is not None:
            raise ExceptionGroup(str(self.outage.error), [self.outage.error, *self._kept])
        if not self._kept:
            return
        if self._count == 1:
            raise self._kept[0]
        raise ExceptionGroup(
            f"{self._count} listings of kind {self._kind} failed; the first: "
            f"{describe(self._kept[0])}",
            self._kept,
        )


def describe(error: BaseException) -> str:
    """An error in one line."""
    kind = "" if isinstance(error, OceanCustomError) else f"{type(error).__name__}: "
    return f"{kind}{error}"


async def produce[S, T](
    sources: AsyncGenerator[S],
    expand: Callable[[S], AsyncGenerator[T]],
    put: Callable[[T], Awaitable[None]],
    workers: int,
    failures: Failures,
) -> None:
    """Puts all that ``expand`` yields for each source, up to ``workers`` of them at a time.

    A worker is started only when there is a source for it. A source that fails, and ``sources``
    failing, are kept in ``failures``; the rest goes on.
    """
    queue: asyncio.Queue[S | None] = asyncio.Queue(maxsize=workers)

    async def work() -> None:
        while (source := await queue.get()) is not None:
            try:
                async with aclosing(expand(source)) as found:
                    async for item in found:
                        await put(item)
                        del item  # Not to be held while the next one is made.
            except Exception as error:
                failures.add(error)

    started = 0
    async with asyncio.TaskGroup() as group:
        try:
            async with aclosing(sources):
                async for source in sources:
                    await queue.put(source)
                    if started < workers:
                        started += 1
                        group.create_task(work())
        except Exception as error:
            failures.add(error)
        for _ in range(started):
            await queue.put(None)


async def fan_out[S, T](
    sources: AsyncGenerator[S],
    expand: Callable[[S], AsyncGenerator[T]],
    workers: int,
    failures: Failures,
) -> AsyncGenerator[T]:
    """Yields what ``expand`` yields for each source, as it comes; see ``produce``."""
    queue: asyncio.Queue[T | _Done] = asyncio.Queue(maxsize=workers)

    async def run() -> None:
        try:
            await produce(sources, expand, queue.put, workers, failures)
        finally:
            await queue.put(_DONE)

    producer = asyncio.create_task(run())
    try:
        while not isinstance(item := await queue.get(), _Done):
            yield item
    finally:
        producer.cancel()
        while not producer.done():
            # The last put of a producer that was cancelled must find room.
            while not queue.empty():
                queue.get_nowait()
            await asyncio.wait([producer], timeout=0.01)


class _Done:
    """The end of a queue."""


_DONE = _Done()
