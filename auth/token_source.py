"""One token for many requests: fetched once however many wait, renewed before it runs out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

LEEWAY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Token:
    """What an authentication answered, and for how many seconds it holds (None: until refused)."""

    content: Any
    lifetime: float | None = None

    def __repr__(self) -> str:
        return "Token()"


class TokenSource:
    """Hands out the present token; ``fetch`` gets a new one and raises where it cannot."""

    def __init__(self, fetch: Callable[[], Awaitable[Token]]) -> None:
        self._fetch = fetch
        self._lock = asyncio.Lock()
        self._token: Token | None = None
        self._renew_at = float("inf")

    async def get(self) -> Token:
        """A token that holds for now."""
        async with self._lock:
            if self._token is None or time.monotonic() >= self._renew_at:
                await self._renew()
            assert self._token is not None
            return self._token

    async def replaced(self, refused: Token) -> Token:
        """A token in place of one that the API refused; fetched once for all that were refused."""
        async with self._lock:
            if self._token is refused:
                await self._renew()
            assert self._token is not None
            return self._token

    async def _renew(self) -> None:
        token = await self._fetch()
        self._token = token
        self._renew_at = float("inf")
        if token.lifetime is not None:
            self._renew_at = time.monotonic() + usable_seconds(token.lifetime)


def usable_seconds(lifetime: float) -> float:
    """How long a token is used: until 60 s before its end, or half its life where that is more."""
    return max(lifetime - LEEWAY_SECONDS, lifetime / 2)
