"""One listing read to its end: its items, and what is told of it."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

import pytest

from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import resource
from tests.support.running import Runs, items_of

SECRET = "tok-1f2e3d4c5b"
PARENTS = {"of": {"values": ["a"]}}


class CountsFromOne(CannedApi):
    """Seven records, the first at offset 1."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = dict(parse_qsl(scope["query_string"].decode()))
        start = max(0, int(query["offset"]) - 1)
        self.json("/items", json.dumps([{"id": number} for number in range(7)][start : start + 3]))
        await super().__call__(scope, receive, send)


async def test_items_that_are_no_objects_become_values_and_carry_their_placeholders(
    runs: Runs, log: list[str]
) -> None:
    runs.api.json("/tags/a", '["x", 7, null, {"id": 1}, [2]]')
    runs.api.json("/tags/b", '["y"]')
    kind = resource("/tags/{of}", data_path=None, path_parameters={"of": {"values": ["a", "b"]}})
    found = await runs.items(kind, maxConcurrentRequests="1")
    assert found == [
        {"value": "x", "__of": "a"},
        {"value": 7, "__of": "a"},
        {"value": None, "__of": "a"},
        {"id": 1, "__of": "a"},
        {"value": [2], "__of": "a"},
        {"value": "y", "__of": "b"},
    ]
    warned = [line for line in log if "are not objects" in line]
    assert len(warned) == 1
    assert (
        'kind /tags/{of}: items are not objects but a str; each is handed on as {"value": item}.'
        in warned[0]
    )


async def test_a_placeholder_wins_over_a_field_of_the_same_name(runs: Runs) -> None:
    runs.api.json("/x/a", '[{"__of": "other", "id": 1}]')
    kind = resource("/x/{of}", data_path=None, path_parameters=PARENTS)
    assert await runs.items(kind) == [{"__of": "a", "id": 1}]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((404, "{}"), "kind /items?q={secret}: GET {url}/items?q=[hidden] answered 404"),
        (
            (200, '{"rows": []}'),
            "kind /items?q={secret}, GET {url}/items?q=[hidden]: data_path '.items' leads nowhere",
        ),
        (
            (200, '{"items": "tok-1f2e3d4c5b"}'),
            "kind /items?q={secret}, GET {url}/items?q=[hidden]: data_path '.items' leads to a str",
        ),
        ((200, '{"items": ["tok-1f2e3d4c5b", '), "it may be cut short"),
    ],
)
async def test_what_goes_wrong_names_the_kind_and_the_url_without_secrets(
    runs: Runs, answer: tuple[int, str], told: str
) -> None:
    runs.api.json("/items", answer[1], status=answer[0])
    failure = await runs.failure(
        resource(f"/items?q={SECRET}"), authType="bearer_token", apiToken=SECRET
    )
    assert told.format(url=runs.url, secret="[hidden]") in failure
    assert SECRET not in failure


async def test_a_listing_that_cannot_go_on_names_its_kind_and_url(runs: Runs) -> None:
    runs.api.json("/items", '{"items": [{"id": 1}], "next": "https://elsewhere.example/x"}')
    failure = await runs.failure(
        resource("/items"), paginationType="next_link", nextLinkPath="next"
    )
    assert failure.startswith("kind /items: GET https://elsewhere.example/x cannot be sent to ")
    runs.api.json("/items", '{"items": [{"id": 1}, {"id": 2}]}')
    failure = await runs.failure(resource("/items"), paginationType="page", pageSize="2")
    assert failure.startswith(f"kind /items, GET {runs.url}/items: ")


@pytest.mark.parametrize("status", [403, 404])
async def test_a_status_that_is_ignored_is_a_listing_without_items(
    runs: Runs, log: list[str], status: int
) -> None:
    runs.api.json("/of/a", "{}", status=status)
    kind = resource("/of/{of}", path_parameters=PARENTS, ignore_statuses=[404])
    if status == 404:
        assert await runs.items(kind) == []
        (line,) = [line for line in log if "the listing ended" in line]
        assert line.rstrip().endswith(
            "the listing ended: status 404 means that there is nothing here"
        )
    else:
        assert "answered 403" in await runs.failure(kind)


async def test_how_a_listing_ended_is_for_those_who_debug(runs: Runs, log: list[str]) -> None:
    runs.api.json("/items", '{"items": []}')
    await runs.items(resource("/items"))
    (line,) = [line for line in log if "the listing ended" in line]
    assert "DEBUG" in line
    assert f"kind /items, GET {runs.url}/items: the listing ended: " in line


async def test_a_doubtful_end_is_a_warning_once_for_all_listings(
    runs: Runs, log: list[str]
) -> None:
    """Without pagination, a usual page size: that may be all, or the first page."""
    for path in ("/of/a", "/of/b"):
        runs.api.json(path, json.dumps({"items": [{"id": number} for number in range(20)]}))
    kind = resource("/of/{of}", path_parameters={"of": {"values": ["a", "b"]}})
    assert len(await runs.items(kind)) == 40
    warned = [line for line in log if "WARNING" in line]
    assert len(warned) == 1
    assert f"kind /of/{{of}}, GET {runs.url}/of/" in warned[0]
    assert "20 records came in one response, which is a usual page size" in warned[0]


