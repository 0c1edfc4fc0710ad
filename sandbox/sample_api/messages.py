"""What the layers of the sample API hand to each other."""

from __future__ import annotations

import json
from asyncio import Transport
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.sample_api.switches import Switches

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

# Where a request's Visit is kept in its ASGI scope.
VISIT = "sample_api.visit"


@dataclass(slots=True)
class SeenRequest:
    """One request as the API saw it. Times are ``time.monotonic()`` seconds.

    ``status`` is 0 while nothing is answered, and stays 0 if the connection was cut before.
    ``finished`` is 0 until the answer is complete or given up.
    """

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    started: float
    status: int = 0
    finished: float = 0.0


@dataclass(slots=True)
class Visit:
    """A request on its way through the layers."""

    seen: SeenRequest
    scheme: str
    # The how-manieth request to its path it is, from 1.
    number: int
    switches: Switches
    transport: Transport | None
    # Tells the log that the request is over, for answers that end by cutting the connection.
    done: Callable[[], None]


@dataclass(slots=True)
class Reply:
    """A whole answer."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: list[tuple[str, str]] = field(default_factory=list)


class ApiError(Exception):
    """An answer that is an error."""

    def __init__(
        self, status: int, code: str, message: str, headers: list[tuple[str, str]] | None = None
    ) -> None:
        super().__init__(message)
        self.reply = error_reply(status, code, message, headers)


def dump(value: object) -> bytes:
    """``value`` as compact UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def error_reply(
    status: int, code: str, message: str, headers: list[tuple[str, str]] | None = None
) -> Reply:
    """The JSON error every failing request gets."""
    body = dump({"error": {"code": code, "message": message}})
    return Reply(status, body, headers=headers or [])


async def send_start(send: Send, reply: Reply, length: int | None = None) -> None:
    """Sends status and headers; a ``length`` below 0 announces none, which means chunked."""
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers]
    if reply.status not in (204, 304):
        headers.append((b"content-type", reply.content_type.encode()))
        announced = len(reply.body) if length is None else length
        if announced >= 0:
            headers.append((b"content-length", str(announced).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})


async def send_reply(send: Send, reply: Reply) -> None:
    """Sends a whole answer."""
    await send_start(send, reply)
    await send({"type": "http.response.body", "body": reply.body})
