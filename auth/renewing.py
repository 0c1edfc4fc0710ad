"""The base of authentications whose credentials are fetched, and renewed when refused."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncGenerator

import httpx

from auth.origin_bound import Covers
from auth.token_source import Token, TokenSource

UNAUTHORIZED = 401


class RenewingAuth(httpx.Auth):
    """Applies a token to each request for the origin; a 401 is tried once more with a new one."""

    def __init__(self, source: TokenSource, covers: Covers) -> None:
        self._source = source
        self._covers = covers

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Yields ``request`` with a token, and again with a new one if it was refused."""
        if not self._covers(request.url):
            yield request
            return
        token = await self._source.get()
        # Copies: the transport may put an address in place of the host's name.
        response = yield self.applied(_copy(request), token)
        if response.status_code == UNAUTHORIZED:
            # Its connection is free for the login then, which goes by the same permit.
            await response.aread()
            token = await self._source.replaced(token)
            yield self.applied(_copy(request), token)

    def forget_failure(self) -> None:
        """Lets the next request try a renewal again that failed, as a new resync should."""
        self._source.forget_failure()

    @abstractmethod
    def applied(self, request: httpx.Request, token: Token) -> httpx.Request:
        """``request`` with the credentials of ``token``."""


def _copy(request: httpx.Request) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url,
        headers=request.headers,
        content=request.content,
        extensions=dict(request.extensions),
    )
