"""Compressed answers: read when they are whole, and errors when they were cut."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable
from itertools import product

import brotli
import httpx
import pytest
import respx
import zstandard

from client import HttpClient, Request
from client.decompression import Decompressor
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


def raw(body: bytes) -> bytes:
    """RFC 1951 alone."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


RAW = {**ENCODINGS, "deflate": raw}
SIZES = (1, 2, 3, 1000, 10**9)
BODIES = {"lines": LINES, "nothing": b"", "zeros": bytes(600_000), "random": os.urandom(20_000)}


@pytest.mark.parametrize("encodings", [ENCODINGS, RAW], ids=["usual", "raw"])
def test_a_body_is_the_same_however_it_is_cut_and_comes_in_small_pieces(
    encodings: dict[str, Pack],
) -> None:
    for encoding, (name, body), size in product(encodings, BODIES.items(), SIZES):
        packed = encodings[encoding](body)
        step = max(size, len(packed) // 5000)
        found = unpacked(
            [encoding], *(packed[at : at + step] for at in range(0, len(packed), step))
        )
        assert b"".join(found) == body, (encoding, name, size)
        assert all(found) and max(map(len, found), default=0) <= 2**23


def unpacked(codings: list[str], *parts: bytes) -> list[bytes]:
    """The pieces of a body that comes in ``parts``."""
    unpacking = Decompressor(codings)
    found = [piece for part in parts for piece in unpacking.unpack(part)]
    unpacking.require_end()
    return found


def test_several_frames_are_one_body() -> None:
    pack = zstandard.compress
    assert b"".join(unpacked(["zstd"], pack(b"one ") + pack(b"") + pack(b"two"))) == b"one two"


@ALL
def test_rubbish_behind_the_end_is_an_error(encoding: str) -> None:
    packed = ENCODINGS[encoding](LINES)
    for rubbish in (b"\0", b"xyz", gzip.compress(b"more")):
        for parts in ((packed, rubbish), (packed + rubbish,)):
            with pytest.raises(httpx.DecodingError):
                unpacked([encoding], *parts)


def test_a_word_that_is_no_coding_changes_nothing() -> None:
    codings = ["utf-8", " GZIP ", "identity"]
    assert unpacked(codings, gzip.compress(b"[1]")) == [b"[1]"]


def test_a_window_larger_than_the_standard_allows_is_not_kept() -> None:
    wide = zstandard.ZstdCompressionParameters(window_log=27)
    packed = zstandard.ZstdCompressor(compression_params=wide).compress(os.urandom(20_000_000))
    with pytest.raises(httpx.DecodingError, match="too much memory"):
        unpacked(["zstd"], packed)


@ALL
def test_a_stack_is_unpacked_whatever_the_steps(encoding: str) -> None:
    """Some steps yield nothing, also behind the end of what they unpack."""
    for inner, pack in ENCODINGS.items():
        packed = ENCODINGS[encoding](pack(BODIES["zeros"]))
        found = unpacked([inner, encoding], *(bytes([one]) for one in packed))
        assert b"".join(found) == BODIES["zeros"]
        assert all(found)
