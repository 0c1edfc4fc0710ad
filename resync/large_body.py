"""A body too large for memory: one JSON array, read in pieces from the file that it arrived in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import IO, Any

import ijson

from client import Response
from errors import ResponseError

PIECE_ITEMS = 500
PIECE_BYTES = 4 * 1024 * 1024
BEGINS = frozenset({"start_map", "start_array", "string", "number", "boolean", "null"})


@dataclass(slots=True)
class Survey:
    """What stands around the items: how many there are, and the envelope without them.

    ``arrays`` is how many arrays the path leads to; only one of them can be read.
    """

    arrays: int = 0
    count: int = 0
    envelope: dict[str, Any] = field(default_factory=dict)


def survey(file: IO[bytes], data_path: str) -> Survey:
    """Reads a whole body once. Raises ``ResponseError`` if it is not whole JSON."""
    path = data_path.strip(".")
    item = _item(path)
    found = Survey()
    file.seek(0)
    try:
        for prefix, event, value in ijson.parse(file):
            if prefix == item:
                found.count += event in BEGINS
            elif prefix == path and event == "start_array":
                found.arrays += 1
            elif event in ("string", "number", "boolean", "null") and not prefix.startswith(item):
                _put(found.envelope, prefix.split("."), _plain(value))
    except ijson.JSONError as error:
        raise _refused(error) from None
    return found


def pieces(file: IO[bytes], data_path: str) -> Iterator[tuple[list[Any], int]]:
    """Yields the items at ``data_path`` in lists, each with its size in bytes."""
    file.seek(0)
    piece: list[Any] = []
    began = 0
    try:
        for item in ijson.items(file, _item(data_path.strip("."))):
            piece.append(_plain(item))
            size = file.tell() - began
            if len(piece) >= PIECE_ITEMS or size >= PIECE_BYTES:
                yield piece, size
                piece, began = [], file.tell()
    except ijson.JSONError as error:
        raise _refused(error) from None
    if piece:
        yield piece, file.tell() - began


async def in_thread[T](source: Iterator[T], file: IO[bytes]) -> AsyncGenerator[T]:
    """Yields what ``source`` does, each made in a thread; closes ``file`` at the end."""
    with file:
        while (one := await asyncio.to_thread(next, source, None)) is not None:
            yield one


def in_memory(response: Response, file: IO[bytes]) -> Response:
    """``response`` with its whole body, where it cannot be read in pieces."""
    with file:
        file.seek(0)
        return replace(response, content=file.read(), file=None)


def _item(path: str) -> str:
    return f"{path}.item" if path else "item"


def _put(envelope: dict[str, Any], path: list[str], value: Any) -> None:
    place = envelope
    for key in path[:-1]:
        inner = place.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        place = inner
    place[path[-1]] = value


def _plain(value: Any) -> Any:
    """``value`` as ``json`` would have read it: numbers with a point are floats."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value


def _refused(error: Exception) -> ResponseError:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return ResponseError(f"the answer is not whole JSON ({reason}): it may be cut short")
