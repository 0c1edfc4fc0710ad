"""The faults: a layer around the API that answers wrongly, late, in part or not at all.

The API always works out its right answer first. A fault then spoils that answer, so half a body
is half of what would have been sent. Answers that are errors already are left alone: a request
without credentials is told so before anything else goes wrong.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from urllib.parse import urlencode

from sandbox.sample_api.messages import (
    VISIT,
    AsgiApp,
    Message,
    Receive,
    Reply,
    Scope,
    Send,
    Visit,
    dump,
    error_reply,
    send_reply,
    send_start,
)
from sandbox.sample_api.switches import NAMES

LONGEST_STALL = 60.0
RETRY_DATE_SECONDS = 2
LOGIN_PAGE = b"""<!doctype html>
<html><head><title>Sign in</title></head>
<body><form method="post"><input name="user"><input name="password"></form></body></html>
"""
BIG_CHUNK_RECORDS = 64
BIG_TEXT = "lorem ipsum " * 80

Spoiler = Callable[[Visit, Reply, Receive, Send], Awaitable[None]]


class FaultInjector:
    """Wraps the API; requests that are due a fault get it instead of their answer."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit: Visit = scope[VISIT]
        if not _is_due(visit):
            await self._app(scope, receive, send)
            return
        reply = Reply(200, b"")

        async def capture(message: Message) -> None:
            if message["type"] == "http.response.start":
                reply.status = message["status"]
                reply.headers = [
                    (name.decode(), value.decode("latin-1"))
                    for name, value in message["headers"]
                    if name not in (b"content-type", b"content-length")
                ]
            else:
                reply.body += message.get("body", b"")

        await self._app(scope, receive, capture)
        if reply.status >= HTTPStatus.BAD_REQUEST:
            await send_reply(send, reply)
        else:
            await SPOILERS.get(visit.switches.fault, _whole)(visit, reply, receive, send)


def _is_due(visit: Visit) -> bool:
    switches = visit.switches
    if switches.fault == "none" or visit.number < switches.fault_at:
        return False
    return not switches.fault_times or visit.number < switches.fault_at + switches.fault_times


async def _whole(visit: Visit, reply: Reply, receive: Receive, send: Send) -> None:
    """The faults that are complete answers, only not the right ones."""
    fault = visit.switches.fault
    if fault.isdigit():
        await send_reply(send, _status(int(fault), visit.switches.retry_after))
    elif fault.startswith("redirect"):
        await send_reply(send, Reply(302, b"", headers=[("Location", _location(visit))]))
    else:
        await send_reply(send, _wrong_body(fault, reply))


def _wrong_body(fault: str, reply: Reply) -> Reply:
    if fault == "truncated":
        return Reply(200, reply.body[: len(reply.body) // 2], headers=reply.headers)
    if fault == "html":
        return Reply(200, LOGIN_PAGE, "text/html; charset=utf-8")
    if fault == "error_200":
        return Reply(200, error_reply(200, "internal", "something went wrong").body)
    if fault == "not_json":
        return Reply(200, b"upstream said: OK (this is not JSON)")
    return Reply(200, b"")


def _status(status: int, retry_after: str) -> Reply:
    headers = []
    if retry_after == "rubbish":
        headers = [("Retry-After", "soon, probably")]
    elif retry_after == "http-date":
        moment = datetime.now(UTC) + timedelta(seconds=RETRY_DATE_SECONDS)
        headers = [("Retry-After", format_datetime(moment, usegmt=True))]
    elif retry_after:
        headers = [("Retry-After", retry_after)]
    if status in (204, 304):
        return Reply(status, b"", headers=headers)
    known = status in HTTPStatus.__members__.values()
    phrase = HTTPStatus(status).phrase if known else "Injected fault"
    return error_reply(status, phrase.lower().replace(" ", "_"), phrase, headers)


def _location(visit: Visit) -> str:
    fault = visit.switches.fault
    if fault == "redirect_host":
        return visit.switches.redirect_to
    spoiling = {name for name in NAMES if name.startswith("fault")}
    kept = [pair for pair in visit.seen.query if pair[0] not in spoiling]
    # Said outright, since the fault may have been set for all requests.
    again = [("fault", "none")]
    if fault == "redirect_loop":
        again = [("fault", fault), ("fault_at", "1"), ("fault_times", "0")]
    return f"{visit.seen.path}?{urlencode(kept + again)}"


async def _reset(visit: Visit, reply: Reply, receive: Receive, send: Send) -> None:
    if visit.transport is None:
        raise ConnectionResetError("this server's connections cannot be reset")
    opened: socket.socket | None = visit.transport.get_extra_info("socket")
    if opened is not None:
        # With no time to linger, closing sends RST instead of FIN.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    visit.done()
    visit.transport.abort()
    # The server learns of it in its next turn, and must not try to answer before.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


async def _reset_body(visit: Visit, reply: Reply, receive: Receive, send: Send) -> None:
    await _send_half(reply, send)
    _close(visit)


async def _stall(visit: Visit, reply: Reply, receive: Receive, send: Send) -> None:
    await _until_gone(receive)
    _close(visit)


async def _stall_body(visit: Visit, reply: Reply, receive: Receive, send: Send) -> None:
    await _send_half(reply, send)
    await _until_gone(receive)
    _close(visit)


async def _drip(visit: Visit, reply: Reply, receive: Receive, send: Send) -> None:
    await send_start(send, reply)
    step, length = visit.switches.drip_bytes, len(reply.body)
    deadline = time.monotonic() + LONGEST_STALL
    for start in range(0, length, step):
        if _is_gone(visit) or time.monotonic() > deadline:
            break
        piece, last = reply.body[start : start + step], start + step >= length
        await send({"type": "http.response.body", "body": piece, "more_body": not last})
        if last:
            return
        await asyncio.sleep(visit.switches.drip_ms / 1000)
    _close(visit)


async def _big(visit: Visit, reply: Reply, receive: Receive, send: Send) -> None:
    # Without a length: whoever reads this has to count for himself.
    await send_start(send, Reply(200, b""), length=-1)
    for chunk in _big_chunks(visit.switches.big_bytes):
        if _is_gone(visit):
            return
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b""})


def _big_chunks(size: int) -> Iterator[bytes]:
    """Valid JSON of exactly ``size`` bytes, or the shortest there is."""
    opening, closing = b'{"items":[', b"]}"
    left = size - len(opening) - len(closing)
    yield opening
    number = 0
    while True:
        records = [
            dump({"id": f"big-{number + place:09d}", "text": BIG_TEXT})
            for place in range(1, BIG_CHUNK_RECORDS + 1)
        ]
        chunk = (b"," if number else b"") + b",".join(records)
        if len(chunk) > left:
            break
        yield chunk
        left -= len(chunk)
        number += BIG_CHUNK_RECORDS
    yield b" " * max(left, 0) + closing


async def _send_half(reply: Reply, send: Send) -> None:
    await send_start(send, reply)
    half = reply.body[: len(reply.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_STALL):
            while (await receive())["type"] != "http.disconnect":
                pass


def _is_gone(visit: Visit) -> bool:
    return visit.transport is not None and visit.transport.is_closing()


def _close(visit: Visit) -> None:
    visit.done()
    if visit.transport is not None:
        visit.transport.close()


SPOILERS: dict[str, Spoiler] = {
    "reset": _reset,
    "reset_body": _reset_body,
    "stall": _stall,
    "stall_body": _stall_body,
    "drip": _drip,
    "big": _big,
}
