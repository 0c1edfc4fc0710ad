"""HTTP/1.1 by hand: only what a server that breaks its rules needs."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

Pairs = Sequence[tuple[str, str]]
JSON = ("Content-Type", "application/json")


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came; names of ``headers`` are in lower case."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


async def read_request(reader: asyncio.StreamReader) -> Received | None:
    """The next request of a connection, or None when the client has gone."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        pairs = (line.partition(":") for line in lines)
        headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
        length = next((int(value) for name, value in headers if name == "content-length"), 0)
        body = await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    method, target, _ = first.split(" ", 2)
    return Received(method, target, headers, body)


class Exchange:
    """One request, the right answer to it, and the means to send another.

    ``reached`` tells whether the page at which the fault begins was asked for by now.
    """

    def __init__(
        self, request: Received, writer: asyncio.StreamWriter, headers: Pairs, body: bytes
    ) -> None:
        self.request = request
        self.headers = headers
        self.body = body
        self.closing = False
        self.reached = False
        self._writer = writer

    async def answer(self, status: int = 200, headers: Pairs = (), body: bytes = b"") -> None:
        """A well-formed answer."""
        await self.send(head(status, [*headers, ("Content-Length", str(len(body)))]) + body)

    async def send(self, data: bytes) -> None:
        """Any bytes."""
        self._writer.write(data)
        await self._writer.drain()

    def close(self) -> None:
        """Ends the connection after what was sent."""
        self.closing = True

    def reset(self) -> None:
        """Ends the connection with RST instead of FIN."""
        self.closing = True
        opened: socket.socket = self._writer.get_extra_info("socket")
        if opened.fileno() < 0:  # The client was first.
            return
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


def head(status: int, headers: Pairs) -> bytes:
    """A status line and headers, with the empty line that ends them."""
    phrase = HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else "Odd"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
