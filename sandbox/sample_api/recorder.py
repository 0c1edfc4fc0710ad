"""The outermost layer: notes every request and how it ended."""

from __future__ import annotations

import socket
import threading
import time
from asyncio import Transport
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl

from sandbox.sample_api.messages import (
    VISIT,
    AsgiApp,
    Message,
    Receive,
    Scope,
    SeenRequest,
    Send,
    Visit,
    error_reply,
    send_reply,
)
from sandbox.sample_api.switches import Switches

# A server left running for days must not fill the memory with its log.
LOG_LENGTH = 200_000


class RequestLog:
    """What was asked so far. Written by the server's thread and read by others."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: deque[SeenRequest] = deque(maxlen=LOG_LENGTH)
        self._numbers: Counter[str] = Counter()
        self._open: set[int] = set()
        self._most = 0

    def start(self, seen: SeenRequest) -> int:
        """Notes an arrival and returns the how-manieth to its path it is."""
        with self._lock:
            self._seen.append(seen)
            self._numbers[seen.path] += 1
            self._open.add(id(seen))
            self._most = max(self._most, len(self._open))
            return self._numbers[seen.path]

    def finish(self, seen: SeenRequest) -> None:
        """Notes the end of a request; only the first time counts."""
        with self._lock:
            self._open.discard(id(seen))
            if not seen.finished:
                seen.finished = time.monotonic()

    def seen(self) -> list[SeenRequest]:
        """Copies of all requests, in the order they came."""
        with self._lock:
            return [replace(one) for one in self._seen]

    def most_in_flight(self) -> int:
        """The most requests that were open at one moment."""
        with self._lock:
            return self._most

    def clear(self) -> None:
        """Forgets everything, except that open requests are still open."""
        with self._lock:
            self._seen.clear()
            self._numbers.clear()
            self._most = len(self._open)


class Recorder:
    """Gives each request its :class:`Visit`, and its place in the log."""

    def __init__(
        self, app: AsgiApp, log: RequestLog, resolve: Callable[[SeenRequest], Switches]
    ) -> None:
        self._app = app
        self._log = log
        self._resolve = resolve

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        transport = _transport(send)
        _send_at_once(transport)
        seen = await _read(scope, receive)
        number = self._log.start(seen)

        def done() -> None:
            self._log.finish(seen)

        async def watch(message: Message) -> None:
            # Noted before the last byte leaves: who has the answer may look at the log at once.
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                if _has_no_body(message):
                    done()
            elif not message.get("more_body"):
                done()
            await send(message)

        try:
            switches = self._resolve(seen)
        except ValueError as error:
            await send_reply(watch, error_reply(400, "bad_switch", str(error)))
            return
        try:
            visit = Visit(seen, scope["scheme"], number, switches, transport, done)
            await self._app({**scope, VISIT: visit}, receive, watch)
        finally:
            done()


def _has_no_body(start: Message) -> bool:
    return start["status"] in (204, 304) or (b"content-length", b"0") in start["headers"]


async def _read(scope: Scope, receive: Receive) -> SeenRequest:
    started = time.monotonic()
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return SeenRequest(
        method=scope["method"],
        path=scope["path"],
        query=parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        body=body,
        started=started,
    )


def _transport(send: Send) -> Transport | None:
    """The connection behind a request.

    ASGI has no word for cutting a connection, so this looks where uvicorn keeps it: ``send`` is
    a method of the object that owns the transport.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    return transport if isinstance(transport, Transport) else None


def _send_at_once(transport: Transport | None) -> None:
    """Keeps small answers from waiting for an acknowledgement.

    asyncio does this only for sockets that were opened with the TCP protocol named, and headers
    and body are two writes: without it every answer would be about 40 ms late.
    """
    opened: socket.socket | None = transport.get_extra_info("socket") if transport else None
    if opened is not None and opened.family in (socket.AF_INET, socket.AF_INET6):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
