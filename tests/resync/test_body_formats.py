"""Which format and charset a body is read in, and what an error says of its place."""

from __future__ import annotations

from typing import Any

import pytest

from errors import ResponseError
from resync.formats import Format, is_utf8_json, parse_json, read_body

CSV = [{"é": "1"}]


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        ("text/csv", "utf-8"),
        ("Text/CSV ; header=present", "utf-8"),
        ("text/csv; charset=ISO-8859-1", "latin-1"),
        ("text/csv; charset='latin-1'; header=present", "latin-1"),
        ('text/csv; header=present; charset="Windows-1252"', "cp1252"),
        ("text/csv; charset=UTF-8", "utf-8"),
        ("text/csv; charset=utf8", "utf-8-sig"),
        ("text/csv; charset=utf-16", "utf-16"),
    ],
)
def test_a_content_type_tells_format_and_charset(content_type: str, encoding: str) -> None:
    assert read_body("é\n1\n".encode(encoding), content_type, None, "") == CSV


@pytest.mark.parametrize(
    "media",
    [
        "application/jsonl",
        "application/x-jsonlines",
        "application/jsonlines",
        "application/x-ndjson",
        "application/ndjson",
    ],
)
def test_json_lines_by_any_of_their_names(media: str) -> None:
    assert read_body(b"1\n2\n", media, None, "") == [1, 2]


@pytest.mark.parametrize(
    ("content_type", "wanted", "utf8_json"),
    [
        ("", None, True),
        ("application/json; charset=UTF-8", None, True),
        ("application/json; charset=utf-16", None, False),
        ("text/csv", None, False),
        ("text/csv", "json", True),
        ("application/json", "jsonl", False),
    ],
)
def test_what_is_json_in_utf8(content_type: str, wanted: Format | None, utf8_json: bool) -> None:
    assert is_utf8_json(content_type, wanted) is utf8_json


def test_json_in_another_charset() -> None:
    content = '{"a": "ü"}'.encode("latin-1")
    assert read_body(content, "application/json; charset=latin-1", None, "") == {"a": "ü"}
    with pytest.raises(ResponseError, match="not whole JSON"):
        read_body(content, "application/json; charset=no-such", None, "")


def failure(content: bytes, content_type: str = "", wanted: Format | None = None) -> str:
    with pytest.raises(ResponseError) as caught:
        read_body(content, content_type, wanted, "the beginning")
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'{"a": 1', "at character 7 of 7)"),
        (b'{"a": 1,,' + b" " * 2000, "at character 8 of 2,009)"),
        (b"[1] 2", "Extra data at character 4 of 5)"),
        (b"[NaN]", "(NaN is not JSON)"),
        (b"[-Infinity]", "(-Infinity is not JSON)"),
    ],
)
def test_json_that_is_cut_or_wrong_is_told_with_its_place(content: bytes, place: str) -> None:
    told = failure(content)
    assert place in told
    assert "It begins: 'the beginning'" in told


@pytest.mark.parametrize("content", [b"<html>", b" \n<?xml", b"<"])
@pytest.mark.parametrize("wanted", ["json", "csv"])
def test_a_page_is_told_with_the_settings_to_check(content: bytes, wanted: Format) -> None:
    told = failure(content, "", wanted)
    assert "HTML or XML" in told
    assert [name for name in ("authType", "baseUrl", "endpoint") if name not in told] == []
    assert "It begins: 'the beginning'" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"1\n\n \n[NaN]\n2", "line 4 of the answer is not JSON"),
        (b"1\n" + b"[" * 100_000, "line 2 of the answer is not JSON"),
    ],
)
def test_a_line_that_is_not_json_is_told_by_its_number(content: bytes, told: str) -> None:
    assert told in failure(content, "", "jsonl")
    assert "begins: 'the beginning'" in failure(content, "", "jsonl")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a,b\n1,2\n\n3\n", "line 4 of the CSV has 1 columns, where its header has 2"),
        (b"a,b\n1,2,3\n", "line 2 of the CSV has 3 columns, where its header has 2"),
        (b"a,b,a\n1,2,3\n", "names a column twice: a, b, a"),
        (b'a,b\n1,"x"y\n', "line 2 of the CSV cannot be read"),
    ],
)
def test_a_row_that_is_wrong_is_told_by_its_line(content: bytes, told: str) -> None:
    assert told in failure(content, "", "csv")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"error": "boom", "code": 5}', "the answer is JSON, where CSV was expected"),
        (b' {\n  "error": "boom"\n}\n', "the answer is JSON, where CSV was expected"),
        (b"[]", "the answer is JSON, where CSV was expected"),
        (b"Service temporarily unavailable\n", "the answer is one line of text, where CSV was"),
    ],
)
def test_an_error_is_no_header_without_rows(content: bytes, told: str) -> None:
    assert told in failure(content, "text/csv")
    assert "It begins: 'the beginning'" in failure(content, "application/json", "csv")


