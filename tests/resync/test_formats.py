"""Answers in JSON Lines and CSV."""

from __future__ import annotations

import json
from typing import Any

import pytest

from errors import ResponseError
from resync.extraction import keys_in
from resync.formats import Format, read_body


def read(content: bytes, content_type: str = "", wanted: Format | None = None) -> Any:
    return read_body(content, content_type, wanted, content[:20].decode("latin-1"))


@pytest.mark.parametrize(
    ("content", "content_type", "wanted", "value"),
    [
        (b'[{"a": 1}]', "", None, [{"a": 1}]),
        (b'[{"a": 1}]', "text/html", None, [{"a": 1}]),
        (b'{"a": 1}\n{"a": 2}\n', "application/x-ndjson", None, [{"a": 1}, {"a": 2}]),
        (
            b'{"a": 1}\r\n\r\n{"a": 2}',
            "application/jsonl; charset=utf-8",
            None,
            [{"a": 1}, {"a": 2}],
        ),
        (b'{"a": "\xe2\x80\xa8"}', "", "jsonl", [{"a": "\u2028"}]),
        (
            b"id,name\r\n1,x\r\n2,y\r\n",
            "text/csv",
            None,
            [{"id": "1", "name": "x"}, {"id": "2", "name": "y"}],
        ),
        (b'id,name\n1,"a, ""b""\nc"\n', "", "csv", [{"id": "1", "name": 'a, "b"\nc'}]),
        (b"\xef\xbb\xbfid\n1\n", "text/csv", None, [{"id": "1"}]),
        ("id\né\n".encode("latin-1"), "text/csv; charset=ISO-8859-1", None, [{"id": "é"}]),
        (b"id,name\n", "text/csv", None, []),
        (b'[{"a": 1}]', "text/csv", "json", [{"a": 1}]),
        (b"", "text/csv", None, []),
        (b"\r\n", "", "csv", []),
        (b"\xef\xbb\xbf", "text/csv", None, []),
        (b"\xef\xbb\xbf\r\n", "", "jsonl", []),
        ("\ufeff".encode("utf-16"), "text/csv; charset=utf-16", None, []),
        (b"", "application/x-ndjson", None, []),
        (b" \n", "", "jsonl", []),
    ],
)
def test_values(content: bytes, content_type: str, wanted: Format | None, value: Any) -> None:
    assert read(content, content_type, wanted) == value


@pytest.mark.parametrize(
    ("content", "wanted", "told"),
    [
        (b'{"a": 1}\n{"a": ', "jsonl", "line 2 of the answer is not JSON"),
        (b"<html>", "csv", "perhaps a login page"),
        (b"<html>", "jsonl", "line 1 of the answer"),
        (b"id,name\n1,x\n2", "csv", "line 3 of the CSV has 1 columns"),
        (b'id,name\n1,"x', "csv", "cannot be read"),
        (b"id,id\n1,2\n", "csv", "names a column twice"),
        (b"\xff\xfe", "csv", "is not text in utf-8"),
    ],
)
def test_what_is_cut_or_wrong_is_an_error(content: bytes, wanted: Format, told: str) -> None:
    with pytest.raises(ResponseError) as caught:
        read(content, "", wanted)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("content", "twice"),
    [
        (b'{"items": [1], "items": []}', True),
        (b'{"data": {"items": [1], "items": []}}', True),
        (b'{"items": [{"items": 1}, {"items": 2}]}', False),
        (b'{"items": [{"name": 1, "name": 2}]}', False),
    ],
)
def test_a_key_that_leads_to_the_items_stands_once(content: bytes, twice: bool) -> None:
    keys = keys_in(".data.items")
    if not twice:
        assert read_body(content, "", None, "", keys) == json.loads(content)
        return
    with pytest.raises(ResponseError, match="holds 'items' twice"):
        read_body(content, "", None, "", keys)


@pytest.mark.parametrize(
    ("escaped", "read_as"),
    [
        (r"\ud83d\ude00", "\U0001f600"),
        (r"cut \ud83d", "cut \ufffd"),
        (r"\ude00 cut", "\ufffd cut"),
        (r"\uD83D\uD83D\uDE00", "\ufffd\U0001f600"),
        (r"C:\\ud800", r"C:\ud800"),
    ],
)
@pytest.mark.parametrize("wanted", ["json", "jsonl"])
def test_half_a_character_does_not_cost_the_item(
    escaped: str, read_as: str, wanted: Format
) -> None:
    content = f'[{{"{escaped}": ["{escaped}"]}}]'.encode()
    value = read_body(content, "", wanted, "")
    assert (value if wanted == "json" else value[0]) == [{read_as: [read_as]}]
