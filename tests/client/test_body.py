"""A body in memory, and in a file once it is large."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from client.body import BEGINNING_BYTES, Body
from errors import ResponseError

LIMIT = 100_000


def filled(*pieces: bytes, large_bytes: int | None = LIMIT) -> Body:
    body = Body(large_bytes)
    for piece in pieces:
        body.add(piece)
    return body


def test_a_body_up_to_the_limit_stays_in_memory() -> None:
    body = filled(b"a" * 60_000, b"b" * 40_000)
    assert body.size == LIMIT
    assert body.taken() == (b"a" * 60_000 + b"b" * 40_000, None)


def test_one_byte_more_goes_to_a_file_with_all_that_came_before_and_comes_after() -> None:
    body = filled(b"a" * 60_000, b"b" * 40_001, b"c" * 5)
    whole = b"a" * 60_000 + b"b" * 40_001 + b"c" * 5
    beginning, file = body.taken()
    assert file is not None
    with file:
        file.seek(0)
        assert file.read() == whole
    assert beginning == whole[:BEGINNING_BYTES]
    assert body.size == len(whole)


def test_without_a_limit_all_stays_in_memory() -> None:
    content, file = filled(b"a" * 60_000, b"b" * 60_000, large_bytes=None).taken()
    assert (len(content), file) == (120_000, None)


def test_a_body_that_is_given_up_leaves_no_open_file() -> None:
    body = filled(b"a" * 100_001)
    body.close()
    file = body.taken()[1]
    assert file is not None
    assert file.closed
    filled(b"a").close()


def test_a_full_disk_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is full at the first byte or at the last, which still waits to be written."""
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: Path("/dev/full").open("r+b"))  # noqa: SIM115
    with pytest.raises(ResponseError, match=r"no room .* temporary folder .*No space left"):
        filled(b"a" * 100_001)
    body = filled(b"a" * 9, large_bytes=5)
    with pytest.raises(ResponseError, match="no room"):
        body.taken()
    body.close()
