"""How a large answer is taken apart: in pieces where that is safe, with all that is said of it."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.sail import ROOT
from errors import ResponseError
from resync.large_worker import PIECE_BYTES, PIECE_ITEMS, Order, Summary, survey, take_apart


class Body:
    """A JSON body in a file that can only be read."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "body"
        self.lines: list[bytes] = []

    def taken_apart(self, value: Any, data_path: str, looked_at: int = 0) -> Summary:
        self._write(value)
        target = io.BytesIO()
        order = Order(data_path, data_path, 5, "it begins so", looked_at)
        with self._path.open("rb") as source:
            summary = take_apart(source, target, order)
        self.lines = target.getvalue().splitlines()
        return summary

    def surveyed(self, value: Any, path: str, kept: int) -> tuple[Any, bool, int]:
        self._write(value)
        with self._path.open("rb") as source:
            return survey(source, path, kept)

    def _write(self, value: Any) -> None:
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        self._path.write_bytes(content)

    @property
    def items(self) -> list[Any]:
        return [item for line in self.lines for item in json.loads(line)]


@pytest.fixture
def body(tmp_path: Path) -> Body:
    return Body(tmp_path)


@pytest.fixture
def nothing_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is read into memory as a whole."""

    def refused(*_: Any) -> Any:
        raise AssertionError("the whole answer was read into memory")

    monkeypatch.setattr("resync.large_worker.parse_json", refused)


ITEMS = [{"id": 1, "in": {"list": [1, [2]]}}, "x", None, [3], [], {}]


@pytest.mark.usefixtures("nothing_whole")
@pytest.mark.parametrize(
    ("value", "data_path", "items"),
    [
        (ITEMS, ".", ITEMS),
        (ITEMS, ".[]", [item for item in ITEMS if item is not None]),
        ({"a": ITEMS}, ".a", ITEMS),
        ({"a": ITEMS}, ".a // []", ITEMS),
        ({"a": [1]}, ".a", [1]),
        ({"a": [1, 2]}, ".a[]", [1, 2]),
        ({"a": []}, ".a", []),
        ({"a": []}, ".a[]", []),
        ({"a": {"b": ITEMS}}, ".a.b", ITEMS),
        ({"x": {"a": [1]}, "a": {"b": {"c": [2, 3]}}, "z": [4]}, ".a.b.c", [2, 3]),
        ({"ab": [9], "a": [1], "b": {"a": [8]}}, ".a", [1]),
        ({"a": {"b": [1], "bc": [2]}, "c": {"b": [3]}}, ".a.b", [1]),
        ('["é 😀", "\\ud83d\\ude00"]'.encode(), ".", ["é 😀", "😀"]),
    ],
)
def test_an_array_at_a_path_is_never_in_memory(
    body: Body, value: Any, data_path: str, items: list[Any]
) -> None:
    summary = body.taken_apart(value, data_path)
    assert summary.error is None
    assert body.items == items
    assert summary.items == len(items)


@pytest.mark.parametrize(
    ("value", "path", "kept", "found"),
    [
        ([1, 2, 3], "", 2, ([1, 2], True, 3)),
        ([1, 2, 3], "", 0, ([], True, 3)),
        ([[1], {"a": [2, 3]}, 4], "", 2, ([[1], {"a": [2, 3]}], True, 3)),
        (
            {"next": "n", "a": {"b": [{"id": 1}, {"id": 2}]}, "pages": [7, 8], "total": 2},
            "a.b",
            1,
            ({"next": "n", "a": {"b": [{"id": 1}]}, "pages": [7, 8], "total": 2}, True, 2),
        ),
        ({"a": {"b": {}}}, "a.b", 1, ({"a": {"b": {}}}, False, 0)),
        ({"a": 5}, "a", 1, ({"a": 5}, False, 0)),
        ({"a.b": [1]}, "a.b", 1, ({"a.b": [1]}, False, 1)),
        (b'{"a": [1], "a": [2]}', "a", 5, ({"a": [2]}, False, 2)),
        (b'{"a": {"b": [1]}, "a": {}}', "a.b", 5, ({"a": {}}, False, 1)),
        ({"a": [1], "a.item": 2}, "a", 5, ({"a": [1], "a.item": 2}, False, 2)),
        ({"a": [1], "": {"a": 2}}, "a", 5, ({"a": [1], "": {"a": 2}}, False, 1)),
    ],
)
def test_what_surrounds_the_items(
    body: Body, value: Any, path: str, kept: int, found: tuple[Any, bool, int]
) -> None:
    assert body.surveyed(value, path, kept) == found


@pytest.mark.parametrize("data_path", [".items", ".items | map(.)"])
def test_only_the_elements_that_pagination_looks_at_are_kept(body: Body, data_path: str) -> None:
    value = {"items": list(range(300)), "in": {"list": [list(range(300))]}, "next": "n"}
    envelope = body.taken_apart(value, data_path).envelope
    assert envelope["next"] == "n"
    assert len(envelope["items"]) <= 100
    envelope = body.taken_apart(value, data_path, looked_at=150).envelope
    assert envelope["items"] == list(range(150))
    assert envelope["in"]["list"][0][:150] == list(range(150))


@pytest.mark.parametrize(
    ("data_path", "told"),
    [
        (".items", "data_path '.items' leads nowhere: there is no 'items' in the answer"),
        (".n", "leads to a int"),
        (".n[]", "data_path '.n[]' failed: Cannot iterate over number"),
        ('error("")', "data_path 'error(\"\")' failed: "),
        ("def f: .+1, f; f", "data_path 'def f: .+1, f; f' failed: "),
    ],
)
def test_where_there_are_no_items_it_tells_why_and_what_there_is(
    body: Body, data_path: str, told: str
) -> None:
    value = {"error": "none", "n": 5, "list": [{"in": list(range(200))}] * 200}
    summary = body.taken_apart(value, data_path)
    assert summary.error is not None
    assert told in summary.error + summary.reason
    assert len(summary.error + summary.reason) > len(told) or not told.endswith(" ")
    cut = {"in": list(range(100))}
    assert summary.envelope == {"error": "none", "n": 5, "list": [cut] * 100}
    assert body.lines == []


def test_a_cut_answer_is_told_with_its_beginning(body: Body) -> None:
    with pytest.raises(ResponseError, match="it begins so"):
        body.taken_apart(b'{"items": [1, 2', ".items | map(.)")


@pytest.mark.parametrize("value", [b'["\xed\xa0\xbd"]', "[1]".encode("utf-16"), b""])
def test_what_is_not_plain_utf_8_is_read_as_a_whole(body: Body, value: bytes) -> None:
    if not value:
        with pytest.raises(ResponseError, match="empty"):
            body.taken_apart(value, ".")
        return
    assert body.taken_apart(value, ".").items == 1


def test_pieces_are_bounded_by_items_and_by_bytes(body: Body) -> None:
    summary = body.taken_apart(list(range(2 * PIECE_ITEMS + 1)), ".")
    assert [len(json.loads(line)) for line in body.lines] == [PIECE_ITEMS, PIECE_ITEMS, 1]
    assert summary.items == 2 * PIECE_ITEMS + 1
    # With its quotes, each text is half a piece.
    body.taken_apart(["x" * (PIECE_BYTES // 2 - 2)] * 5, ".")
    assert [len(json.loads(line)) for line in body.lines] == [2, 2, 1]


def test_a_fingerprint_tells_pages_from_each_other(body: Body) -> None:
    prints = [
        body.taken_apart(value, ".items").records.fingerprint
        for value in (
            {"items": [1, 2], "page": 1},
            {"items": [1, 2], "page": 2},
            {"items": [1, 3]},
            {"items": list(range(PIECE_ITEMS + 1))},
            {"items": [*range(PIECE_ITEMS), -1]},
        )
    ]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 4
    assert all(prints)


def test_numbers_are_written_down_exactly(body: Body) -> None:
    content = b"[0.1, 1.10, 123456789012345678901234567890, -5, true]"
    body.taken_apart(content, ".")
    assert body.items == [0.1, 1.1, 123456789012345678901234567890, -5, True]


def test_an_expression_has_half_a_second_more_for_each_mib(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []

    def evaluated(program: str, value: object, seconds: float) -> list[object]:
        given.append(seconds)
        return []

    monkeypatch.setattr("resync.large_worker.evaluate", evaluated)
    for size in (2, 2 * 2**20):
        body.taken_apart(b"[" + b" " * (size - 2) + b"]", "map(.)")
    assert given == pytest.approx([2.5, 3.5], abs=0.01)


def test_an_expression_without_end_ends_although_nobody_ends_it(tmp_path: Path) -> None:
    """Whoever started the process may have been killed meanwhile."""
    source, target = tmp_path / "body", tmp_path / "items"
    source.write_bytes(b"[1]")
    order = msgspec.json.encode(Order("def f: f; f", "def f: f; f", 0.1, "")).decode()
    with source.open("rb") as body, target.open("wb") as items:
        ended = subprocess.run(
            [sys.executable, "-m", "resync.large_worker", order, str(items.fileno())],
            cwd=ROOT,
            stdin=body,
            pass_fds=(items.fileno(),),
            timeout=60,
        )
    assert ended.returncode == -signal.SIGXCPU