@pytest.mark.parametrize("content", [b"id\n", b"id,full name\n", b"full name\nA B\n"])
def test_a_header_may_stand_alone_or_hold_blanks(content: bytes) -> None:
    assert len(read_body(content, "text/csv", None, "")) == content.count(b"\n") - 1


@pytest.mark.parametrize(
    "last", ['{"error": "aborted"}', '{"ok": false, "message": "x"}', '{"status": "failed"}']
)
@pytest.mark.parametrize("before", ["", '{"id": 1}\n', '{"id": 1}\n{"error": "x", "id": 2}\n'])
def test_an_error_on_the_last_line_is_one(last: str, before: str) -> None:
    told = failure(f"{before}{last}\n".encode(), "", "jsonl")
    assert "the last line of the answer is an object with the keys" in told
    assert "an error, so it may be cut short" in told


@pytest.mark.parametrize(
    "lines",
    [
        '{"id": 1}\n{"id": 2, "error": "timeout"}',
        '{"error": "a", "message": "x"}\n{"error": "b", "message": "y"}',
        '{"id": 1}\n{"status": "done", "code": 0}',
        '{"id": 1}\n{"error": null}',
        '{"id": 1}\n"error"',
    ],
)
def test_a_line_that_tells_of_something_else_is_a_value(lines: str) -> None:
    assert len(read_body(lines.encode(), "", "jsonl", "")) == 2


def test_empty_lines_of_a_csv_hold_no_row() -> None:
    assert read_body(b"a,b\n\n1,2\n\n", "", "csv", "") == [{"a": "1", "b": "2"}]


def test_a_line_break_inside_a_csv_field_stays_as_it_was_written() -> None:
    assert read_body(b'a\r\n"x\r\ny"\r\n', "", "csv", "") == [{"a": "x\r\ny"}]


def test_the_charset_is_named_where_it_is_not_the_one() -> None:
    assert "not text in utf-8" in failure(b"\xff\n", "text/csv; charset=utf-8")
    assert "not text in ascii" in failure(b"\xff\n", "text/csv; charset=ascii")
    assert "not text in no-such" in failure(b"a\n", "text/csv; charset=no-such")


@pytest.mark.parametrize("content", [b"", b" \r\n\t"])
def test_nothing_is_no_json(content: bytes) -> None:
    assert "empty" in failure(content)
    assert "empty" in failure(content, "text/csv", "json")
    with pytest.raises(ResponseError, match="empty"):
        parse_json(content, None, "")


def test_json_that_is_nested_too_deeply_is_an_error() -> None:
    assert "nested too deeply" in failure(b"[" * 200_000)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"items": [1], "n": 1, "n": 2}', {"items": [1], "n": 2}),
        (b'[{"items": 1}, {"items": 2, "n": 1, "n": 2}]', [{"items": 1}, {"items": 2, "n": 2}]),
    ],
)
def test_other_keys_may_stand_twice_and_the_last_counts(content: bytes, value: Any) -> None:
    assert read_body(content, "", None, "", frozenset({"items"})) == value
