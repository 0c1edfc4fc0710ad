"""Ocean's HTTP client, with a connection for each request that is in flight."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import httpx
from httpx import create_ssl_context
from port_ocean.helpers.async_client import OceanAsyncClient

SPARE = 8
"""How many lanes to other addresses may be free before the one that was used first is taken."""

ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1)


class LanesClient(OceanAsyncClient):
    """Ocean's client: its TLS settings, its blocker of addresses, proxies from the environment.

    Its retries are left out: they hold the caller's permit while they wait, end where the body
    begins, retry 401, neither 500 nor POST, and log URLs with their secrets.
    """

    def _init_transport(  # type: ignore[override]
        self, transport: httpx.AsyncBaseTransport | None = None, **kwargs: Any
    ) -> httpx.AsyncBaseTransport:
        return self._wrap_with_ip_blocker_if_needed(Lanes(_opener(**kwargs)))

    def _init_proxy_transport(  # type: ignore[override]
        self, proxy: httpx.Proxy, **kwargs: Any
    ) -> httpx.AsyncBaseTransport:
        return self._wrap_with_ip_blocker_if_needed(Lanes(_opener(proxy=proxy, **kwargs)))


class Lanes(httpx.AsyncBaseTransport):
    """Sends each request on a connection that is free, the one that was used last, or a new one.

    A pool of many connections looks at each of them for every request, and asks the system about
    those that are idle; pools of one do not. Whoever calls bounds how many there are. One whose
    request was not read to its end is given up: when a request is cancelled, a pool may hold its
    connection for ever.
    """

    def __init__(self, open_lane: Callable[[], httpx.AsyncBaseTransport]) -> None:
        self._open_lane = open_lane
        self._free: list[tuple[bytes, httpx.AsyncBaseTransport]] = []
        self._closing: set[asyncio.Task[None]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends ``request``; its lane is free again once the answer was read and closed."""
        host = request.url.raw_host
        lane = self._lane(host)
        try:
            answer = await lane.handle_async_request(request)
        except BaseException:
            self._let_go(host, lane, whole=False)
            raise
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        answer.stream = _LaneStream(answer.stream, partial(self._let_go, host, lane))
        return answer

    async def aclose(self) -> None:
        """Closes all connections on which no request is under way."""
        for _, lane in self._free:
            await lane.aclose()
        self._free.clear()
        await asyncio.gather(*self._closing)

    def _lane(self, host: bytes) -> httpx.AsyncBaseTransport:
        """One that leads to ``host``: Ocean's blocker names the first of a host's addresses, whose
        order changes, and a lane that goes elsewhere has to connect again."""
        for place in reversed(range(len(self._free))):
            if self._free[place][0] == host:
                return self._free.pop(place)[1]
        return self._free.pop(0)[1] if len(self._free) >= SPARE else self._open_lane()

    def _let_go(self, host: bytes, lane: httpx.AsyncBaseTransport, whole: bool) -> None:
        if whole:
            self._free.append((host, lane))
            return
        closing = asyncio.ensure_future(lane.aclose())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


class _LaneStream(httpx.AsyncByteStream):
    """An answer's body. When it is closed, ``let_go`` is told whether all of it was read."""

    def __init__(self, stream: httpx.AsyncByteStream, let_go: Callable[[bool], None]) -> None:
        self._stream = stream
        self._let_go: Callable[[bool], None] | None = let_go
        self._whole = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part
        self._whole = True

    async def aclose(self) -> None:
        let_go, self._let_go = self._let_go, None
        closed = False
        try:
            await self._stream.aclose()
            closed = True
        finally:
            # Who is cancelled while it is closed leaves its connection taken.
            if let_go is not None:
                let_go(self._whole and closed)


def _opener(
    *,
    verify: Any = True,
    cert: Any = None,
    trust_env: bool = True,
    limits: httpx.Limits | None = None,
    **more: Any,
) -> Callable[[], httpx.AsyncBaseTransport]:
    """Makes lanes that share one TLS context; what ``limits`` would bound, permits do."""
    context = create_ssl_context(verify=verify, cert=cert, trust_env=trust_env)
    return lambda: httpx.AsyncHTTPTransport(verify=context, trust_env=trust_env, limits=ONE, **more)
