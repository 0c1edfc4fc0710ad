"""One token for many requests: fetched once however many wait, renewed before it runs out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

LEEWAY_SECONDS = 60.0
FAILURE_SECONDS = 60.0
"""How long a failed renewal is not tried again, if nothing forgets it earlier. It may have taken
minutes, and thousands of listings may ask for a token next."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a login returned, and for how many seconds it holds (None: until refused)."""

    content: Any
    lifetime: float | None = None

    def __repr__(self) -> str:
        return "Token()"


class TokenSource:
    """Hands out the present token; ``fetch`` gets a new one and raises where it cannot.

    A renewal that failed is remembered: until ``forget_failure``, or for ``FAILURE_SECONDS``, all
    that need a new token get the same error at once.
    """

    def __init__(self, fetch: Callable[[], Awaitable[Token]]) -> None:
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._token: Token | None = None
        self._renew_at = float("inf")
        self._failure: Exception | None = None
        self._failure_until = 0.0

    async def get(self) -> Token:
        """A token that holds for now."""
        async with self._lock:
            return await self._present()

    async def replaced(self, refused: Token) -> Token:
        """A token in place of one that the API refused; fetched once for all that were refused."""
        async with self._lock:
            if self._token is refused:
                self._token = None
            return await self._present()

    def forget_failure(self) -> None:
        """Lets the next request for a token try again, as a new resync should."""
        self._failure = None

    async def _present(self) -> Token:
        if self._token is None or time.monotonic() >= self._renew_at:
            self._token = await self._renewed()
        return self._token

    async def _renewed(self) -> Token:
        if self._failure is not None and time.monotonic() < self._failure_until:
            # Each raise would add to the traceback that the one before has left.
            raise self._failure.with_traceback(None)
        try:
            token = await self._fetch()
        except Exception as error:
            self._failure, self._failure_until = error, time.monotonic() + FAILURE_SECONDS
            raise
        self._failure = None
        self._renew_at = float("inf")
        if token.lifetime is not None:
            self._renew_at = time.monotonic() + usable_seconds(token.lifetime)
        return token


def usable_seconds(lifetime: float) -> float:
    """How long a token is used: until 60 s before its end, or half its life where that is more."""
    return max(lifetime - LEEWAY_SECONDS, lifetime / 2)
