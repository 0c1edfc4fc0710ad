"""The cache by itself: what is the same request to it, and what happens on failures."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from client import Request, Response
from errors import RequestError
from pagination import PageRequest
from resync.plan import EndpointPlan
from resync.response_cache import ResponseCache, identity
from settings import parse_settings

URL = "https://api.example.com/teams/a"
ENDPOINT = EndpointPlan(
    template="POST /teams/{team}",
    method="POST",
    url="https://api.example.com/teams/{team}",
    params=(("state", "open"),),
    headers=(("X-Tenant", "a"),),
    body={"filter": {"active": True}},
    data_path=".",
    pagination=parse_settings({"baseUrl": "https://api.example.com"}).pagination,
)
PAGE = PageRequest(URL, (("state", "open"),), ENDPOINT.body)


@dataclass
class Api:
    """Counts what is sent; answers when ``gate`` is open."""

    sent: list[Request] = field(default_factory=list)
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    content: bytes = b"[]"
    error: Exception | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: int = 0

    async def send(self, request: Request) -> Response:
        self.sent.append(request)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error
        return Response(200, httpx.Headers(self.headers), self.content, str(request.url))


@pytest.fixture
async def api() -> Api:
    opened = Api()
    opened.gate.set()
    return opened


@pytest.fixture
async def cache(api: Api) -> AsyncGenerator[ResponseCache]:
    made = ResponseCache(api.send, frozenset({identity(ENDPOINT)}))
    yield made
    made.close()


async def read(
    cache: ResponseCache, endpoint: EndpointPlan = ENDPOINT, page: PageRequest = PAGE
) -> Response:
    request = endpoint.outgoing(page)
    async with cache.reading(endpoint, request) as reading:
        return await reading.send(request)


OTHERS: dict[str, Callable[[EndpointPlan], EndpointPlan]] = {
    "method": lambda plan: replace(plan, method="PUT"),
    "headers": lambda plan: replace(plan, headers=(("X-Tenant", "b"),)),
    "body": lambda plan: replace(plan, body={"filter": {"active": False}}),
    "no body": lambda plan: replace(plan, body=None),
    "params": lambda plan: replace(plan, params=(("state", "closed"),)),
    "order of params": lambda plan: replace(plan, params=(("a", "1"), *plan.params)),
    "path": lambda plan: replace(plan, url="https://api.example.com/teams"),
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
async def test_whatever_can_change_the_answer_is_another_request(
    api: Api, change: Callable[[EndpointPlan], EndpointPlan]
) -> None:
    other = change(ENDPOINT)
    cache = ResponseCache(api.send, frozenset({identity(ENDPOINT), identity(other)}))
    await read(cache)
    url = URL if other.url == ENDPOINT.url else other.url
    await read(cache, other, PageRequest(url, other.params, other.body))
    await read(cache)
    cache.close()
    assert len(api.sent) == 2


async def test_how_the_answer_is_read_makes_no_other_request(
    api: Api, cache: ResponseCache
) -> None:
    await read(cache)
    await read(cache, replace(ENDPOINT, data_path=".items", format="csv", template="x"))
    assert len(api.sent) == 1


async def test_an_answer_comes_back_as_it_was_without_its_secret_headers(
    api: Api, cache: ResponseCache
) -> None:
    api.content = bytes(range(256)) * 5000
    public = [(b"Link", b"<a>; rel=next"), (b"link", b"<b>; rel=last"), (b"X-Name", b"caf\xe9")]
    public.append((b"X-Note", b"token"))
    api.headers = [*public, (b"Set-Cookie", b"session=hidden"), (b"X-Api-Key", b"k1")]
    first = await read(cache)
    second = await read(cache)
    assert second.content == first.content == api.content
    assert second.headers.raw == public
    assert (second.status, second.url) == (first.status, first.url)


async def test_requests_at_the_same_time_are_one(api: Api, cache: ResponseCache) -> None:
    api.gate.clear()
    readers = [asyncio.create_task(read(cache)) for _ in range(20)]
    await until(lambda: bool(api.sent))
    await asyncio.sleep(0.01)
    api.gate.set()
    assert {response.content for response in await asyncio.gather(*readers)} == {b"[]"}
    assert len(api.sent) == 1


async def test_one_reader_that_goes_does_not_take_the_others_answer(
    api: Api, cache: ResponseCache
) -> None:
    api.gate.clear()
    readers = [asyncio.create_task(read(cache)) for _ in range(3)]
    await until(lambda: bool(api.sent))
    readers[0].cancel()
    await asyncio.wait([readers[0]])
    api.gate.set()
    assert len(await asyncio.gather(*readers[1:])) == 2
    assert (len(api.sent), api.cancelled) == (1, 0)


async def test_when_the_last_reader_goes_the_request_ends(api: Api, cache: ResponseCache) -> None:
    api.gate.clear()
    readers = [asyncio.create_task(read(cache)) for _ in range(3)]
    await until(lambda: bool(api.sent))
    for reader in readers:
        reader.cancel()
    await asyncio.wait(readers)
    assert api.cancelled == 1
    api.gate.set()
    assert (await read(cache)).content == b"[]"
    assert len(api.sent) == 2


async def test_a_failure_reaches_all_who_wait_and_is_not_kept(
    api: Api, cache: ResponseCache
) -> None:
    api.gate.clear()
    api.error = RequestError("answered 500", method="GET", url=URL, status=500)
    readers = [asyncio.create_task(read(cache)) for _ in range(3)]
    await until(lambda: bool(api.sent))
    await asyncio.sleep(0.01)
    api.gate.set()
    found = await asyncio.gather(*readers, return_exceptions=True)
    assert found == [api.error] * 3
    assert len(api.sent) == 1
    api.error = None
    assert (await read(cache)).content == b"[]"


async def test_a_listing_that_fails_later_leaves_none_of_its_answers(
    api: Api, cache: ResponseCache
) -> None:
    request = ENDPOINT.outgoing(PAGE)
    with pytest.raises(ValueError, match="malformed"):
        async with cache.reading(ENDPOINT, request) as reading:
            await reading.send(request)
            raise ValueError("malformed")
    await read(cache)
    assert len(api.sent) == 2


async def test_a_second_reader_of_a_listing_is_told_so(api: Api, cache: ResponseCache) -> None:
    request = ENDPOINT.outgoing(PAGE)
    async with cache.reading(ENDPOINT, request) as first:
        async with cache.reading(ENDPOINT, request) as beside:
            assert (first.repeated, beside.repeated) == (False, True)
        await first.send(request)
    async with cache.reading(ENDPOINT, request) as afterwards:
        assert afterwards.repeated


@pytest.mark.parametrize("statement", ["max_page_count = 2", "query_only = 1"])
async def test_a_disk_that_fails_costs_a_warning_and_no_data(
    api: Api, cache: ResponseCache, log: list[str], statement: str
) -> None:
    api.content = b"x" * 100_000
    await read(cache, page=replace(PAGE, url=URL + "/other"))
    await cache._store._do(lambda database: database.execute(f"PRAGMA {statement}"))
    for _ in range(3):
        assert (await read(cache)).content == api.content
    assert len(api.sent) == 4
    assert len([line for line in log if "cannot be kept on disk" in line]) == 1


async def test_after_the_end_every_request_is_sent(api: Api, cache: ResponseCache) -> None:
    await read(cache)
    cache.close()
    cache.close()
    await read(cache)
    assert len(api.sent) == 2


def test_a_forked_process_sends_for_itself() -> None:
    """A copy of the file would share its position with the process that opened it."""
    sent: list[Request] = []

    async def answer(request: Request) -> Response:
        sent.append(request)
        return Response(200, httpx.Headers(), b"[]", str(request.url))

    cache = ResponseCache(answer, frozenset({identity(ENDPOINT)}))
    asyncio.run(read(cache))
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(asyncio.wait_for(read(cache), 10))
            cache.close()
        finally:
            os._exit(len(sent))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    asyncio.run(read(cache))
    assert len(sent) == 1
    cache.close()


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.001)
