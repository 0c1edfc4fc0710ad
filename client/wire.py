"""Each single request as it goes out, and its response as it comes in: in its turn, within a time,
unpacked in small steps, and no larger than allowed.

Here and not around ``HttpClient.send``, because an authentication sends requests of its own and
reads their responses before the client sees them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from client.decompression import Decompressor
from client.lanes import LanesClient

TIMEOUTS_IN_ALL = 10
"""How many times ``timeout`` a request may take in all."""

SECONDS_PER_BYTE = 1 / 2**20
"""And a second more for each MiB that has come."""

STARTED = "started"
"""The extension of a request that holds what to call when its turn has come."""


class BodyTooLarge(Exception):
    """A body has grown beyond the limit."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """``turn`` waits until the next request may start; ``timeout`` is the Port setting, in seconds,
    and ``most_bytes`` the size of a response after decompression."""

    turn: Callable[[], Awaitable[None]]
    timeout: float
    most_bytes: int


class BoundedClient(LanesClient):
    """Ocean's client, whose every request keeps within ``bounds``."""

    def __init__(self, bounds: Bounds, **more: Any) -> None:
        self._bounds = bounds
        super().__init__(**more)

    def _init_transport(self, *args: Any, **more: Any) -> httpx.AsyncBaseTransport:
        return _Bounded(super()._init_transport(*args, **more), self._bounds)

    def _init_proxy_transport(self, *args: Any, **more: Any) -> httpx.AsyncBaseTransport:
        return _Bounded(super()._init_proxy_transport(*args, **more), self._bounds)


class _Bounded(httpx.AsyncBaseTransport):
    def __init__(self, transport: httpx.AsyncBaseTransport, bounds: Bounds) -> None:
        self._transport = transport
        self._bounds = bounds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends ``request`` in its turn. The response has no ``Content-Encoding`` any more."""
        await self._bounds.turn()
        started = request.extensions.get(STARTED)
        if started is not None:
            started()
        time_left = _Time(self._bounds.timeout)
        response = await time_left.within(self._transport.handle_async_request(request))
        try:
            codings = response.headers.get_list("content-encoding", split_commas=True)
            body = Decompressor(codings)
        except httpx.DecodingError:
            await response.aclose()
            raise
        response.headers.pop("content-encoding", None)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Stream(response.stream, body, time_left, self._bounds.most_bytes)
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()


class _Stream(httpx.AsyncByteStream):
    """A body, unpacked while it is read."""

    def __init__(
        self,
        stream: httpx.AsyncByteStream,
        body: Decompressor,
        time_left: _Time,
        most_bytes: int,
    ) -> None:
        self._stream = stream
        self._body = body
        self._time_left = time_left
        self._most_bytes = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yields pieces. Raises ``BodyTooLarge``, ``httpx.ReadTimeout`` where they drip, and
        ``httpx.DecodingError`` where they were cut."""
        size = 0
        arriving = aiter(self._stream)
        while (packed := await self._time_left.within(anext(arriving, None))) is not None:
            self._time_left.add(len(packed))
            for number, piece in enumerate(self._body.unpack(packed)):
                if number:
                    # A few bytes may hold the event loop up for long otherwise.
                    await asyncio.sleep(0)
                size += len(piece)
                if size > self._most_bytes:
                    raise BodyTooLarge
                yield piece
        self._body.require_end()

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Time:
    """How long a request may take, from now on."""

    def __init__(self, timeout: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._seconds = TIMEOUTS_IN_ALL * timeout

    def add(self, size: int) -> None:
        """Adds what ``size`` bytes that have come are worth."""
        self._seconds += size * SECONDS_PER_BYTE

    async def within[T](self, awaited: Awaitable[T]) -> T:
        """What ``awaited`` returns. Raises ``httpx.ReadTimeout`` once the time is over."""
        try:
            async with asyncio.timeout_at(self._began + self._seconds):
                return await awaited
        except TimeoutError:
            seconds = self._loop.time() - self._began
            told = f"the response was not complete after {seconds:.1f} s"
            raise httpx.ReadTimeout(told) from None
