"""Connections: one for each request in flight, used again, and never held by one that is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from client import Request
from client.lanes import ONE, SPARE, Lanes
from errors import RequestError, ResponseError
from tests.client.conftest import MakeClient


class Server:
    """Counts its connections; a path that holds ``stall`` gets no answer, ``half`` half of one."""

    def __init__(self) -> None:
        self.connections = 0
        self.open = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if b"stall" in head:
                    await reader.read()
                    return
                length = 4096 if b"half" in head else 2
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n[]" % length)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            self.open -= 1
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield made
    listening.close()


async def test_one_request_after_another_needs_one_connection(
    make_client: MakeClient, server: Server
) -> None:
    client = make_client(baseUrl=server.url)
    for number in range(20):
        await client.send(Request("GET", f"{server.url}/{number}"))
    assert server.connections == 1


async def test_side_by_side_there_are_as_many_as_permits(
    make_client: MakeClient, server: Server
) -> None:
    client = make_client(baseUrl=server.url, maxConcurrentRequests="3")
    requests = [client.send(Request("GET", f"{server.url}/{number}")) for number in range(30)]
    await asyncio.gather(*requests)
    assert server.connections == 3


@pytest.mark.parametrize("path", ["stall", "half", "whole"])
async def test_requests_that_are_cancelled_hold_nothing(
    make_client: MakeClient, server: Server, path: str
) -> None:
    """At whatever moment they are."""
    client = make_client(baseUrl=server.url, maxConcurrentRequests="2", timeout="3")
    for number in range(60):
        task = asyncio.create_task(client.send(Request("GET", f"{server.url}/{path}")))
        for _ in range(number):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    for _ in range(5):
        assert (await client.send(Request("GET", f"{server.url}/whole"))).content == b"[]"
    await asyncio.sleep(0.1)
    assert server.open == 1


async def test_answers_that_break_or_are_too_large_hold_nothing(
    make_client: MakeClient, server: Server
) -> None:
    client = make_client(
        baseUrl=server.url, maxConcurrentRequests="1", timeout="0.1", maxResponseBytes="1024"
    )
    for path in ("stall", "half"):
        with pytest.raises((RequestError, ResponseError)):
            await client.send(Request("GET", f"{server.url}/{path}"))
    assert (await client.send(Request("GET", f"{server.url}/whole"))).content == b"[]"
    await asyncio.sleep(0.1)
    assert server.open == 1
    await client.aclose()
    await asyncio.sleep(0.1)
    assert server.open == 0


async def test_addresses_of_a_host_that_take_turns_need_one_connection_each() -> None:
    """As Ocean's blocker asks for them; and what is kept free is bounded."""
    made = Server()
    listening = await asyncio.start_server(made.serve, "0.0.0.0", 0)  # noqa: S104 - all of 127/8
    port = listening.sockets[0].getsockname()[1]
    lanes = Lanes(lambda: httpx.AsyncHTTPTransport(limits=ONE))
    async with httpx.AsyncClient(transport=lanes) as client:
        for number in range(20):
            await client.get(f"http://127.0.0.{1 + number % 2}:{port}/")
        assert made.connections == 2
        for number in range(60):
            await client.get(f"http://127.0.0.{1 + number}:{port}/")
        await asyncio.sleep(0.1)
        assert made.open == SPARE
    listening.close()


class Unclosable(httpx.AsyncByteStream):
    """A body that was read whole, and whose reader is cancelled while it is closed."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"[]"

    async def aclose(self) -> None:
        raise asyncio.CancelledError


async def test_a_connection_is_not_used_again_that_was_not_closed_to_its_end() -> None:
    opened: list[httpx.AsyncBaseTransport] = []

    def open_lane() -> httpx.AsyncBaseTransport:
        stream = httpx.AsyncByteStream if opened else Unclosable
        opened.append(httpx.MockTransport(lambda _: httpx.Response(200, stream=stream())))
        return opened[-1]

    lanes = Lanes(open_lane)
    answer = await lanes.handle_async_request(httpx.Request("GET", "http://host/one"))
    assert isinstance(answer.stream, httpx.AsyncByteStream)
    assert [part async for part in answer.stream] == [b"[]"]
    with pytest.raises(asyncio.CancelledError):
        await answer.stream.aclose()
    await lanes.handle_async_request(httpx.Request("GET", "http://host/two"))
    assert len(opened) == 2
