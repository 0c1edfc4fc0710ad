"""When requests may start: a steady rate for all of a run, and pauses for each origin."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict

from client.origin import Origin


class Hold:
    """Holds back every request to one origin until a moment that one of its responses named."""

    def __init__(self) -> None:
        self._until = 0.0
        self._asked = 0.0

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


class RateLimiter:
    """One for all clients of a run: whatever is sent, retries, redirects and requests for
    credentials included, keeps the rate ``per_second`` (Port setting ``maxRequestsPerSecond``)."""

    def __init__(self, per_second: float | None = None) -> None:
        self._interval = 1 / per_second if per_second else 0.0
        self._next = 0.0
        self._holds: defaultdict[Origin, Hold] = defaultdict(Hold)

    def hold_of(self, origin: Origin) -> Hold:
        """What holds back the requests to ``origin``, whichever client sends them."""
        return self._holds[origin]

    async def turn(self, hold: Hold) -> None:
        """Returns when it is the caller's turn, and ``hold`` does not hold it back."""
        while True:
            await hold.released()
            now = time.monotonic()
            mine = max(now, self._next)
            self._next = mine + self._interval
            if mine <= now:
                return
            await asyncio.sleep(mine - now)
            if not hold.held:
                return
