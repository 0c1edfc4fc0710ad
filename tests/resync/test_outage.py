"""A kind whose requests all fail to connect is given up, and no other is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from client.lanes import Lanes
from tests.support.core import resource, texts
from tests.support.running import Runs, items_of, parsed

PARENTS = [str(number) for number in range(2000)]
CONCURRENT = 10

Respond = Callable[[int, str], httpx.Response | Exception]


class Wire:
    """Stands in for the network: ``respond`` gets the number of a request and its path."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond
        self.paths: list[str] = []

    async def __call__(self, _: Lanes, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        number = len(self.paths)
        await asyncio.sleep(0)
        found = self.respond(number, request.url.path)
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire(lambda number, path: httpx.ConnectError("refused"))
    lanes = wire.__call__
    monkeypatch.setattr(Lanes, "handle_async_request", lambda self, request: lanes(self, request))
    return wire


def members(
    values: list[str] | None = None, kind: str = "/teams/{team}/members"
) -> dict[str, object]:
    found: dict[str, object] = {"endpoint": "/teams", "data_path": ".items", "field": ".id"}
    return resource(kind, path_parameters={"team": {"values": values} if values else found})


def page(*ids: str, **more: object) -> httpx.Response:
    records = [{"id": one} for one in ids]
    return httpx.Response(200, json={"items": records, **more}, request=httpx.Request("GET", "/"))


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.ProxyError("no"),
        OSError(),
    ],
)
async def test_a_kind_stops_after_twenty_requests_that_did_not_connect(
    runs: Runs, wire: Wire, error: Exception
) -> None:
    wire.respond = lambda number, path: error
    told = await runs.failure(members(PARENTS))
    assert "kind /teams/{team}/members: its last 20 requests all failed to connect" in told
    assert f"GET {runs.url}/teams/" in told
    assert 20 <= len(wire.paths) <= 20 + CONCURRENT


async def test_each_kind_is_its_own(runs: Runs, wire: Wire) -> None:
    one, other = members(PARENTS), members(PARENTS, "/users/{team}/members")
    async with runs.opened(one, other) as run:
        for resource_ in (one, other):
            with pytest.raises(ExceptionGroup) as caught:
                await items_of(run, resource_)
            assert "all failed to connect" in "".join(texts(caught.value))
    for folder in ("/teams/", "/users/"):
        sent = [path for path in wire.paths if path.startswith(folder)]
        assert 20 <= len(sent) <= 20 + CONCURRENT


def every_tenth(found: httpx.Response) -> Respond:
    def respond(number: int, path: str) -> httpx.Response | Exception:
        if number % 10:
            return httpx.ConnectError("refused")
        return httpx.Response(found.status_code, content=found.content, headers=found.headers)

    return respond


@pytest.mark.parametrize("found", [page(), httpx.Response(404), httpx.Response(503)])
async def test_whatever_comes_in_between_begins_the_count_anew(
    runs: Runs, wire: Wire, found: httpx.Response
) -> None:
    wire.respond = every_tenth(found)
    told = await runs.failure(members(PARENTS[:200]))
    assert len(wire.paths) == 200
    assert "listings of kind /teams/{team}/members failed; the first" in told


@pytest.mark.parametrize("error", [httpx.ReadTimeout("slow"), httpx.ReadError("cut")])
async def test_a_connection_that_was_there_is_no_outage(
    runs: Runs, wire: Wire, error: Exception
) -> None:
    wire.respond = lambda number, path: error
    await runs.failure(members(PARENTS[:100]))
    assert len(wire.paths) == 100


async def test_what_waits_for_another_attempt_is_given_up_and_so_are_discoveries(
    runs: Runs, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the requests never end by themselves."""
    never = asyncio.Event()
    reached = 0

    async def send(_: Lanes, request: httpx.Request) -> httpx.Response:
        nonlocal reached
        path = request.url.path
        wire.paths.append(path)
        if path == "/teams":
            if request.url.params.get("cursor") == "last":
                await never.wait()
            return page(*PARENTS[:40], next_cursor="last")
        reached += 1
        if reached <= 5:
            return page(f"{reached}")
        if reached % 4 == 0:
            await never.wait()
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(Lanes, "handle_async_request", send)
    nested = resource(
        "/teams/{team}/members",
        path_parameters={
            "team": {
                "endpoint": "/teams",
                "data_path": ".items",
                "field": ".id",
                "pagination": {"type": "cursor"},
            }
        },
    )
    read: list[str] = []
    async with runs.opened(nested, maxConcurrentRequests="40") as run, asyncio.timeout(10):
        with pytest.raises(ExceptionGroup, match="all failed to connect"):
            async for batch in run.current.batches(parsed(nested)):
                read += [item["id"] for item in batch]
    assert sorted(read) == ["1", "2", "3", "4", "5"]
