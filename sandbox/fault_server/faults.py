"""The faults, each a function that answers a request in its own wrong way."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from sandbox.fault_server.listing import (
    PAGE_SIZE,
    PAGES,
    Cell,
    Document,
    answer,
    cursor_to,
    dump,
    leading_to,
    page_number,
)
from sandbox.fault_server.wire import JSON, Exchange, Pairs, head

Fault = Callable[[Exchange], Awaitable[None]]

LONGEST_STALL = 60.0
BOMB_BYTES = 16 * 2**20
LOGIN_PAGE = b"<!doctype html><title>Sign in</title><form method=post></form>"
LIMITED = b'{"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}'
ELSEWHERE = "http://127.0.0.2:9/stolen"
"""Another host, where nobody listens."""


def status(code: int, *headers: tuple[str, str], body: bytes = b'{"message": "no"}') -> Fault:
    """Answers with ``code`` and no records."""

    async def fault(exchange: Exchange) -> None:
        await exchange.answer(code, [JSON, *headers], b"" if code in (204, 304) else body)

    return fault


def text(change: Callable[[bytes], bytes], *headers: tuple[str, str]) -> Fault:
    """Answers 200 with another body."""

    async def fault(exchange: Exchange) -> None:
        await exchange.answer(200, headers or exchange.headers, change(exchange.body))

    return fault


def value(change: Callable[[Document, Cell, int], Document]) -> Fault:
    """Answers 200 with a well-formed body of another content."""

    async def fault(exchange: Exchange) -> None:
        cell = Cell.of(exchange.request.path)
        body = json.loads(exchange.body)
        number = page_number(cell, exchange.request.query)
        await exchange.answer(200, exchange.headers, dump(change(body, cell, number)))

    return fault


def changed(change: Callable[[list[Document], Cell], list[Document]]) -> Fault:
    """Answers as a listing does whose records change when the cell's page is first asked for, and
    which tells how many there are."""

    async def fault(exchange: Exchange) -> None:
        cell = Cell.of(exchange.request.path)
        before = [cell.record(one) for one in range(PAGES * PAGE_SIZE)]
        records = change(before, cell) if exchange.reached else before
        url = f"http://{exchange.request.header('host')}{cell.path}"
        headers, body = answer(cell, exchange.request.query, url, records)
        await exchange.answer(200, [JSON, *headers], dump({**body, "total": len(records)}))

    return fault


def raw(write: Callable[[Pairs, bytes], bytes]) -> Fault:
    """Sends bytes as they are, then ends the connection."""

    async def fault(exchange: Exchange) -> None:
        await exchange.send(write(exchange.headers, exchange.body))
        exchange.close()

    return fault


def link(target: str) -> Fault:
    """Answers with the right records, and a position that leads to ``target``."""

    async def fault(exchange: Exchange) -> None:
        body = json.loads(exchange.body)
        headers = [pair for pair in exchange.headers if pair[0] != "Link"]
        headers.append(("Link", f'<{target}>; rel="next"'))
        body |= {"next": target, "next_cursor": target}
        await exchange.answer(200, headers, dump(body))

    return fault


async def close(exchange: Exchange) -> None:
    exchange.close()


async def reset(exchange: Exchange) -> None:
    exchange.reset()


async def reset_in_body(exchange: Exchange) -> None:
    await exchange.send(_sized(exchange.headers, exchange.body, len(exchange.body))[:-30])
    await asyncio.sleep(0.01)
    exchange.reset()


async def stall(exchange: Exchange) -> None:
    await asyncio.sleep(LONGEST_STALL)


async def stall_in_body(exchange: Exchange) -> None:
    await exchange.send(_sized(exchange.headers, exchange.body, len(exchange.body))[:-30])
    await asyncio.sleep(LONGEST_STALL)


async def redirect_to_http(exchange: Exchange) -> None:
    """To the same place without TLS."""
    host = exchange.request.header("host")
    await exchange.answer(302, [("Location", f"http://{host}{exchange.request.target}")])


async def redirect_loop(exchange: Exchange) -> None:
    await exchange.answer(302, [("Location", exchange.request.target)])


async def cookies(exchange: Exchange) -> None:
    """Cookies for hosts that are not this one."""
    planted = [
        ("Set-Cookie", "session=planted; Domain=example.com"),
        ("Set-Cookie", "other=planted; Domain=127.0.0.2"),
    ]
    await exchange.answer(200, [*exchange.headers, *planted], exchange.body)


async def injected(exchange: Exchange) -> None:
    """A cursor that would be a header, if it were sent as it is."""
    body = json.loads(exchange.body)
    number = page_number(Cell.of(exchange.request.path), exchange.request.query)
    if number < PAGES:
        body["next_cursor"] = cursor_to(number + 1, "\r\nX-Injected: yes\r\n\r\n")
    await exchange.answer(200, exchange.headers, dump(body))


async def blank(exchange: Exchange) -> None:
    """A page without records that leads to the next and says that there is more."""
    cell = Cell.of(exchange.request.path)
    number = page_number(cell, exchange.request.query)
    url = f"http://{exchange.request.header('host')}{cell.path}"
    headers, following = leading_to(cell, number + 1, url)
    body = {"items": [], "has_more": True, **following}
    await exchange.answer(200, [JSON, *headers], dump(body))


def _sized(headers: Pairs, body: bytes, length: int) -> bytes:
    return head(200, [*headers, ("Content-Length", str(length))]) + body


def _chunked(headers: Pairs, chunks: bytes) -> bytes:
    return head(200, [*headers, ("Transfer-Encoding", "chunked")]) + chunks


def _packed(headers: Pairs, body: bytes) -> bytes:
    return _sized([*headers, ("Content-Encoding", "gzip")], body, len(body))


def _bomb(body: bytes) -> bytes:
    return gzip.compress(body[:-1] + b" " * BOMB_BYTES + b"}", compresslevel=1)


def _in_name(body: bytes, name: bytes) -> bytes:
    return body.replace(b'"name":"record', b'"name":"' + name, 1)


def _endless(body: Document, cell: Cell, number: int) -> Document:
    """Always one more record, and one more cursor."""
    now = str(datetime.now(UTC))
    record = cell.record(0) | {"note": now}
    return {"items": [record], "next_cursor": cursor_to(cell.position, now)}


def _repeated(body: Document, cell: Cell, number: int) -> Document:
    return body | {"items": [cell.record(one) for one in range(4)]}


def _a_year_ahead() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(days=365), usegmt=True)


ON_EVERY_PAGE = frozenset({"record_inserted", "record_removed"})
"""Faults of a whole listing, from the moment on at which the cell's page was reached."""

