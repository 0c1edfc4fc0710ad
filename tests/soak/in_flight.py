"""How many requests are in flight, counted where they leave the integration.

The API cannot count them: on a busy machine it learns late that a request was given up, and what
was sent in its place is there before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx

import client.lanes
from client.lanes import Lanes


class InFlight:
    """The requests in flight now, and the most that there were since ``reset``."""

    def __init__(self) -> None:
        self.now = self.most = 0

    def reset(self) -> None:
        """Forgets how many there were."""
        self.most = self.now

    def watch(self) -> None:
        """Counts from now on, in every client that is made."""
        counter = self

        class Counting(Lanes):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                counter.now += 1
                counter.most = max(counter.most, counter.now)
                try:
                    response = await super().handle_async_request(request)
                except BaseException:
                    counter.now -= 1
                    raise
                assert isinstance(response.stream, httpx.AsyncByteStream)
                response.stream = _Counted(response.stream, counter)
                return response

        client.lanes.Lanes = Counting  # type: ignore[misc]


class _Counted(httpx.AsyncByteStream):
    """A body, whose request is in flight until it is closed."""

    def __init__(self, stream: httpx.AsyncByteStream, counter: InFlight) -> None:
        self._stream = stream
        self._counter: InFlight | None = counter

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield piece

    async def aclose(self) -> None:
        counter, self._counter = self._counter, None
        try:
            await self._stream.aclose()
        finally:
            if counter is not None:
                counter.now -= 1
