"""One brake for all requests of a run: a 429 for one is a 429 for all."""

from __future__ import annotations

import asyncio
import time


class Brake:
    """Holds back every request until a moment that a throttled answer named, and spaces requests
    evenly where ``per_second`` (Port setting ``maxRequestsPerSecond``) is set."""

    def __init__(self, per_second: float | None = None) -> None:
        self._until = 0.0
        self._asked = 0.0
        self._interval = 1 / per_second if per_second else 0.0
        self._next = 0.0

    def hold(self, seconds: float) -> None:
        """No request starts within ``seconds`` from now."""
        now = time.monotonic()
        until = max(self._until, now + seconds)
        self._asked += until - max(self._until, now)
        self._until = until

    @property
    def held(self) -> bool:
        """Whether requests are held back now."""
        return self.held_for > 0

    @property
    def held_for(self) -> float:
        """Seconds for which requests are still held back; 0 where they are not."""
        return max(0.0, self._until - time.monotonic())

    @property
    def held_seconds(self) -> float:
        """Seconds for which requests were held back so far."""
        return self._asked - self.held_for

    async def released(self) -> None:
        """Returns when requests may start; the hold may be prolonged meanwhile."""
        while self.held:  # noqa: ASYNC110 - a time to come, not an event that somebody sets
            await asyncio.sleep(self.held_for)

    async def turn(self) -> None:
        """Returns when it is the caller's turn at the steady rate."""
        if not self._interval:
            return
        now = time.monotonic()
        mine = max(now, self._next)
        self._next = mine + self._interval
        if mine > now:
            await asyncio.sleep(mine - now)
