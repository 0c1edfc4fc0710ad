"""What several listings of a resync need is asked for once."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from client import Request, Response
from client.request import NO_BODY
from resync.placeholders import PLACEHOLDER, replaced
from resync.plan import EndpointPlan, ListingPlan
from resync.response_store import ResponseStore

Send = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read one listing: by ``send``; ``repeated`` if it is or was read by another too.

    ``forget`` discards the answers that it has used.
    """

    send: Send
    forget: Callable[[], Awaitable[None]]
    repeated: bool = False


@dataclass(slots=True)
class _Flight:
    """A request under way, and how many wait for its answer."""

    task: asyncio.Task[Response]
    waiting: int = 0


class ResponseCache:
    """Answers each request to a ``shared`` endpoint once in a resync, all others by ``send``.

    It knows requests, not listings, so readers with another ``data_path``, format or pagination
    share what they can, and none waits for what another does with its items. A failure is told to
    all who wait for it, and is not kept.
    """

    def __init__(self, send: Send, shared: frozenset[bytes] = frozenset()) -> None:
        self._send = send
        self._shared = shared
        self._store = ResponseStore()
        self._flights: dict[bytes, _Flight] = {}
        self._first_pages: set[bytes] = set()

    @asynccontextmanager
    async def reading(self, endpoint: EndpointPlan, first: Request) -> AsyncGenerator[Reading]:
        """While a listing that begins with ``first`` is read. One that fails leaves no answer."""
        if not self._store.usable or identity(endpoint) not in self._shared:
            yield Reading(self._send, _nothing)
            return
        used: list[bytes] = []

        async def send(request: Request) -> Response:
            key = request_key(request)
            used.append(key)
            return await self._once(key, request)

        async def forget() -> None:
            await self._store.discard(used)
            used.clear()

        key = request_key(first)
        opens = key not in self._first_pages
        self._first_pages.add(key)
        try:
            repeated = not opens or await self._store.get(key) is not None
            yield Reading(send, forget, repeated)
        except Exception:
            await forget()
            raise
        finally:
            if opens:
                self._first_pages.discard(key)

    def close(self) -> None:
        """Removes all answers; from now on every request is sent."""
        self._store.close()

    async def _once(self, key: bytes, request: Request) -> Response:
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.create_task(self._get(key, request)))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting and self._flights.get(key) is flight:
                del self._flights[key]
                await _ended(flight.task)

    async def _get(self, key: bytes, request: Request) -> Response:
        kept = await self._store.get(key)
        if kept is not None:
            return kept
        # Kept answers are handed to several, and a file can be read by one.
        response = await self._send(replace(request, to_file=False))
        await self._store.put(key, response)
        return response


async def _nothing() -> None:
    """What there is to forget where nothing is kept."""


async def _ended(task: asyncio.Task[Response]) -> None:
    """Cancels a request that nobody waits for any more; returns when it has ended."""
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()


def shared_endpoints(plans: Iterable[ListingPlan]) -> frozenset[bytes]:
    """The identities of the endpoints that are read more than once for ``plans``."""
    endpoints = [
        endpoint
        for plan in plans
        for endpoint in (plan.endpoint, *(parameter.endpoint for parameter in plan.parameters))
        if endpoint is not None
    ]
    counts = Counter(map(identity, endpoints))
    return frozenset(found for found, count in counts.items() if count > 1)


def identity(endpoint: EndpointPlan) -> bytes:
    """The same for endpoints whose requests can be the same, whatever their placeholders' names."""
    parts = (endpoint.url, endpoint.params, endpoint.headers, endpoint.body)
    return _digest(endpoint.method, *(replaced(part, _nameless) for part in parts))


def _nameless(text: str) -> str:
    return PLACEHOLDER.sub("{}", text)


def request_key(request: Request) -> bytes:
    """The same for requests whose answers are the same, as far as a request can tell."""
    body = None if request.json is NO_BODY else [request.json]
    return _digest(request.method, str(request.target), (), request.headers, body)


def _digest(method: str, url: object, params: object, headers: object, body: object) -> bytes:
    text = json.dumps([method, url, params, headers, body], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
