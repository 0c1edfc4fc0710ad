"""A large body in a process of its own: what goes wrong there, and what is left."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from errors import ResponseError
from records import Records
from resync.large_body import LargeBody, LargeError, spooled, take_apart
from tests.resync.test_jq import children


async def taken_apart(value: Any, data_path: str = ".items") -> LargeBody:
    return await take_apart(
        spooled(json.dumps(value).encode()), data_path, b"it begins so", bytes.decode
    )


async def items(body: LargeBody) -> list[Any]:
    return [item async for piece, _ in body.pieces() for item in piece]


async def test_items_and_what_surrounds_them() -> None:
    body = await taken_apart({"items": [1, 2, 3], "next": "n"})
    assert (body.envelope["next"], body.items, body.records.count) == ("n", 3, 3)
    assert await items(body) == [1, 2, 3]
    assert body.file.closed


async def test_pages_are_told_from_each_other_by_their_items() -> None:
    bodies = [
        await taken_apart({"items": some, "at": at}) for at, some in enumerate(([1], [1], [2]))
    ]
    records = [body.records.fingerprint for body in bodies]
    for body in bodies:
        body.file.close()
    assert records[0] == records[1]
    assert records[0] != records[2]


async def test_an_expression_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resync.large_body.LONGEST_SECONDS", 0.5)
    with pytest.raises(LargeError, match=r"^data_path 'def f: f; f' did not end within \d s$") as e:
        await taken_apart({"items": []}, "def f: f; f")
    assert e.value.envelope is None
    assert not children()


async def test_a_process_that_ends_without_a_word_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("resync.large_body.MODULE", "errors")
    with pytest.raises(LargeError) as caught:
        await taken_apart({"items": []})
    assert str(caught.value) == "data_path '.items' needs too much memory, or broke jq"
    assert caught.value.envelope is None


async def test_items_that_were_not_found_are_told_with_what_is_there() -> None:
    with pytest.raises(LargeError) as caught:
        await taken_apart({"rows": [1], "error": "no"})
    assert "leads nowhere" in str(caught.value)
    assert caught.value.envelope == {"rows": [1], "error": "no"}


async def test_what_the_file_cannot_hold_is_an_error() -> None:
    body = LargeBody(None, 1, Records(1), {}, io.BytesIO(b"[1e999]\n"))
    with pytest.raises(ResponseError, match="the answer holds what cannot be kept: "):
        await items(body)
    assert body.file.closed
