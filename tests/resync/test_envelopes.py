"""``data_path`` '.' and an object: one item, or what surrounds a listing and must not be taken for
one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.core import resource
from tests.support.running import Runs

ROOT = resource("/items", data_path=None)
ROWS = [{"id": 1}, {"id": 2}]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"items": ROWS, "has_more": False}, "'.items'"),
        ({"items": ROWS, "next": None}, "'.items'"),
        ({"items": ROWS, "next_cursor": ""}, "'.items'"),
        ({"items": ROWS, "total": 2}, "'.items'"),
        ({"items": ROWS, "meta": {"totalPages": 1}}, "'.items'"),
        ({"data": {"rows": ROWS, "totalCount": 2}}, "'.data.rows'"),
        ({"my rows": ROWS, "total": 2}, """'."my rows"'"""),
        ({"links": {"next": "/items?page=2"}, "people": ROWS, "pets": ROWS}, "'.people'"),
    ],
)
async def test_an_array_of_objects_beside_a_sign_is_no_item(
    runs: Runs, body: Any, named: str
) -> None:
    runs.api.json("/items", json.dumps(body))
    failure = await runs.failure(ROOT)
    assert "it tells of pages, so that it is not one item" in failure
    assert f"Set data_path to where the items are, such as {named}" in failure
    assert "or to '[.]' if the object is meant" in failure


async def test_all_arrays_are_named(runs: Runs) -> None:
    body = {"total": 9, "people": ROWS, "in": {"pets": ROWS}, "tags": ["x"], "none": []}
    runs.api.json("/items", json.dumps(body))
    assert "(arrays of objects in it: .people, .in.pets)" in await runs.failure(ROOT)


@pytest.mark.parametrize("pagination", ["offset", "page", "cursor", "next_link", "header_link"])
async def test_with_pagination_no_object_is_one_item(runs: Runs, pagination: str) -> None:
    runs.api.json("/items", json.dumps({"id": 1, "people": ROWS}))
    failure = await runs.failure(ROOT, paginationType=pagination)
    assert "paginationType is set, so that it is not one item" in failure
    assert "'.people'" in failure
    runs.api.json("/items", '{"id": 1}')
    assert "arrays of objects in it: none" in await runs.failure(ROOT, paginationType=pagination)


@pytest.mark.parametrize(
    "body",
    [
        {"id": 1, "name": "x"},
        {"id": 1, "members": ROWS},
        {"id": 1, "tags": ["x"], "total": 7},
        {"id": 1, "next": "/other", "children": []},
    ],
)
async def test_any_other_object_is_one_item_and_a_warning(
    runs: Runs, log: list[str], body: Any
) -> None:
    runs.api.json("/items", json.dumps(body))
    assert await runs.items(ROOT) == [body]
    assert len([line for line in log if "taken as one item" in line and "WARNING" in line]) == 1


@pytest.mark.parametrize(
    "body", [{"items": ROWS, "total": 9, "has_more": True}, {"error": "none", "id": 1}]
)
async def test_in_brackets_the_object_is_meant(runs: Runs, log: list[str], body: Any) -> None:
    """Its fields are its own then, and say nothing of pages."""
    runs.api.json("/items", json.dumps(body))
    assert await runs.items(resource("/items", data_path="[.]")) == [body]
    assert not any("WARNING" in line for line in log)


async def test_of_an_object_that_is_meant_headers_still_say_more(runs: Runs) -> None:
    runs.api.json("/items", '{"id": 1}')
    runs.api.headers = {"link": '</items?page=2>; rel="next"'}
    assert "Link rel=next" in await runs.failure(resource("/items", data_path="[.]"))


async def test_items_to_parse_takes_the_envelope_apart(runs: Runs) -> None:
    body = {"items": ROWS, "total": 2}
    runs.api.json("/items", json.dumps(body))
    kind = resource("/items", data_path=None)
    kind["port"]["itemsToParse"] = ".items"
    assert await runs.items(kind) == [body]


async def test_what_items_to_parse_takes_out_is_counted_for_the_total(runs: Runs) -> None:
    runs.api.json("/items", json.dumps({"items": ROWS, "total": 9}))
    kind = resource("/items", data_path=None)
    kind["port"]["itemsToParse"] = ".items"
    assert "2 of 9 records were read" in await runs.failure(kind)
