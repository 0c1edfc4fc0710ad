"""What is kept of a large body beside its items: little of it, and every sign and error."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from typing import Any

import pytest

from cli.sail import ROOT
from errors import ResponseError
from pagination import Page, PageRequest, Progress, Records
from pagination.signs import signs_of
from resync.bounded_envelope import bounded, places_of
from resync.extraction import refuse_error, refuse_half
from resync.large_worker import Order, take_apart
from settings import PaginationSettings

MUCH = {f"key {number}": {"text": "x" * 1000, "in": [number]} for number in range(2000)}
"""Two megabytes that say nothing."""

KEPT_BYTES = 1_500_000


def shortened(body: Any, data_path: str = ".items", *paths: str) -> Any:
    found = bounded(body, places_of(paths, data_path), 100)
    assert len(json.dumps(found)) < KEPT_BYTES
    return found


def signs(body: Any, level: tuple[str, ...] = (), **settings: Any) -> list[Any]:
    page = Page(
        PageRequest("https://a"),
        [],
        Records(3, level=level),
        body,
        progress=Progress(records=3, page_records=3),
    )
    return list(signs_of(page, PaginationSettings(**settings)))


SAYING = [
    {"next_cursor": "c" * 5000},
    {"meta": {"pagination": {"hasMore": True, "total": 9}}},
    {"links": [{"rel": "self", "href": "/a"}] * 300 + [{"rel": ["next"], "href": "/b"}]},
    {"links": {"self": {"href": "/a"}, "next": {"href": "/b?x=1"}}},
    {"paging": {"next": {"after": "c", "link": "/b?after=c"}}},
    {"total": {"value": 10, "relation": "gte"}},
    {"@odata.nextLink": "https://a/b"},
    {"next": MUCH},
    {"next": [MUCH]},
    {"page": {"number": 1, "totalPages": 7}},
    {"pageInfo": {"endCursor": None, "hasNextPage": False}},
]


@pytest.mark.parametrize("saying", SAYING, ids=lambda one: next(iter(one)))
@pytest.mark.parametrize("way", ["items", "data.items", "data.of.items"])
def test_every_recognised_sign_is_read_as_before(saying: dict[str, Any], way: str) -> None:
    level = tuple(way.split("."))[:-1]
    for beside in (True, False):
        inner: dict[str, Any] = {"included": MUCH, "items": [1, 2, 3]}
        inner |= saying if beside else {}
        body: dict[str, Any] = inner
        for key in reversed(level):
            body = {"more": [MUCH] * 2, key: body}
        body |= {} if beside else saying
        expected = signs(body, level)
        assert expected
        found = signs(shortened(body, f".{way}"), level)
        assert [str(one) for one in found] == [str(one) for one in expected]


@pytest.mark.parametrize(
    ("path", "beside"),
    [
        ("deep.in.an.unusual.place", {"deep": {"in": {"an": {"unusual": {"place": True}}}}}),
        ("of.1500.more", {"of": [{"x": 1}] * 1500 + [{"more": "yes"}]}),
        ("odd.key.more", {"odd.key": {"more": 0}}),
        ("odd.key.more", {"odd": {"key.more": "no"}}),
        ("key 1999.in.0", {}),
    ],
)
def test_a_named_path_leads_where_it_led(path: str, beside: dict[str, Any]) -> None:
    body = {**MUCH, **beside, "items": []}
    found = shortened(body, ".items", path)
    (expected,) = signs(body, has_more_path=path)
    assert signs(found, has_more_path=path) == [expected]


def test_the_relation_beside_a_named_total_is_kept() -> None:
    body = {"a": MUCH, "hits": {"much": MUCH, "total": 10, "relation": "gte", "items": []}}
    found = shortened(body, ".hits.items", "hits.total")
    assert signs(found, total_path="hits.total") == signs(body, total_path="hits.total")


@pytest.mark.parametrize(
    "error",
    [
        {"errors": [{"message": "no", **MUCH}]},
        {"error": MUCH},
        {"error": "x" * 3_000_000},
        {"status": {"code": 500}},
        {"success": False},
        {"code": 40001},
    ],
    ids=lambda one: next(iter(one)),
)
def test_an_error_in_disguise_is_still_one(error: dict[str, Any]) -> None:
    body = {"a": MUCH, "items": [], **error}
    for one in (body, shortened(body)):
        with pytest.raises(ResponseError, match="an error with a status of success"):
            refuse_error(one, "it begins so")


def test_what_is_no_error_is_none() -> None:
    body = {"message": MUCH, "status": "ok", "items": [], "errors": [], "error": {}}
    refuse_error(shortened(body), "")
    refuse_half(shortened({"data": MUCH, **body}), ".items", bytes.decode)


def test_a_partial_answer_is_told_by_its_first_error() -> None:
    body = {"data": {"a": MUCH}, "errors": [{"extensions": MUCH, "message": "half"}] * 9}
    with pytest.raises(ResponseError, match="'half'"):
        refuse_half(shortened(body, ".data.items"), ".data.items", bytes.decode)


def test_more_signs_than_can_be_kept_are_an_error() -> None:
    """Left out, one of them might have said that there is more."""
    with pytest.raises(ResponseError, match="where signs of further pages stand"):
        shortened({"items": [], "next_cursor": "c" * 2_000_000})


def test_the_worker_says_so() -> None:
    body = json.dumps({"items": [1], "next_cursor": "c" * 2_000_000}).encode()
    for data_path in (".items", ".items | map(.)"):
        with tempfile.TemporaryFile() as source, pytest.raises(ResponseError, match="1,048,576"):
            source.write(body)
            source.seek(0)
            take_apart(source, io.BytesIO(), Order(data_path, data_path, 5, ""))


MEASURED = """
import asyncio, json, sys, tempfile, time
from port_ocean.context.ocean import ocean
from benchmarks.handler import prepare_ocean
from benchmarks.memory import peak_mb
from resync.large_body import take_apart

longest = 0.0

async def watch():
    # Of the processor's time, so that what else the machine does counts for nothing.
    global longest
    while True:
        began = time.thread_time()
        await asyncio.sleep(0.005)
        longest = max(longest, time.thread_time() - began)

async def main(data_path):
    await ocean.integration.initialize_handlers()
    one = json.dumps({"id": "x", "tags": ["a"] * 50, "of": {"n": 1}}).encode()
    file = tempfile.TemporaryFile()
    file.write(b'{"included": [' + one)
    for _ in range(130_000):
        file.write(b"," + one)
    file.write(b'], "items": [{"id": "1"}], "has_more": false}')
    before = peak_mb()
    watching = asyncio.create_task(watch())
    body = await take_apart(file, data_path, b"", bytes.decode)
    await asyncio.sleep(0.02)
    watching.cancel()
    pieces = [items async for items, _ in body.pieces()]
    assert pieces == [[{"id": "1"}]] and body.envelope["has_more"] is False
    print(peak_mb() - before, longest * 1000)

prepare_ocean()
asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.parametrize("data_path", [".items", ".items | map(.)"])
def test_a_large_array_beside_the_items_neither_fills_memory_nor_holds_the_loop(
    data_path: str,
) -> None:
    """Of 38 MB beside one item, in its own process: its peak, and its longest piece of work."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, data_path], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    grown_mb, held_ms = map(float, done.stdout.split()[-2:])
    assert grown_mb < 20
    assert held_ms < 50
