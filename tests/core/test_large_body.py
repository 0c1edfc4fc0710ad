"""An answer too large for memory, of which the items are one JSON array."""

from __future__ import annotations

import json
from asyncio.subprocess import Process
from typing import Any

import pytest

from client.body import Body
from resync.jq import start_process
from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import Core, resource

COUNT = 1300
HUGE = 2**70 + 1


@pytest.fixture(autouse=True)
def _large_from_ten_kilobytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.http_client.LARGE_BYTES", 10_000)
    monkeypatch.setattr("resync.answers.LARGE_BYTES", 10_000)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The files that bodies went to."""
    taken: list[Any] = []
    original = Body.taken

    def noted(body: Body) -> Any:
        content, file = original(body)
        taken.extend([file] if file else [])
        return content, file

    monkeypatch.setattr(Body, "taken", noted)
    return taken


def items(count: int = COUNT) -> list[dict[str, Any]]:
    return [
        {"id": str(HUGE + n), "name": f"é {n}", "n": HUGE, "f": 0.1, "of": [{"x": 1.5}, None]}
        for n in range(count)
    ]


def mapped(path: str, data_path: str | None, **selector: Any) -> dict[str, Any]:
    """A resource whose entities are named by what must come through exactly."""
    mapping = resource(path, data_path=data_path, **selector)
    mapping["port"]["entity"]["mappings"]["properties"]["name"] = (
        '.name + " " + (.f | tostring) + " " + (.of[0].x | tostring)'
    )
    return mapping


@pytest.mark.parametrize(
    ("data_path", "body"),
    [
        (None, items()),
        (".items", {"items": items(), "meta": {"count": 1}}),
        (".data.list", {"first": [1, 2], "data": {"other": {}, "list": items()}}),
    ],
)
async def test_all_items_come_as_they_are(
    core: Core, canned: CannedApi, url: str, files: list[Any], data_path: str | None, body: Any
) -> None:
    canned.json("/all", json.dumps(body))
    outcome = await core.resync({"baseUrl": url}, mapped("/all", data_path))
    assert outcome.succeeded, outcome.error
    found = {
        one["identifier"]: one["properties"]["name"] for one in core.catalog.entities("record")
    }
    assert found == {item["id"]: f"{item['name']} 0.1 1.5" for item in items()}
    assert [file.closed for file in files] == [True]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (json.dumps({"items": items()})[:-700], "not whole JSON"),
        (json.dumps({"items": items()}) + "x", "not whole JSON"),
        (json.dumps({"items": items()})[:-1] + ', "items": []}', "holds 'items' twice"),
        (json.dumps({"other": items()}), "leads nowhere"),
        (json.dumps({"items": items(), "has_more": True}), "but paginationType is none"),
        (json.dumps({"items": items(), "total": COUNT + 1}), "but paginationType is none"),
        (json.dumps({"items": [], "error": "x" * 20_000}), "an error with a status of success"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_is_lost(
    core: Core, canned: CannedApi, url: str, files: list[Any], body: str, told: str
) -> None:
    settings = {"baseUrl": url, "hasMorePath": "has_more", "totalPath": "total"}
    canned.json("/all", json.dumps({"items": items(3), "has_more": False, "total": 3}))
    await core.resync(settings, resource("/all"))
    canned.json("/all", body)
    outcome = await core.resync(settings, resource("/all"))
    assert not outcome.succeeded
    assert told in outcome.error
    assert len(files) == 1
    assert len(core.catalog.identifiers("record")) >= 3


@pytest.mark.parametrize(
    ("data_path", "body", "count"),
    [
        (".items", {"items": {"id": "one", "name": "x" * 20_000}}, 1),
        (".items | map(select(.name))", {"items": items()}, COUNT),
        (None, {"id": "one", "name": "x" * 20_000}, 1),
    ],
)
async def test_what_is_no_plain_array_is_read_in_memory(
    core: Core, canned: CannedApi, url: str, data_path: str | None, body: Any, count: int
) -> None:
    canned.json("/all", json.dumps(body).replace("xxxxxxxx", "x y z w "))
    outcome = await core.resync({"baseUrl": url}, resource("/all", data_path=data_path))
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("record")) == count


async def paged(core: Core, api: CannedApi, data_path: str, url: str) -> list[str]:
    """The identifiers of a listing of two large pages, by a cursor that stands in an array."""
    for number, cursor in enumerate(("two", None)):
        page = items()[number * 600 : number * 600 + 600]
        body = {"pages": [{"next": cursor}], "items": page}
        api.json(f"/{number}", json.dumps(body))
    settings = {"baseUrl": url, "paginationType": "cursor", "cursorPath": "pages.0.next"}
    outcome = await core.resync(settings, resource("/paged", data_path=data_path))
    assert outcome.succeeded, outcome.error
    return core.catalog.identifiers("record")


class PagedApi(CannedApi):
    """Answers ``/paged`` with the page that its cursor names."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        page = b"/1" if b"cursor=two" in scope["query_string"] else b"/0"
        await super().__call__({**scope, "raw_path": page}, receive, send)


