"""The base of every authentication: credentials go to the configured origin and nowhere else."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Generator

import httpx

Covers = Callable[[httpx.URL], bool]
"""Whether credentials may be sent to a URL."""


class OriginBoundAuth(httpx.Auth):
    """Adds credentials to a request if ``covers`` says that its URL may have them."""

    def __init__(self, covers: Covers) -> None:
        self._covers = covers

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yields ``request``, with credentials where they may go."""
        if self._covers(request.url):
            self.apply(request)
        yield request

    @abstractmethod
    def apply(self, request: httpx.Request) -> None:
        """Adds the credentials to ``request``."""
