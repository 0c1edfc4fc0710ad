"""What one request may take: its turn, its time and its size, also inside an authentication."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise

import brotli
import pytest
import zstandard

from client import Request
from client.retry import RetryPolicy
from errors import OceanCustomError, RequestError, ResponseError
from resync.clients import Clients
from settings import parse_settings
from tests.client.conftest import MakeClient

ONCE = RetryPolicy(attempts=1)
MIB = 2**20


def head(status: int = 200, *headers: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status} X", *headers, "", "")).encode()


def whole(body: bytes, status: int = 200, *headers: str) -> bytes:
    return head(status, f"Content-Length: {len(body)}", *headers) + body


Handler = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Calls ``handler`` with the path of each request; ``at`` is when each path was asked for."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.url = ""
        self.at: list[tuple[str, float]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                lines = request.lower().split(b"\r\n")
                lengths = [line[15:] for line in lines if line.startswith(b"content-length:")]
                await reader.readexactly(int(lengths[0]) if lengths else 0)
                path = request.split()[1].decode()
                self.at.append((path, time.monotonic()))
                await self.handler(path, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Server]:
    server = Server(handler)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()


async def drip(writer: asyncio.StreamWriter, data: bytes, every: float) -> None:
    for byte in data:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(every)


DRIPS = {
    "a body": (head(200, "Content-Length: 9999") + b"[", b" " * 9998),
    "a chunked body": (head(200, "Transfer-Encoding: chunked"), b"1\r\n \r\n" * 900),
    "the head": (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 9000),
    "what is said before the response": (b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 400),
}


@pytest.mark.parametrize("name", DRIPS)
async def test_a_response_that_drips_for_ever_ends(make_client: MakeClient, name: str) -> None:
    """A byte every 50 ms is in time for a timeout of 300 ms, and never done."""
    first, then = DRIPS[name]

    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        await drip(writer, then, 0.05)

    async with serving(handle) as server:
        client = make_client(ONCE, baseUrl=server.url, timeout="0.3")
        began = time.monotonic()
        with pytest.raises(RequestError, match=r"not complete after 3\.\d s.*Raise timeout"):
            async with asyncio.timeout(20):
                await client.send(Request("GET", f"{server.url}/"))
        assert 2.9 < time.monotonic() - began < 9


async def test_a_body_that_drips_and_then_comes_is_read_by_another_attempt(
    make_client: MakeClient,
) -> None:
    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        if len(server.at) == 1:
            writer.write(head(200, "Content-Length: 9999"))
            await drip(writer, b" " * 9999, 0.02)
        writer.write(whole(b"[1]"))

    async with serving(handle) as server:
        client = make_client(baseUrl=server.url, timeout="0.1")
        response = await client.send(Request("GET", f"{server.url}/"))
        assert response.content == b"[1]"


async def test_a_large_body_has_a_second_more_for_each_mebibyte(make_client: MakeClient) -> None:
    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, f"Content-Length: {10 * MIB}"))
        for _ in range(40):
            writer.write(b" " * (MIB // 4))
            await writer.drain()
            await asyncio.sleep(0.12)

    async with serving(handle) as server:
        # Ten times the timeout is four seconds, and the body takes almost five.
        client = make_client(ONCE, baseUrl=server.url, timeout="0.4")
        response = await client.send(Request("GET", f"{server.url}/"))
        assert len(response.content) == 10 * MIB


async def test_waiting_for_a_turn_or_a_permit_takes_no_time_of_a_request(
    make_client: MakeClient,
) -> None:
    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(b"[]"))

    async with serving(handle) as server:
        settings = {"maxRequestsPerSecond": "1", "maxConcurrentRequests": "4"}
        client = make_client(ONCE, baseUrl=server.url, timeout="0.25", **settings)
        sent = [client.send(Request("GET", f"{server.url}/{number}")) for number in range(5)]
        assert [response.status for response in await asyncio.gather(*sent)] == [200] * 5


def oauth2(url: str, **more: str) -> Clients:
    settings = {
        "baseUrl": url,
        "authType": "oauth2_client_credentials",
        "tokenUrl": f"{url}/token",
        "clientId": "me",
        "clientSecret": "sesame",
        **more,
    }
    return Clients(parse_settings(settings), RetryPolicy(2, 0.01, 0.01))


def token() -> bytes:
    return whole(json.dumps({"access_token": "t-123456", "expires_in": 3600}).encode())


async def test_the_rate_holds_over_logins_redirects_retries_and_what_an_authentication_sends() -> (
    None
):
    """Six requests for one that was asked for: none comes before its turn."""
    refused = iter((whole(b"", 401), whole(b"", 302, "Location: /there")))
    failing = iter((whole(b"", 503),))

    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        if path == "/token":
            writer.write(token())
        elif path == "/here":
            writer.write(next(refused))
        else:
            writer.write(next(failing, whole(b"[]")))

    async with serving(handle) as server:
        clients = oauth2(server.url, maxRequestsPerSecond="2")
        try:
            await clients.api.send(Request("GET", f"{server.url}/here"))
        finally:
            await clients.aclose()
        paths = [path for path, _ in server.at]
        assert paths == ["/token", "/here", "/token", "/here", "/there", "/there"]
        moments = [at for _, at in server.at]
        gaps = [after - before for before, after in pairwise(moments)]
        assert min(gaps) > 0.25


async def test_a_login_that_is_throttled_slows_down_the_api_of_the_same_origin() -> None:
    slow = iter((whole(b"", 429, "Retry-After: 1"),))

    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(next(slow, token()) if path == "/token" else whole(b"[]"))

    async with serving(handle) as server:
        clients = oauth2(server.url)
        try:
            await clients.api.send(Request("GET", f"{server.url}/here"))
            assert clients.api.traffic.held_seconds > 0.9
        finally:
            await clients.aclose()


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize(
    ("large", "told"),
    [
        ("/token", " returned more than 1,048,576 bytes"),
        ("/here", ": the answer is larger than 2,097,"),
    ],
)
async def test_the_body_of_a_refusal_and_of_a_login_is_bounded_too(
    large: str, told: str, coding: str
) -> None:
    """httpx reads the body of a 401 whole before the authentication goes on."""
    sent = 0

    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        if path != large:
            writer.write(token() if path == "/token" else whole(b"[]"))
            return
        status = 200 if path == "/token" else 401
        writer.write(head(status, f"Content-Encoding: {coding}", "Connection: close"))
        packer = zlib.compressobj(wbits=31)
        for _ in range(100):
            piece = b" " * MIB
            writer.write(packer.compress(piece) if coding == "gzip" else piece)
            await writer.drain()
            sent += 1
        writer.write(packer.flush() if coding == "gzip" else b"")
        writer.close()

    async with serving(handle) as server:
        clients = oauth2(server.url, maxResponseBytes=str(2 * MIB))
        try:
            with pytest.raises(OceanCustomError, match=f"{large}{told}"):
                await clients.api.send(Request("GET", f"{server.url}/here"))
        finally:
            await clients.aclose()
        assert coding == "gzip" or sent < 50


async def test_a_login_waits_until_the_refusal_before_it_has_come_whole() -> None:
    """Both go by one permit, so they may not be under way at the same time."""
    under_way: list[str] = []
    together: list[list[str]] = []

    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        refused = path == "/here" and not any(seen == "/token" for seen, _ in server.at)
        under_way.append(path)
        together.append(under_way[:])
        if refused:
            writer.write(head(401, "Content-Length: 2") + b"{")
            await writer.drain()
            await asyncio.sleep(0.2)
            writer.write(b"}")
        else:
            writer.write(token() if path == "/token" else whole(b"[]"))
        under_way.remove(path)

    async with serving(handle) as server:
        clients = oauth2(server.url, maxConcurrentRequests="1")
        try:
            server.at.append(("/token", 0.0))  # The first login is not the one in question.
            await clients.api.send(Request("GET", f"{server.url}/here"))
            server.at.clear()
            await clients.api.send(Request("GET", f"{server.url}/here"))
        finally:
            await clients.aclose()
    assert [path for path, _ in server.at] == ["/here", "/token", "/here"]
    assert max(map(len, together)) == 1


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": partial(gzip.compress, compresslevel=1),
    "deflate": partial(zlib.compress, level=1),
    "br": partial(brotli.compress, quality=1),
    "zstd": zstandard.compress,
}
STACKS = [*PACK, "gzip, gzip", "gzip, br", "br, zstd"]


CHILD = """
import asyncio, sys
from pathlib import Path
from port_ocean.bootstrap import create_default_app
from tests.support.core import forget_ocean
from client import Request
from errors import ResponseError
from resync.clients import Clients
from settings import parse_settings

