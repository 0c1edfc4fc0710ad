"""Connections, statuses, authentication and answers, by ``docs/troubleshooting.md``."""

from __future__ import annotations

import asyncio
import gzip
import json
import resource
import socket
from pathlib import Path
from typing import Any

import httpx
from port_ocean.context.ocean import ocean

from resync.jq import start_process
from tests.docs.world import Case, World, raises, reads
from tests.support.scripted import Answer
from tests.support.self_signed import serve_self_signed

EMPTY = Answer({"items": []})
DEEP = b"[" * 20_000 + b"]" * 20_000
CSV = {"content-type": "text/csv"}
JSONL = {"content-type": "application/x-ndjson"}


async def _closed_port(world: World, **more: Any) -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        world.url = f"http://127.0.0.1:{free.getsockname()[1]}"
    return await world.read(EMPTY, **more)


async def _outage(world: World) -> str:
    many = {"team": {"values": list(range(40))}}
    return await _closed_port(world, kind="/teams/{team}/users", path_parameters=many)


async def _dripping(world: World) -> str:
    """What takes ten times the timeout is made to take a tenth of it."""
    world.patch.setattr("client.wire.TIMEOUTS_IN_ALL", 0.1)
    return await world.read(Answer([], seconds=0.6), settings={"timeout": "2"})


async def _unknown_certificate(world: World) -> str:
    with serve_self_signed(world.api) as world.url:
        return await world.read(EMPTY)


async def _no_tls(world: World) -> str:
    world.url = world.url.replace("http:", "https:")
    return await world.read(EMPTY)


async def _private_address(world: World) -> str:
    ocean.config.disable_ip_outbound_blocker = False
    return await world.read(EMPTY)


async def _link_elsewhere(world: World, link: str = "https://evil.example/users") -> str:
    page = Answer({"items": [{"id": 1}], "next": link})
    return await world.read(page, settings={"paginationType": "next_link", "nextLinkPath": "next"})


def _link(link: str) -> Case:
    return lambda world: _link_elsewhere(world, link)


def _redirect(location: str, status: int = 302, **more: Any) -> Case:
    return reads(Answer(b"", status, {"location": location} if location else {}), **more)


def _status(status: int, body: bytes = b"no") -> Case:
    return reads(Answer(body, status))


def _oauth2(answer: Answer) -> Case:
    async def make(world: World) -> str:
        world.api.paths = {"/token": answer}
        own = {"tokenUrl": f"{world.url}/token", "clientId": "me", "clientSecret": "s3cr3t-one"}
        return await world.read(EMPTY, settings={"authType": "oauth2_client_credentials", **own})

    return make


def _refused(code: str) -> Case:
    return _oauth2(Answer({"error": code}, 400))


def _custom(answer: Any, template: dict[str, Any], **selector: Any) -> Case:
    async def make(world: World) -> str:
        world.api.paths = {"/login": Answer(answer)}
        own = {
            "authType": "custom",
            "customAuthRequest": '{"endpoint": "/login"}',
            "customAuthRequestTemplate": json.dumps(template),
        }
        return await world.read(EMPTY, settings=own, **selector)

    return make


async def _login_elsewhere(world: World) -> str:
    with serve_self_signed(world.api) as url:
        own = {"tokenUrl": f"{url}/token", "clientId": "me", "clientSecret": "s3cr3t-one"}
        return await world.read(EMPTY, settings={"authType": "oauth2_client_credentials", **own})


def _large(case: Case) -> Case:
    """The same for an answer that counts as large."""

    async def make(world: World) -> str:
        world.patch.setattr("client.http_client.LARGE_BYTES", 10)
        return await case(world)

    return make


async def _little_memory(world: World) -> str:
    """The limit is lowered from outside: filling gigabytes takes a while."""

    async def start(*args: Any, **more: Any) -> Any:
        process = await start_process(*args, **more)
        resource.prlimit(process.pid, resource.RLIMIT_AS, (300 * 2**20, 300 * 2**20))
        return process

    world.patch.setattr("resync.jq.start_process", start)
    return await world.read(Answer([]), data_path="[range(1e9)]")