@pytest.mark.parametrize("data_path", [".items", ".items[]", ".items // []", "[.items[]]"])
async def test_large_pages_lead_to_the_next(core: Core, data_path: str) -> None:
    api = PagedApi()
    with serve(api) as url:
        found = await paged(core, api, data_path, url)
    assert sorted(found) == sorted(item["id"] for item in items()[:1200])
    assert api.asked == ["/0", "/1"]


class KeysetApi(CannedApi):
    """Answers ``/keyset`` with the 600 items behind the one that its cursor names."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        cursor = scope["query_string"].decode().rpartition("cursor=")[2].partition("&")[0]
        start = int(cursor) - HUGE + 1 if cursor.isdecimal() else 0
        self.json("/keyset", json.dumps({"items": items()[start : start + 600]}))
        await super().__call__(scope, receive, send)


@pytest.mark.parametrize("data_path", [".items", ".items[]", "[.items[]]"])
async def test_a_cursor_may_stand_in_an_item_of_a_large_page(core: Core, data_path: str) -> None:
    with serve(KeysetApi()) as url:
        settings = {"baseUrl": url, "paginationType": "cursor", "cursorPath": "items.599.id"}
        outcome = await core.resync(settings, resource("/keyset", data_path=data_path))
    assert outcome.succeeded, outcome.error
    found = core.catalog.identifiers("record")
    assert sorted(found) == sorted(item["id"] for item in items())


async def test_two_large_pages_at_most_are_taken_apart_at_a_time(
    core: Core, canned: CannedApi, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many requests may be in flight: a process has the memory and the time of its own."""
    started: list[Process] = []
    at_work: list[int] = []

    async def noted(*arguments: Any, **streams: Any) -> Process:
        at_work.append(1 + sum(one.returncode is None for one in started))
        started.append(await start_process(*arguments, **streams))
        return started[-1]

    monkeypatch.setattr("resync.large_body.start_process", noted)
    for number in range(8):
        canned.json(f"/of/{number}", json.dumps(items()[number * 100 : number * 100 + 100]))
    numbers = {"number": {"values": [str(number) for number in range(8)]}}
    outcome = await core.resync(
        {"baseUrl": url}, resource("/of/{number}", data_path=None, path_parameters=numbers)
    )
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("record")) == 800
    assert max(at_work) == 2


async def test_a_large_page_that_comes_again_is_told(
    core: Core, canned: CannedApi, url: str
) -> None:
    canned.json("/all", json.dumps({"items": items(100)}))
    settings = {"baseUrl": url, "paginationType": "offset", "pageSize": "100"}
    outcome = await core.resync(settings, resource("/all"))
    assert "holds the same 100 records as the page before" in outcome.error


async def test_large_answers_in_other_formats_and_that_are_shared(
    core: Core, canned: CannedApi, url: str
) -> None:
    lines = "\n".join(json.dumps(item) for item in items())
    canned.answers["/lines"] = (200, "application/jsonl", lines.encode())
    canned.json("/shared", json.dumps({"items": items(), "more": items(50)}))
    outcome = await core.resync(
        {"baseUrl": url},
        resource("/lines", data_path=None),
        resource("/shared", identifier='"a" + .id'),
        resource("/shared", data_path=".more | map(.)", identifier='"b" + .id'),
    )
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("record")) == 2 * COUNT + 50
    assert canned.asked.count("/shared") == 1