forget_ocean()
port = {"client_id": "none", "client_secret": "none"}
create_default_app(
    ".", None, {"port": port, "integration": {"identifier": "memory-test", "type": "custom"}}
)
url = sys.argv[1]

def highest() -> int:
    # Not getrusage: that begins with what the parent process had.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024

async def main() -> None:
    clients = Clients(parse_settings({"baseUrl": url, "maxResponseBytes": "4194304"}))
    before = highest()
    try:
        await clients.api.send(Request("GET", url + "/"))
    except ResponseError as error:
        print(error)
    await clients.aclose()
    print(highest() - before)

asyncio.run(main())
"""


@pytest.mark.parametrize("codings", STACKS)
async def test_a_few_bytes_never_become_more_memory_than_the_limit(codings: str) -> None:
    """100 MiB in one small piece, of which 4 MiB are allowed, read by a process of its own."""
    body = bytes(100 * MIB)
    for coding in codings.split(", "):
        body = PACK[coding](body)

    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(body, 200, f"Content-Encoding: {codings}"))

    async with serving(handle) as server:
        arguments = [sys.executable, "-c", CHILD, server.url]
        child = await asyncio.create_subprocess_exec(
            *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        out, problem = await child.communicate()
    assert child.returncode == 0, problem.decode()
    told, grown = out.decode().splitlines()[-2:]
    assert "the answer is larger than 4,194,304 bytes" in told
    assert int(grown) < 25


async def test_a_body_that_is_packed_too_often_is_not_unpacked(make_client: MakeClient) -> None:
    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(b"x", 200, "Content-Encoding: " + "gzip, " * 5 + "gzip"))

    async with serving(handle) as server:
        with pytest.raises(RequestError, match="compressed 6 times over"):
            await make_client(ONCE, baseUrl=server.url).send(Request("GET", f"{server.url}/"))


async def test_unpacking_holds_nothing_else_up(make_client: MakeClient) -> None:
    body = brotli.compress(bytes(100 * MIB))

    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(body, 200, "Content-Encoding: br"))

    async with serving(handle) as server:
        client = make_client(ONCE, baseUrl=server.url)
        reading = asyncio.create_task(client.send(Request("GET", f"{server.url}/", to_file=True)))
        longest, start = 0.0, time.monotonic()
        while not reading.done():
            began = time.monotonic()
            await asyncio.sleep(0.001)
            longest = max(longest, time.monotonic() - began)
        file = (await reading).file
        assert file is not None
        file.close()
        assert longest < (time.monotonic() - start) / 3


async def test_a_response_over_the_limit_is_told_by_its_own_url(make_client: MakeClient) -> None:
    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(gzip.compress(bytes(MIB)), 500, "Content-Encoding: gzip"))

    async with serving(handle) as server:
        client = make_client(baseUrl=server.url, maxResponseBytes="1024")
        with pytest.raises(ResponseError, match=r"/x\?token=\[hidden\]: the answer is larger than"):
            await client.send(Request("GET", f"{server.url}/x?token=t-12345"))
        assert len(server.at) == 1


async def test_it_is_the_same_by_a_proxy(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Contract: Ocean's client makes the transport for a proxy by ``_init_proxy_transport``."""

    async def handle(path: str, writer: asyncio.StreamWriter) -> None:
        writer.write(whole(gzip.compress(bytes(MIB)), 200, "Content-Encoding: gzip"))

    async with serving(handle) as server:
        monkeypatch.setenv("HTTP_PROXY", server.url)
        client = make_client(baseUrl="http://api.invalid", maxResponseBytes="1024")
        with pytest.raises(ResponseError, match="larger than 1,024 bytes"):
            await client.send(Request("GET", "http://api.invalid/x"))
        assert [path for path, _ in server.at] == ["http://api.invalid/x"]
