"""A large answer holds what it would hold if it were small."""

from __future__ import annotations

import io
import json
import tempfile
from typing import Any

import pytest

from errors import ResponseError
from resync.exact_jq import evaluate
from resync.extraction import as_items, keys_in, simple_outputs
from resync.formats import parse_json
from resync.large_worker import Order, take_apart
from resync.record_path import records_in


def in_memory(content: bytes, data_path: str) -> list[Any] | None:
    """The items as they are found in a small answer; None where it is refused."""
    try:
        body = parse_json(content, None, "", keys_in(data_path))
        outputs = simple_outputs(body, data_path)
    except ResponseError:
        return None
    return as_items(evaluate(data_path, body, 5) if outputs is None else outputs)


def in_pieces(content: bytes, data_path: str) -> list[Any] | None:
    """The items as the worker writes them; None where it refuses the answer."""
    target = io.BytesIO()
    try:
        with tempfile.TemporaryFile() as source:
            source.write(content)
            source.seek(0)
            summary = take_apart(source, target, Order(data_path, data_path, 5, ""))
    except ResponseError:
        return None
    if summary.error is not None:
        return None
    items = [item for line in target.getvalue().splitlines() for item in json.loads(line)]
    assert summary.items == len(items)
    counted = records_in(parse_json(content, None, ""), data_path, None).count
    assert summary.records.count == counted
    return items


@pytest.mark.parametrize(
    ("data_path", "content"),
    [
        # Keys that look like the way to the items.
        (".a.b", '{"a.b": [1, 2]}'),
        (".a.b", '{"a.b": [1, 2], "a": {"b": null}}'),
        (".a.b", '{"a.b": [1, 2], "a": 5}'),
        (".a", '{"a": [1], "a.item": 5}'),
        (".a", '{"a": [1], "a.item": {"x": 1}}'),
        (".a", '{"a": [1], "": {"a": {"item": 2}}}'),
        (".a.item", '{"a": [[1, 2]]}'),
        (".item", "[[1, 2]]"),
        (".item", '{"item": [1, 2]}'),
        (".", '{"": [1, 2]}'),
        # Nulls: items of an array, but no outputs.
        (".a", '{"a": [1, null]}'),
        (".a[]", '{"a": [1, null, 2]}'),
        (".[]", "[null, {}, null]"),
        (".a[]", '{"a": [null]}'),
        (".a[]", '{"a": [[1], null]}'),
        (".a // []", '{"a": [1, null, 2]}'),
        (".a // []", '{"a": [[1]]}'),
        (".a // []", '{"a": null}'),
        # Half surrogate pairs, whole ones, and other encodings.
        (".", r'["\ud83d", "\ud83dabc", "\ud83d\u0041x", "\ude00", "\ude00\ud83d", "\\ud83d"]'),
        (".", r'["\ud83d\ude00", "é 😀", "\\u0041"]'),
        (".a", r'{"a": [1], "\ud83d": 3}'),
        (".a", '\ufeff{"a": [1, 2]}'),
        # Keys that stand there twice.
        (".a", '{"a": [1], "a": null}'),
        (".a", '{"a": 5, "a": [1, 2]}'),
        (".a.b", '{"a": {"b": [1]}, "a": {}}'),
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_as_if_it_were_small(data_path: str, content: str, charset: str) -> None:
    body = content.encode(charset)
    assert in_pieces(body, data_path) == in_memory(body, data_path)


def test_bytes_that_are_half_a_character() -> None:
    body = b'["\xed\xa0\xbd", "a\xed\xb8\x80b"]'
    assert in_pieces(body, ".") == in_memory(body, ".") == ["\ufffd", "a\ufffdb"]


def test_a_long_text_is_read_in_few_pieces() -> None:
    """Each piece of a text is read with all before it: counted in pieces, not in seconds."""
    sizes: list[int] = []

    class Source(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            sizes.append(size or 0)
            return super().read(size) or b""

        def readinto(self, buffer: Any, /) -> int:
            sizes.append(len(buffer))
            return super().readinto(buffer) or 0

    content = b'{"items": [{"id": 1}], "export": "%b"}' % (b"x" * 2**24)
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with Source(file.name) as source:
            summary = take_apart(source, io.BytesIO(), Order(".items", ".items", 5, ""))
    assert summary.items == 1
    assert 2 < len(sizes) < 20
