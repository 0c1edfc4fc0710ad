"""A page whose body is large is counted, compared and followed like any other."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import resource
from tests.support.running import Runs

COUNT, PAGE = 25, 10
ROWS = [{"id": f"id-{number:02}", "on": number % 3 == 0} for number in range(COUNT)]


@pytest.fixture(autouse=True)
def _all_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resync.answers.LARGE_BYTES", 10)


class Keyset(CannedApi):
    """Ten records behind the one that ``after`` names; ``offset`` counts instead."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = dict(parse_qsl(scope["query_string"].decode()))
        ids = [row["id"] for row in ROWS]
        start = ids.index(query["after"]) + 1 if "after" in query else int(query.get("offset", 0))
        rows, more = ROWS[start : start + PAGE], start + PAGE < COUNT
        links = [{"relation": "next", "url": f"/items?after={rows[-1]['id']}"}] if more else []
        body = {"data": rows, "has_more": more, "link": links}
        self.json("/items", json.dumps(body))
        await super().__call__(scope, receive, send)


async def read(data_path: str, **pagination: Any) -> tuple[list[Any], list[dict[str, str]]]:
    """The items, and the queries that were sent for them."""
    api = Keyset()
    kind = resource("/items", data_path=data_path, pagination=pagination)
    with serve(api) as url:
        found = await Runs(api, url).items(kind, maxConcurrentRequests="1")
    return found, api.queries


@pytest.mark.parametrize("data_path", [".data", ".data[]", ".data | map(.)"])
async def test_a_cursor_in_the_last_record(data_path: str) -> None:
    """Keyset pagination, where the last record's id is the cursor."""
    found, queries = await read(
        data_path,
        type="cursor",
        pagination_param="after",
        cursor_path="data.-1.id",
        has_more_path="has_more",
    )
    assert found == ROWS
    assert [one.get("after") for one in queries] == [None, "id-09", "id-19"]


@pytest.mark.parametrize("data_path", [".data", ".data | map(.)"])
async def test_a_link_that_jq_finds(data_path: str) -> None:
    path = '.link[] | select(.relation == "next") | .url'
    found, queries = await read(data_path, type="next_link", next_link_path=path, size_param="n")
    assert found == ROWS
    assert [one.get("after") for one in queries] == [None, "id-09", "id-19"]


@pytest.mark.parametrize("data_path", [".data", ".data | map(.)", ".data | map(select(.on))"])
async def test_offsets_move_by_records_whatever_a_filter_leaves_out(data_path: str) -> None:
    found, queries = await read(data_path, type="offset", page_size=PAGE)
    wanted = [row for row in ROWS if row["on"] or "select" not in data_path]
    assert found == wanted
    assert [one["offset"] for one in queries][:3] == ["0", "10", "20"]


async def test_a_jq_path_that_fails_on_a_large_body_is_named() -> None:
    path = ".data[0].id | tonumber"
    api = Keyset()
    with serve(api) as url:
        failure = await Runs(api, url).failure(
            resource(
                "/items", data_path=".data", pagination={"type": "cursor", "cursor_path": path}
            )
        )
    assert f"the pagination path {path!r} failed" in failure


async def test_a_large_object_where_arrays_came_is_an_error() -> None:
    class Changed(CannedApi):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            first = "page=1" in scope["query_string"].decode()
            rows: Any = ROWS if first else {"message": "try again later"}
            self.json("/items", json.dumps({"data": rows, "note": "x" * 50}))
            await super().__call__(scope, receive, send)

    api = Changed()
    for data_path in (".data", ".data[]"):
        with serve(api) as url:
            failure = await Runs(api, url).failure(
                resource("/items", data_path=data_path), paginationType="page"
            )
        assert "page 2 is an object where the pages before were arrays" in failure
