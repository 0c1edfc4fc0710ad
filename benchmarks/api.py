"""A REST API that costs next to nothing, in a process of its own, so that it shares neither
interpreter nor memory with what is measured. HTTP/1.1 by hand: what is answered is made as it is
asked for, after the latency that the path names.

- ``/<pagination>/<total>/<count>/<bytes>/<latency>/items``: a listing of ``count`` records of
  about ``bytes`` bytes each; pagination is ``offset``, ``page``, ``cursor`` or ``next_link``,
  total ``total`` or ``none``, latency in ms.
- ``/parents/<count>/<latency>/items`` and ``/parents/<count>/<latency>/<id>/children?n=``
- ``/large?bytes=``: one array of about that many bytes.
- ``/requests``: how many requests came since this was last asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from contextlib import AbstractContextManager
from urllib.parse import parse_qsl, urlsplit

from benchmarks.process import served_by

PIECE_ITEMS = 512
TEXT = b"lorem ipsum dolor sit amet " * 4_000


def records(start: int, limit: int, count: int, size: int) -> bytes:
    """The records from ``start`` on, as JSON, without the brackets around them."""
    text = TEXT[: max(0, size - 40)]
    numbers = range(start, min(start + limit, count))
    return b",".join(b'{"id":"item-%08d","text":"%b"}' % (number, text) for number in numbers)


def listing(parts: list[str], query: dict[str, str]) -> bytes:
    """A page of a listing."""
    pagination, told, count, size = parts[0], parts[1], int(parts[2]), int(parts[3])
    limit = int(query.get("limit") or query.get("size") or 100)
    start = int(query.get("offset") or query.get("cursor") or 0)
    if pagination == "page":
        start = (int(query.get("page", 1)) - 1) * limit
    body = b'{"items":[' + records(start, limit, count, size) + b"]"
    if told == "total":
        body += b',"total":%d' % count
    following = start + limit
    if pagination == "cursor":
        body += b',"next_cursor":' + (b'"%d"' % following if following < count else b"null")
    elif pagination == "next_link":
        link = b'"items?limit=%d&offset=%d"' % (limit, following)
        body += b',"next":' + (link if following < count else b"null")
    return body + b"}"


def children(path: list[str], query: dict[str, str]) -> bytes:
    """The children of one parent, or the parents."""
    if path[-1] == "children":
        return b'{"items":[' + records(0, int(query.get("n", 1)), 10_000, 64) + b"]}"
    start, limit = int(query.get("offset", 0)), int(query.get("limit", 100))
    return b'{"items":[' + records(start, limit, int(path[1]), 64) + b"]}"


class Connection(asyncio.Protocol):
    """One client's connection; requests on it come one after another."""

    requests = 0

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            self._answer(urlsplit(head.split(b" ", 2)[1].decode("ascii")))

    def _answer(self, target: object) -> None:
        path, query = target.path.strip("/").split("/"), dict(parse_qsl(target.query))  # type: ignore[attr-defined]
        if path == ["requests"]:
            count, Connection.requests = Connection.requests, 0
            self._send(json.dumps({"requests": count}).encode())
            return
        Connection.requests += 1
        if path == ["large"]:
            self._stream(int(query["bytes"]))
            return
        parents = path[0] == "parents"
        body = children(path, query) if parents else listing(path, query)
        latency = int(path[2] if parents else path[4]) / 1000
        if latency:
            asyncio.get_running_loop().call_later(latency, self._send, body)
        else:
            self._send(body)

    def _send(self, body: bytes) -> None:
        if not self._transport.is_closing():
            length = b"%d" % len(body)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            self._transport.write(head + length + b"\r\n\r\n" + body)

    def _stream(self, size: int) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n["
        self._transport.write(head)
        self._streaming = asyncio.ensure_future(self._pieces(size))

    async def _pieces(self, size: int) -> None:
        for start in range(0, size // 1024, PIECE_ITEMS):
            self._transport.write(records(start, PIECE_ITEMS, size, 1024) + b",")
            while self._transport.get_write_buffer_size():  # noqa: ASYNC110 - a protocol's drain
                await asyncio.sleep(0.001)
        self._transport.write(b'{"id":"last"}]')
        self._transport.close()


async def run() -> None:
    """Serves until it is terminated; prints the base URL."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()


def bench_api() -> AbstractContextManager[str]:
    """Serves while the context is open; yields the base URL."""
    return served_by("benchmarks.api")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    asyncio.run(run())
