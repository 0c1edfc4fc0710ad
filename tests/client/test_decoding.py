"""Compressed answers: read when they are whole, and errors when they were cut."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import httpx
import pytest
import respx
import zstandard

from client import HttpClient, Request
from errors import RequestError

URL = "https://api.example.com/users"
LINES = b"".join(b'{"id": %d}\n' % number for number in range(5000))

Pack = Callable[[bytes], bytes]
ENCODINGS: dict[str, Pack] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
ALL = pytest.mark.parametrize("encoding", ENCODINGS)
ENCODED = {**ENCODINGS, "identity": bytes}


def respond(encoding: str, body: bytes) -> None:
    respx.get(URL).mock(
        side_effect=lambda request: httpx.Response(
            200, headers={"Content-Encoding": encoding}, stream=httpx.ByteStream(body)
        )
    )


@ALL
@respx.mock
async def test_a_whole_body_is_read(make_client: Callable[..., HttpClient], encoding: str) -> None:
    respond(encoding, ENCODINGS[encoding](LINES))
    response = await make_client(baseUrl="https://api.example.com").send(Request("GET", URL))
    assert response.content == LINES


@ALL
@pytest.mark.parametrize("missing", [1, 4, 200])
@respx.mock
async def test_a_body_that_was_cut_is_an_error(
    make_client: Callable[..., HttpClient], encoding: str, missing: int
) -> None:
    respond(encoding, ENCODINGS[encoding](LINES)[:-missing])
    with pytest.raises(RequestError, match="could not be decompressed"):
        await make_client(baseUrl="https://api.example.com").send(Request("GET", URL))


@ALL
@respx.mock
async def test_a_body_that_goes_on_behind_its_end_is_read_whole_or_an_error(
    make_client: Callable[..., HttpClient], encoding: str
) -> None:
    """As where a proxy joins two: whoever stops at the end of the first loses the second."""
    pack = ENCODINGS[encoding]
    respond(encoding, pack(LINES[:20000]) + pack(LINES[20000:]))
    client = make_client(baseUrl="https://api.example.com")
    try:
        response = await client.send(Request("GET", URL))
    except RequestError as error:
        assert "could not be decompressed" in str(error)
    else:
        assert response.content == LINES


@pytest.mark.parametrize(
    "encodings",
    [["gzip", "br"], ["deflate", "gzip"], ["identity", "gzip"], ["gzip", "identity"]],
)
@pytest.mark.parametrize("missing", [0, 3])
@respx.mock
async def test_a_body_that_was_packed_twice(
    make_client: Callable[..., HttpClient], encodings: list[str], missing: int
) -> None:
    body = LINES
    for encoding in encodings:
        body = ENCODED[encoding](body)
    respond(", ".join(encodings), body[: len(body) - missing])
    client = make_client(baseUrl="https://api.example.com")
    if missing:
        with pytest.raises(RequestError, match="could not be decompressed"):
            await client.send(Request("GET", URL))
    else:
        assert (await client.send(Request("GET", URL))).content == LINES


@respx.mock
async def test_an_empty_answer_needs_no_end(make_client: Callable[..., HttpClient]) -> None:
    respx.get(URL).mock(httpx.Response(204, headers={"Content-Encoding": "gzip"}))
    response = await make_client(baseUrl="https://api.example.com").send(Request("GET", URL))
    assert response.status == 204
