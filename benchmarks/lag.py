"""How long the event loop was held up: whoever sleeps briefly wakes up late then."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Self

STEP_SECONDS = 0.005


class LoopLag:
    """Watches the loop while the context is open; ``longest`` is in seconds."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(STEP_SECONDS)
            self.longest = max(self.longest, time.perf_counter() - began - STEP_SECONDS)