FROM_THEN_ON = frozenset({"has_more_with_nothing"})
"""Faults of the cell's page and of all pages behind it."""

FAULTS: dict[str, Fault] = {
    "close": close,
    "reset": reset,
    "reset_in_body": reset_in_body,
    "stall": stall,
    "stall_in_body": stall_in_body,
    "redirect_loop": redirect_loop,
    "redirect_to_http": redirect_to_http,
    "injected_header": injected,
    "no_http": raw(lambda headers, body: b"\x16\x03\x01\x00\xa5 this is no HTTP\r\n\r\n"),
    "length_too_long": raw(lambda headers, body: _sized(headers, body, len(body) + 10)),
    "length_too_short": raw(lambda headers, body: _sized(headers, body, len(body) - 10)),
    "length_no_number": raw(
        lambda headers, body: head(200, [*headers, ("Content-Length", "many")]) + body
    ),
    "chunk_size_no_number": raw(lambda headers, body: _chunked(headers, b"zz\r\n" + body)),
    "chunks_without_end": raw(
        lambda headers, body: _chunked(headers, b"%x\r\n%b\r\n" % (len(body), body))
    ),
    "gzip_rubbish": raw(_packed),
    "gzip_cut": raw(lambda headers, body: _packed(headers, gzip.compress(body)[:-12])),
    "gzip_of_two_members": raw(
        lambda headers, body: _packed(headers, gzip.compress(body[:9]) + gzip.compress(body[9:]))
    ),
    "gzip_bomb": raw(lambda headers, body: _packed(headers, _bomb(body))),
    "truncated": text(lambda body: body[: len(body) // 2]),
    "malformed": text(lambda body: body.replace(b":", b";", 1)),
    "two_values": text(lambda body: body + body),
    "nan": text(lambda body: body.replace(b'"record 0"', b"NaN")[:-1] + b',"x":NaN}'),
    "infinity": text(lambda body: body[:-1] + b',"x":-Infinity}'),
    "duplicate_keys": text(lambda body: body[:-1] + b',"items":[]}'),
    "deep_nesting": text(lambda body: body[:-1] + b',"x":' + b"[" * 10**5 + b"]" * 10**5 + b"}"),
    "invalid_utf8": text(lambda body: _in_name(body, b"\xff\xfe record")),
    "lone_surrogate": text(lambda body: _in_name(body, b"\\ud83d record")),
    "nul_character": text(lambda body: _in_name(body, b"a\\u0000b record")),
    "huge_number": text(lambda body: body[:-1] + b',"n":' + b"9" * 400 + b"}"),
    "number_of_5000_digits": text(lambda body: body[:-1] + b',"n":' + b"9" * 5000 + b"}"),
    "html_login": text(lambda body: LOGIN_PAGE, ("Content-Type", "text/html")),
    "error_with_200": text(lambda body: b'{"error": {"code": 42}}'),
    "null": text(lambda body: b"null"),
    "items_text": value(lambda body, cell, number: {**body, "items": "none"}),
    "other_shape": value(lambda body, cell, number: {"data": body["items"]}),
    "empty_200": text(lambda body: b""),
    "blank_200": text(lambda body: b" \r\n"),
    "repeated_page": value(_repeated),
    "endless_cursors": value(_endless),
    "blank_page": blank,
    "has_more_with_nothing": blank,
    "record_inserted": changed(lambda records, cell: [{"id": f"{cell.name}.new"}, *records]),
    "record_removed": changed(lambda records, cell: records[1:]),
    "total_too_low": value(lambda body, cell, number: {**body, "total": 3}),
    "total_too_high": value(lambda body, cell, number: {**body, "total": 5000}),
    "total_rubbish": value(lambda body, cell, number: {**body, "total": "a few"}),
    "link_to_other_host": link(ELSEWHERE),
    "link_to_other_port": link("http://127.0.0.1:9/stolen"),
    "link_to_other_scheme": link("file:///etc/passwd"),
    "link_with_userinfo": link("http://someone:secret@127.0.0.1:9/stolen"),
    "cookie_for_others": cookies,
    "redirect_elsewhere": status(302, ("Location", ELSEWHERE)),
    "redirect_to_no_url": status(302, ("Location", "http://[")),
    "redirect_without_location": status(302),
    "429_seconds": status(429, ("Retry-After", "0")),
    "429_date": status(429, ("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")),
    "429_rubbish": status(429, ("Retry-After", "soon")),
    "429_negative": status(429, ("Retry-After", "-5")),
    "429_infinite": status(429, ("Retry-After", "1e999")),
    "429_a_year_ahead": status(429, ("Retry-After", _a_year_ahead())),
    "403_retry_after": status(403, ("Retry-After", "0")),
    "403_no_quota": status(403, ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "0")),
    "429_rate_limit": status(429, ("RateLimit", "limit=9, remaining=0, reset=0")),
    "graphql_rate_limited": text(lambda body: LIMITED),
    **{
        str(code): status(code)
        for code in (*range(300, 309), *range(400, 452), *range(500, 512), 204, 206, 999)
        if code != 302
    },
}