def _hasty(case: Case, seconds: float = 1.0) -> Case:
    async def make(world: World) -> str:
        world.patch.setattr("resync.jq.LONGEST_SECONDS", seconds)
        told = await case(world)
        await asyncio.sleep(0.05)  # A process that was ended is gone a moment later.
        return told

    return make


async def _full_disk(world: World) -> str:
    """The file for a large answer is on a device that is always full."""

    def full() -> Any:
        return Path("/dev/full").open("r+b")

    world.patch.setattr("client.body.tempfile.TemporaryFile", full)
    world.patch.setattr("client.http_client.LARGE_BYTES", 10)
    return await world.read(Answer({"items": [{"id": 1}]}))


CASES: dict[str, Case] = {
    "that the API can be reached from here": _closed_port,
    "no connection in time": raises(httpx.ConnectTimeout("")),
    "no answer in time (<detail>)": reads(Answer([], seconds=0.3), settings={"timeout": "0.05"}),
    "was not complete after": _dripping,
    "all failed to connect": _outage,
    "Check the API's certificate": _unknown_certificate,
    "Check whether TLS is spoken there": _no_tls,
    "no client certificate asked for": raises(
        httpx.ConnectError("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] handshake failure")
    ),
    "hosted installations may not reach": _private_address,
    "the compressed data does not end": reads(
        Answer(gzip.compress(b"[]")[:-4], headers={"content-encoding": "gzip"})
    ),
    "times over": reads(Answer(b"[]", headers={"content-encoding": ", ".join(["gzip"] * 6)})),
    "cannot be written in HTTP": raises(httpx.LocalProtocolError("Illegal header value")),
    "broke before the whole answer": reads(Answer(b"[", headers={"content-length": "9"})),
    "was redirected more than": _redirect("/users"),
    "something that is no URL": _redirect("http://[::1"),
    "without a Location": _redirect(""),
    "which would lose the": _redirect("/other", method="POST"),
    "is redirected to <url>": _redirect("https://evil.example/"),
    "cannot be sent to <url>": _link_elsewhere,
    "carries a user name": _link("https://me:secret@evil.example/"),
    "not an absolute http": _link("ftp://evil.example/"),
    "answered 401": _status(401),
    "answered 403": _status(403),
    "(a rate limit)": reads(Answer(b"no", 403, {"retry-after": "0"})),
    "ignore_statuses is not about it": reads(
        Answer(b"", 404), settings={"retryStatuses": [404]}, ignore_statuses=[404]
    ),
    "answered 404": _status(404, b""),
    "answered 405": _status(405),
    "answered 407": _status(407),
    "answered 429": _status(429),
    "The API itself fails": _status(500),
    "answered 202": _status(202, b'{"items": []}'),
    "Only a whole answer": _status(206),
    "Check the endpoint, query_params and headers": _status(422),
    "the next in <seconds> s": _status(503),
    "did not answer in JSON": _oauth2(Answer(b"<html>")),
    "(invalid_request)": _refused("invalid_request"),
    "(invalid_client)": _refused("invalid_client"),
    "(invalid_grant)": _refused("invalid_grant"),
    "(unauthorized_client)": _refused("unauthorized_client"),
    "(unsupported_grant_type)": _refused("unsupported_grant_type"),
    "(invalid_scope)": _refused("invalid_scope"),
    "refused (<code>)": _refused("temporarily_unavailable"),
    "holds no access_token": _oauth2(Answer({"token": "x"})),
    "access_token holds a character": _oauth2(Answer({"access_token": "a\nb"})),
    "<status>. The response begins": _oauth2(Answer({"message": "no"}, 403)),
    "<status>. The response is empty": _oauth2(Answer(b"", 404)),
    "bytes, which is no token": _oauth2(Answer(b" " * (2**20 + 1))),
    "failed: <what>. Check <setting>": _oauth2(Answer(b"", 503)),
    "verifySsl is about the API alone": _login_elsewhere,
    "response to customAuthRequest": _custom(b"<html>", {"headers": {"X": "{{.a}}"}}),
    "would hold a character that a header": _custom({"a": "é"}, {"headers": {"X": "{{.a}}"}}),
    "finds no text in the answer": _custom({"b": "c"}, {"headers": {"X": "{{.a}}"}}),
    "customAuthRequestTemplate <path>: <reason>": _custom("text", {"headers": {"X": "{{.a.b}}"}}),
    "customAuthRequestTemplate.body": _custom(
        {"a": "token"}, {"body": {"x": "{{.a}}"}}, method="POST", body=[1]
    ),
    "the answer is empty, where": reads(Answer(b"")),
    "HTML or XML": reads(Answer(b"<html>")),
    "not whole JSON (<reason> at": reads(Answer(b'{"items": [')),
    "not whole JSON (<reason>): it may be cut short": _large(
        reads(Answer(b'{"items": [{"id": 1}'))
    ),
    "is out of range": reads(Answer(b'{"items": [1e999]}')),
    "(<name> is not JSON": reads(Answer(b'{"items": [NaN]}')),
    "JSON is nested too deeply": reads(Answer(DEEP)),
    "twice in one object": reads(Answer(b'{"items": [1], "items": []}')),
    "the answer is not text in": reads(
        Answer(b"\xff\xfe\xff", headers={"content-type": "text/csv; charset=ascii"})
    ),
    "line <n> of the answer is not JSON": reads(Answer(b'{"a": 1}\n{"a"'), format="jsonl"),
    "the last line of the answer is": reads(
        Answer(b'{"id": 1}\n{"error": "x"}\n', headers=JSONL), data_path="."
    ),
    "the answer is JSON, where CSV was expected": reads(Answer(b"{}", headers=CSV), data_path="."),
    "the answer is one line of text": reads(Answer(b"So sorry", headers=CSV), data_path="."),
    "names a column twice": reads(Answer(b"a,a\n1,2\n", headers=CSV), data_path="."),
    "of the CSV has <n> columns": reads(Answer(b"a,b\n1\n", headers=CSV), data_path="."),
    "of the CSV cannot be read": reads(Answer(b'a,b\n"1,2\n', headers=CSV), data_path="."),
    "is larger than": reads(
        Answer(b"[" + b" " * 2000 + b"]"), settings={"maxResponseBytes": "1024"}
    ),
    "the answer needs too much memory": _large(reads(Answer(b'{"items": ' + DEEP + b"}"))),
    "where signs of further pages stand": _large(
        reads(Answer({"items": [1], "next_cursor": "c" * 2_000_000}))
    ),
    "no room for the answer": _full_disk,
    "answer is application/problem+json": reads(
        Answer({"title": "no"}, headers={"content-type": "application/problem+json"})
    ),
    "<what>: an error with a status of success": reads(Answer({"ok": False, "error": "no"})),
    "errors beside its data": reads(
        Answer({"data": {"items": [1]}, "errors": [{"message": "no"}]}), data_path=".data.items"
    ),
    "<key> in the answer, which is": reads(Answer({"users": []})),
    "<key> at <place>, which is": reads(Answer({"a": {}}), data_path=".a.b"),
    "where an array or an object": reads(Answer({"items": 5})),
    "data_path <path> failed: <reason>": reads(Answer({"a": 1}), data_path=".a | keys"),
    "pagination path <path> failed": reads(
        Answer({"items": [{"id": 1}]}),
        settings={"paginationType": "cursor", "cursorPath": ".items[0].id[0]"},
    ),
    "and paginationType is set": reads(
        Answer({"items": [{"id": 1}]}), settings={"paginationType": "page"}, data_path="."
    ),
    "and it tells of pages": reads(
        Answer({"items": [{"id": 1}], "has_more": False}), data_path="."
    ),
    "it is nothing but an array": reads(Answer({"items": [{"id": 1}]}), data_path="."),
    "did not end within": _hasty(reads(Answer([]), data_path="last(range(1e12))")),
    "it still gave outputs": _hasty(reads(Answer([]), data_path="range(1e12)"), 6.0),
    "it halted": reads(Answer({"a": [1, 2]}), data_path=".a[] | if . > 1 then halt else . end"),
    "what it gives is nested": reads(Answer([]), data_path="reduce range(5000) as $i (1; [.])"),
    "needs too much memory, or broke": _little_memory,
    "taken as one item": reads(Answer({"id": 1}), data_path="."),
    "items are not objects": reads(Answer(["a"]), data_path="."),
}
