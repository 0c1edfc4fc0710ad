"""Where the records of a response are, and how many: what an API pages, whatever becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from records import Records, Shape, fingerprint
from resync.record_path import record_path, record_paths, records_in

ROWS = [{"id": 1, "on": True}, {"id": 2, "on": False}, {"id": 3, "on": True}]


def read(body: Any, data_path: str, items_to_parse: str | None = None) -> Records:
    return records_in(body, data_path, items_to_parse)


@pytest.mark.parametrize(
    ("data_path", "paths"),
    [
        (".", [()]),
        (".items", [("items",)]),
        (".a.b", [("a", "b")]),
        (".a | .b", [("a", "b")]),
        (". | .items", [("items",)]),
        ('."a-b"', [("a-b",)]),
        ('.["a b"]', [("a b",)]),
        ('.x["a|b"] | .c', [("x", "a|b", "c")]),
        (".a?.b?", [("a", "b")]),
        (".[0].items", [(0, "items")]),
        (".items // []", [("items",)]),
        ('.items // error("none")', [("items",)]),
        (".items // .rows // []", [("items",), ("rows",)]),
        (".a//.b|map(.)", [("a",), ("b",)]),
        ("(.items // [])", [("items",)]),
        ("del(.errors) | .data.nodes", [("data", "nodes")]),
        # A filter, and what is inside the records.
        (".items | map(select(.on))", [("items",)]),
        ("map(select(.on))", [()]),
        ("[.items[] | select(.on)]", [("items",)]),
        (".items[].members[]", [("items",)]),
        (".items[] | .members[]", [("items",)]),
        (".[]|.items[]", [()]),
        (".data.edges | map(.node)", [("data", "edges")]),
        ("(.items // [])[]", [("items",)]),
        ("(.items // [])[].members[]", [("items",)]),
    ],
)
def test_the_leading_plain_path(data_path: str, paths: list[tuple[str | int, ...]]) -> None:
    found = record_path(data_path)
    assert found is not None
    assert list(found.alternatives) == paths


@pytest.mark.parametrize(
    "data_path",
    [
        ".a + .b",
        ".a, .b",
        "[.a[], .b[]]",
        "(.a)[0:5]",
        ".items[0:5]",
        "limit(3; .a[])",
        "..|.items?",
        "to_entries",
        "{items} | .items",
        ".items as $all | $all",
        "def f: .items; f",
        "if .items then .items else error end",
        "select(.ok) | .items",
        "try .items catch []",
    ],
)
def test_what_begins_with_no_plain_path_cannot_be_counted(data_path: str) -> None:
    assert record_paths(data_path, None) == []
    assert read({"items": ROWS}, data_path).count is None


@pytest.mark.parametrize(
    ("body", "data_path", "count"),
    [
        (ROWS, ".", 3),
        ([], ".", 0),
        (None, ".", 0),
        ({"items": ROWS}, ".items", 3),
        ({"items": [None, 1]}, ".items[]", 2),
        ({"items": []}, ".items", 0),
        ({"items": None}, ".items", 0),
        ({}, ".items // []", 0),
        ({"rows": ROWS}, ".items // .rows // []", 3),
        ({"items": [], "rows": ROWS}, ".items // .rows // []", 0),
        ({"items": ROWS}, ".items | map(select(.on))", 3),
        ({"items": ROWS}, "[.items[] | select(.on)]", 3),
        ({"items": [{"m": [1, 2, 3]}, {"m": []}]}, ".items[].m[]", 2),
        ([{"items": [1]}, {"items": []}], ".[].items[]", 2),
        ({"items": {"a": {"id": 1}, "b": {"id": 2}}}, ".items[]", 2),
        ({"item": {"id": 1}}, ".item", 1),
        ({"id": 1}, ".", 1),
        ([1, 2], "[.]", 1),
        # An object that an expression makes something of: nobody can tell of how many.
        ({"data": {"a": [1], "b": [2]}}, ".data | .a + .b", None),
    ],
)
def test_how_many_records_there_are(body: Any, data_path: str, count: int | None) -> None:
    assert read(body, data_path).count == count


@pytest.mark.parametrize(
    ("body", "data_path", "shape"),
    [
        ([], ".", Shape.ARRAY),
        ({"items": []}, ".items", Shape.ARRAY),
        ({"items": {"id": 1}}, ".items", Shape.OBJECT),
        ({"items": {"message": "later"}}, ".items[]", Shape.OBJECT),
        ({"message": "later"}, ".[]", Shape.OBJECT),
        ({"message": "later"}, ".", Shape.OBJECT),
        ([1], "[.]", Shape.OBJECT),
        (None, ".", Shape.NULL),
        (None, ".items // []", Shape.NULL),
        ({"items": None}, ".items", Shape.UNKNOWN),
        ({}, ".items // []", Shape.UNKNOWN),
    ],
)
def test_what_stands_where_the_records_are_expected(
    body: Any, data_path: str, shape: Shape
) -> None:
    assert read(body, data_path).shape is shape


@pytest.mark.parametrize(
    ("body", "data_path", "items_to_parse", "count"),
    [
        # It takes the items apart, which is no matter of paging.
        ({"items": [{"deps": [1, 2]}, {"deps": [3]}]}, ".items", ".deps", 2),
        ([{"deps": [1, 2]}, {"deps": [3]}], ".", ".deps", 2),
        ({"items": {"a": {"deps": [1, 2, 3]}}}, ".items[]", ".deps", 1),
        # The one item is the whole response, or an object in it.
        ({"rows": ROWS}, ".", ".rows", 3),
        ({"rows": ROWS}, "[.]", ".rows", 3),
        ({"data": {"rows": ROWS}}, ".data", ".rows", 3),
        ({"rows": [{"m": [1, 2]}]}, ".", ".rows[].m[]", 1),
        ({"a": [1], "b": [2]}, ".", ".a + .b", 1),
    ],
)
def test_items_to_parse_counts_only_inside_the_one_item(
    body: Any, data_path: str, items_to_parse: str, count: int
) -> None:
    assert read(body, data_path, items_to_parse).count == count


def test_only_a_response_that_is_the_item_is_whole() -> None:
    assert read({"id": 1}, ".").whole
    assert read({"id": 1}, "[.]").whole
    assert not read([{"id": 1}], ".").whole
    assert not read({"item": {"id": 1}}, ".item").whole
    assert not read({"rows": []}, ".", ".rows").whole


@pytest.mark.parametrize(
    ("body", "data_path", "items_to_parse", "level"),
    [
        ({"items": []}, ".items", None, ()),
        ({"data": {"list": {"items": []}}}, ".data.list.items | map(.)", None, ("data", "list")),
        ([{"total": 9, "items": []}], ".[0].items", None, (0,)),
        ({"rows": []}, ".", ".rows", ()),
        ({"data": {"in": {"rows": []}}}, ".data", ".in.rows", ("data", "in")),
        ([1], ".", None, None),
    ],
)
def test_signs_stand_beside_the_array(
    body: Any, data_path: str, items_to_parse: str | None, level: Any
) -> None:
    assert read(body, data_path, items_to_parse).level == level


def test_pages_are_compared_by_their_records_and_not_by_what_becomes_of_them() -> None:
    one = read({"items": ROWS, "at": 1}, ".items | map(select(.id > 9))")
    same = read({"items": ROWS, "at": 2}, ".items | map(select(.id > 9))")
    other = read({"items": ROWS[:2], "at": 1}, ".items | map(select(.id > 9))")
    assert one.fingerprint == same.fingerprint != other.fingerprint
    # Where nobody can tell the records, all of the response is compared.
    bodies: list[Any] = [{"a": [], "at": at} for at in (1, 2)]
    assert len({read(body, ".a + .b").fingerprint for body in bodies}) == 2
    assert (one.first, one.last) == (fingerprint(ROWS[:1]), fingerprint(ROWS[2:]))
    assert read([], ".").first == read([], ".").last == b""
