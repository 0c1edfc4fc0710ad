"""Bodies unpacked in small steps: a few bytes of a compressed body can stand for gigabytes.

The codings are those of RFC 9110 section 8.4 (gzip, deflate, br) and RFC 9659 (zstd).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any, Protocol

import brotli
import httpx
import zstandard

STEP_BYTES = 64 * 1024
"""How much one step of gzip, deflate or br yields, about."""

ZSTD_SLICE_BYTES = 256
"""How much compressed data one step of zstd gets. Its decoder cannot be told how much to yield, but
no four bytes stand for more than a block of 128 KiB (RFC 8878 section 3.1.1.2): 8 MiB a step."""

ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
"""The most that a decoder has to keep, RFC 9659 section 3."""

MOST_CODINGS = 5
"""Codings that may be stacked; each costs memory of its own."""

ERRORS: tuple[type[Exception], ...] = (zlib.error, brotli.error, zstandard.ZstdError)


class Coding(Protocol):
    """The decoder of one coding."""

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """Yields what the next ``data`` stands for, in pieces that are small."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the data that came is complete."""
        ...


class Decompressor:
    """Unpacks one body. ``codings`` is what the header ``Content-Encoding`` lists; unknown ones
    are passed over, since servers write all kinds of words there.

    Raises ``httpx.DecodingError`` for more than ``MOST_CODINGS``.
    """

    def __init__(self, codings: Iterable[str]) -> None:
        names = (name.strip().lower() for name in codings)
        known = [CODINGS[name] for name in names if name in CODINGS]
        if len(known) > MOST_CODINGS:
            raise httpx.DecodingError(f"the body is compressed {len(known)} times over")
        self._codings: list[Coding] = [coding() for coding in reversed(known)]
        self._began = False

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """Yields what the next ``data`` of the body stands for, in pieces that are small.

        Raises ``httpx.DecodingError`` if it is not what its coding says, or goes on behind its end.
        """
        self._began = self._began or bool(data)
        pieces: Iterator[bytes] = filter(None, (data,))
        for coding in self._codings:
            pieces = filter(None, chain.from_iterable(map(coding.unpack, pieces)))
        try:
            yield from pieces
        except ERRORS as error:
            raise httpx.DecodingError(str(error)) from None

    def require_end(self) -> None:
        """Raises ``httpx.DecodingError`` if the body was cut; one without a byte is whole."""
        if self._began and not all(coding.ended for coding in self._codings):
            raise httpx.DecodingError(NO_END)


NO_END = "the compressed data does not end where the body does"


class _Gzip:
    """RFC 1952. A second member is refused: it is what a proxy makes that joins two bodies."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def ended(self) -> bool:
        return self._stream.eof

    def unpack(self, data: bytes) -> Iterator[bytes]:
        return _inflated(self._stream, data)


class _Deflate:
    """RFC 1950, or RFC 1951 alone, which some servers send under this name."""

    def __init__(self) -> None:
        self._head = b""
        self._stream: Any = None

    @property
    def ended(self) -> bool:
        return self._stream is not None and bool(self._stream.eof)

    def unpack(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            self._head = data = self._head + data
            if len(data) < 2:
                return
            # RFC 1950 section 2.2: the method is 8, and both bytes together divide by 31.
            wrapped = data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        yield from _inflated(self._stream, data)


class _Brotli:
    """RFC 7932."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def ended(self) -> bool:
        return bool(self._stream.is_finished())

    def unpack(self, data: bytes) -> Iterator[bytes]:
        step = partial(self._stream.process, output_buffer_limit=STEP_BYTES)
        piece = step(data)
        while piece or not self._stream.can_accept_more_data():
            yield piece
            if self.ended:
                return
            piece = step(b"")


class _Zstd:
    """RFC 8878: one frame after another."""

    def __init__(self) -> None:
        self._frame = _zstd_frame()

    @property
    def ended(self) -> bool:
        return bool(self._frame.eof)

    def unpack(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), ZSTD_SLICE_BYTES):
            rest = data[start : start + ZSTD_SLICE_BYTES]
            while rest:
                if self._frame.eof:
                    self._frame = _zstd_frame()
                yield self._frame.decompress(rest)
                rest = self._frame.unused_data


def _zstd_frame() -> Any:
    return zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES).decompressobj()


def _inflated(stream: Any, data: bytes) -> Iterator[bytes]:
    """Yields what ``data`` adds to a stream of zlib, which has nothing behind its end."""
    if stream.eof:
        raise httpx.DecodingError(NO_END)
    while True:
        piece = stream.decompress(data, STEP_BYTES)
        yield piece
        data = stream.unconsumed_tail
        # A full step may have left some of its output inside, even where nothing is left to read.
        if stream.eof or not (data or len(piece) == STEP_BYTES):
            break
    if stream.unused_data:
        raise httpx.DecodingError(NO_END)


CODINGS: dict[str, type[Coding]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