@pytest.mark.parametrize("count", [1, 50, 60])
@pytest.mark.parametrize("pagination", ["offset", "page"])
async def test_an_api_that_ignores_the_position_is_an_error_that_names_the_parameter(
    runs: Runs, pagination: str, count: int
) -> None:
    """The same page again, short or full: nothing shows that it is all."""
    records = [{"id": number} for number in range(count)]
    runs.api.json("/items", json.dumps({"items": records}))
    failure = await runs.failure(resource("/items"), paginationType=pagination, pageSize="50")
    assert f"holds the same {count} records as the page before" in failure
    assert f"paginationParam '{pagination}'" in failure


async def test_pages_that_overlap_are_whole_and_told_once(runs: Runs, log: list[str]) -> None:
    """An API that counts from 1 begins each page with the record that the one before ended with."""
    settings = {"paginationType": "offset", "pageSize": "3"}
    with serve(CountsFromOne()) as url:
        found = await runs.items(resource("/items", data_path=None), baseUrl=url, **settings)
    assert {one["id"] for one in found} == set(range(7))
    warned = [line for line in log if "pages overlap" in line]
    assert len(warned) == 1 and "startOffset" in warned[0]


@pytest.mark.parametrize("pagination", ["offset", "page", "cursor"])
async def test_all_pages_come_in_order(
    runs: Runs, api: SampleApi, api_url: str, pagination: str
) -> None:
    found = await runs.items(
        resource("/services"),
        baseUrl=f"{api_url}/none/{pagination}",
        paginationType=pagination,
        pageSize="7",
    )
    assert [item["id"] for item in found] == [one["id"] for one in api.records("services")]


@pytest.mark.parametrize("pagination", ["cursor", "offset"])
async def test_a_second_reader_of_a_listing_asks_for_nothing(
    runs: Runs, api: SampleApi, api_url: str, pagination: str
) -> None:
    both = [resource("/services"), resource("/services", data_path=".items[]")]
    base = f"{api_url}/none/{pagination}"
    settings: dict[str, Any] = {"baseUrl": base, "paginationType": pagination, "pageSize": "7"}
    async with runs.opened(*both, **settings) as run:
        first = await items_of(run, both[0])
        sent = len(api.requests())
        assert await items_of(run, both[1]) == first
        assert len(api.requests()) == sent


async def test_pages_that_can_be_foreseen_are_asked_for_at_the_same_time(
    runs: Runs, api: SampleApi, api_url: str
) -> None:
    api.behave(latency_ms=30)
    base = f"{api_url}/none/offset"
    await runs.items(resource("/services"), baseUrl=base, paginationType="offset", pageSize="7")
    seen = sorted(api.requests(), key=lambda one: one.started)
    assert any(later.started < one.finished for one, later in pairwise(seen) if one.finished)


async def test_items_of_a_large_answer_carry_their_placeholders_too(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resync.answers.LARGE_BYTES", 50)
    runs.api.json("/of/a", json.dumps(["x", *({"id": number} for number in range(1200))]))
    kind = resource("/of/{of}", data_path=None, path_parameters=PARENTS)
    found = await runs.items(kind)
    assert found[0] == {"value": "x", "__of": "a"}
    assert found[1:] == [{"id": number, "__of": "a"} for number in range(1200)]


async def test_each_kind_is_warned_of_for_itself(runs: Runs, log: list[str]) -> None:
    for path in ("/a", "/b"):
        runs.api.json(path, '["x"]')
    await runs.items(resource("/a", data_path=None), resource("/b", data_path=None))
    assert len([line for line in log if "are not objects" in line]) == 2
    log.clear()
    for path in ("/a", "/b"):
        runs.api.json(path, '{"id": 1}')
    await runs.items(resource("/a", data_path=None), resource("/b", data_path=None))
    told = [line for line in log if "taken as one item" in line]
    assert [f"kind {path}: " in line for path, line in zip(("/a", "/b"), told, strict=True)] == [
        True,
        True,
    ]


async def test_an_answer_over_the_limit_names_its_kind(runs: Runs) -> None:
    runs.api.json("/items", json.dumps({"items": ["x" * 100] * 1000}))
    failure = await runs.failure(resource("/items"), maxResponseBytes="2000")
    assert failure.startswith(f"kind /items, GET {runs.url}/items")
    assert "maxResponseBytes" in failure


async def test_no_warning_quotes_a_secret(runs: Runs, log: list[str]) -> None:
    """An API may repeat what it was sent, even as a key."""
    runs.api.json("/one", json.dumps({"id": 1, SECRET: 1}))
    kind = resource("/one", data_path=None)
    await runs.items(kind, authType="bearer_token", apiToken=SECRET)
    (line,) = [line for line in log if "taken as one item" in line]
    assert "[hidden]" in line
    assert [one for one in log if SECRET in one] == []
