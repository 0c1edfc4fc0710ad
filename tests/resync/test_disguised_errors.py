"""Responses with a status of success that are no listing: each is an error, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest

from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import resource
from tests.support.running import Runs

DISGUISED = "an error with a status of success"


class Pages(CannedApi):
    """Answers ``page`` 1 with the first of ``bodies``, and so on; behind them there is nothing."""

    bodies: tuple[Any, ...] = ()
    nothing: Any = ()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        number = int(dict(parse_qsl(scope["query_string"].decode()))["page"])
        body = self.bodies[number - 1] if number <= len(self.bodies) else self.nothing
        self.json("/items", json.dumps(body))
        await super().__call__(scope, receive, send)


@pytest.fixture
def pages() -> Iterator[tuple[Pages, Runs]]:
    api = Pages()
    with serve(api) as url:
        yield api, Runs(api, url, {"paginationType": "page", "pageSize": "3"})


@pytest.mark.parametrize(
    "body",
    [
        *(
            {key: value}
            for key in ("error", "Errors", "FAULT", "errorCode", "error_code", "Exception")
            for value in ("no", {"id": 7}, 1)
        ),
        *({key: value} for key in ("ok", "Success") for value in (False, 0, "false", "False")),
        *({key: value} for key in ("status", "STATUS") for value in ("error", "FAIL", "Fail")),
        *({key: value} for key in ("code", "Status") for value in (400, "404", 500, 503)),
    ],
    ids=json.dumps,
)
@pytest.mark.parametrize("data_path", [".items // []", ".items[]?"])
async def test_where_no_item_was_found_an_error_is_one_in_any_case_of_letters(
    runs: Runs, body: Any, data_path: str
) -> None:
    runs.api.json("/items", json.dumps({"at": 1, **body}))
    assert DISGUISED in await runs.failure(resource("/items", data_path=data_path))


@pytest.mark.parametrize(
    "body",
    [
        {"message": "try again later"},
        {"Message": "no", "Code": "E7", "Type": "x"},
        {"msg": "no", "detail": "why", "title": "t", "status": 1},
    ],
    ids=json.dumps,
)
async def test_an_object_that_is_nothing_but_a_message_is_an_error(runs: Runs, body: Any) -> None:
    items = resource("/items", data_path=".items // []")
    runs.api.json("/items", json.dumps(body))
    assert DISGUISED in await runs.failure(items)
    runs.api.json("/items", json.dumps({"at": 1, **body}))
    assert await runs.items(items) == []


@pytest.mark.parametrize(
    "body",
    [
        {"error": None, "errors": [], "fault": "", "exception": {}, "errorCode": 0, "items": []},
        {"ok": True, "success": 1, "items": []},
        {"success": "true", "status": "ok", "code": 200, "items": []},
        {"status": "success", "code": 0, "items": []},
        {"code": "20000", "message": "done", "items": []},
        {"errors_total": 7, "items": []},
        {},
    ],
    ids=json.dumps,
)
async def test_what_only_looks_like_an_error_is_no_items(runs: Runs, body: Any) -> None:
    runs.api.json("/items", json.dumps(body))
    assert await runs.items(resource("/items", data_path=".items // []")) == []


@pytest.mark.parametrize("data_path", [".items", ".items | map(.)", ".items[]"])
async def test_beside_items_it_is_no_error(runs: Runs, data_path: str) -> None:
    body = {"error": "some are old", "code": 500, "success": False, "items": [{"id": 1}]}
    runs.api.json("/items", json.dumps(body))
    assert await runs.items(resource("/items", data_path=data_path)) == [{"id": 1}]


async def test_records_that_a_filter_leaves_out_are_there_all_the_same(runs: Runs) -> None:
    runs.api.json("/items", '{"error": "some are old", "items": [{"id": 1}]}')
    assert await runs.items(resource("/items", data_path=".items | map(select(.id == 2))")) == []


@pytest.mark.parametrize(
    "content_type", ["application/problem+json", "Application/Problem+JSON;v=1"]
)
@pytest.mark.parametrize("body", ['{"items": [{"id": 1}]}', "[]", "not json"])
async def test_problem_json_is_an_error_whatever_it_holds(
    runs: Runs, content_type: str, body: str
) -> None:
    runs.api.answers["/items"] = (200, content_type, body.encode())
    failure = await runs.failure(resource("/items", data_path=".items // []"))
    assert f"application/problem+json: {DISGUISED}" in failure


@pytest.mark.parametrize(
    "body", [{"message": "try again later"}, {"error": "no"}, {"code": 500, "msg": "no"}]
)
@pytest.mark.parametrize("data_path", [".", ".[]", ".[] | ."])
async def test_an_error_is_no_item_and_its_texts_are_none(
    runs: Runs, body: Any, data_path: str
) -> None:
    runs.api.json("/items", json.dumps(body))
    assert DISGUISED in await runs.failure(resource("/items", data_path=data_path))


async def test_an_object_of_objects_by_their_keys_is_its_items(runs: Runs) -> None:
    runs.api.json("/items", '{"code": {"id": 1}, "status": {"id": 2}}')
    found = await runs.items(resource("/items", data_path=".[]"))
    assert found == [{"id": 1}, {"id": 2}]


FULL = [{"id": number} for number in range(3)]
NEXT = [{"id": number} for number in range(3, 6)]
OBJECT = "page 2 is an object where the pages before were arrays"
NULL = "page 2 is null where the pages before were arrays"


@pytest.mark.parametrize(
    ("data_path", "first", "later", "told"),
    [
        (".", FULL, {"name": "x"}, "an object with the keys name, and paginationType is set"),
        (".", FULL, None, NULL),
        (".[]", FULL, {"name": "x"}, OBJECT),
        (".[]", FULL, {"a": {"id": 9}}, OBJECT),
        (".items", {"items": FULL}, {"items": {"id": 9}}, OBJECT),
        (".items[]", {"items": FULL}, {"items": {"name": "x"}}, OBJECT),
        (".items // []", {"items": FULL}, None, NULL),
    ],
)
async def test_what_is_no_array_where_arrays_came_is_an_error(
    pages: tuple[Pages, Runs], data_path: str, first: Any, later: Any, told: str
) -> None:
    api, runs = pages
    api.bodies = (first, later)
    assert told in await runs.failure(resource("/items", data_path=data_path))


async def test_null_is_no_items_on_a_first_page(pages: tuple[Pages, Runs]) -> None:
    api, runs = pages
    api.nothing = None
    assert await runs.items(resource("/items", data_path=None)) == []


async def test_null_below_the_root_is_no_items_on_any_page(pages: tuple[Pages, Runs]) -> None:
    api, runs = pages
    api.bodies, api.nothing = ({"items": FULL}, {"items": NEXT}), {"items": None}
    assert await runs.items(resource("/items")) == [*FULL, *NEXT]


@pytest.mark.parametrize("data_path", [".items", ".items[]"])
async def test_objects_on_every_page_are_their_items(
    pages: tuple[Pages, Runs], data_path: str
) -> None:
    api, runs = pages
    api.bodies = ({"items": {"a": {"id": 1}}}, {"items": {"b": {"id": 2}}})
    api.nothing = {"items": []}
    found = await runs.items(resource("/items", data_path=data_path))
    nested = data_path == ".items"
    assert found == ([{"a": {"id": 1}}, {"b": {"id": 2}}] if nested else [{"id": 1}, {"id": 2}])
