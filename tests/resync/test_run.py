"""The way of a kind through a run: what is asked for, told, and left at the end."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest

from errors import ReadingStopped, SettingsError
from resync.run import Run
from resync.summary import Outcome
from sandbox.sample_api import SampleApi
from settings import parse_settings
from tests.resync.test_jq import children
from tests.support.core import resource
from tests.support.running import Runs, items_of, parsed

SINCE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


async def test_a_wrong_mapping_is_told_before_any_request_with_all_its_places(runs: Runs) -> None:
    wrong = resource("/others", data_path=".a[", pagination={"type": "pages"})
    with pytest.raises(SettingsError) as caught:
        await runs.items(resource("/items"), wrong, resource("/t/{id}"))
    told = str(caught.value)
    assert "in the mapping; nothing was fetched" in told
    assert "resources[1].selector.data_path: found '.a['" in told
    assert "resources[1].selector.pagination.type: is not allowed" in told
    assert "resources[2].selector.path_parameters: has no entry for {id}" in told
    assert runs.api.asked == []


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "GET", "POST"])
async def test_a_method_that_changes_things_is_warned_of(
    runs: Runs, log: list[str], method: str
) -> None:
    runs.api.json("/items", '{"items": [{"id": 1}]}')
    kind = resource("/items", method=method)
    async with runs.opened(kind, kind) as run:
        await items_of(run, kind)
        await items_of(run, kind)
    warned = [line for line in log if "WARNING" in line and "usually changes" in line]
    assert len(warned) == (method in ("DELETE", "PATCH"))
    if warned:
        assert f"kind /items: every page is asked for by {method}, which" in warned[0]


ITEMS = [
    {"id": "new", "at": "2026-01-02T03:04:06Z"},
    {"id": "old", "at": "2026-01-02T03:04:04Z"},
    {"id": "timeless"},
]


@pytest.mark.parametrize(
    ("incremental", "since", "ids", "query"),
    [
        ({"param": "p", "field": "at"}, None, ["new", "old", "timeless"], {}),
        ({"param": "p"}, SINCE, ["new", "old", "timeless"], {"p": "2026-01-02T03:04:05Z"}),
        ({"param": "p", "field": "at"}, SINCE, ["new", "timeless"], {"p": "2026-01-02T03:04:05Z"}),
        (None, SINCE, ["new", "old", "timeless"], {}),
    ],
)
async def test_what_has_changed_since(
    runs: Runs, incremental: Any, since: datetime | None, ids: list[str], query: dict[str, str]
) -> None:
    runs.api.json("/items", json.dumps({"items": ITEMS}))
    kind = resource("/items", **({"incremental": incremental} if incremental else {}))
    async with runs.opened(kind) as run:
        found = await items_of(run, kind, since=since)
    assert [item["id"] for item in found] == ids
    assert runs.api.queries == [query]


async def test_nothing_that_has_changed_is_no_batch(runs: Runs) -> None:
    runs.api.json("/items", json.dumps({"items": ITEMS[1:2]}))
    kind = resource("/items", incremental={"param": "p", "field": "at"})
    async with runs.opened(kind) as run:
        batches = run.current.batches(parsed(kind), SINCE)
        async with aclosing(batches):
            assert [batch async for batch in batches] == []


@pytest.mark.parametrize("selector", [{"incremental": {"param": "p"}}, {}])
async def test_an_incremental_reading_asks_even_what_a_full_one_has_kept(
    runs: Runs, selector: dict[str, Any]
) -> None:
    runs.api.json("/items", '{"items": [{"id": 1}]}')
    kind = resource("/items", **selector)
    async with runs.opened(kind, kind) as run:
        await items_of(run, kind)
        await items_of(run, kind)
        assert len(runs.api.asked) == 1
        await items_of(run, kind, since=SINCE)
        assert len(runs.api.asked) == 2


async def test_each_kind_is_warned_of_for_itself(runs: Runs, log: list[str]) -> None:
    kinds = [resource(path, method="PATCH") for path in ("/a", "/b")]
    for path in ("/a", "/b"):
        runs.api.json(path, '{"items": []}')
    await runs.items(*kinds)
    assert len([line for line in log if "usually changes what it names" in line]) == 2


async def test_several_failures_are_told_with_their_kind(runs: Runs) -> None:
    kind = resource("/of/{of}", path_parameters={"of": {"values": ["a", "b"]}})
    told = await runs.failure(kind)
    assert told.startswith("2 listings of kind /of/{of} failed; the first: ")


async def test_the_end_of_a_resync_sums_up_its_kinds_but_no_incremental_reading(
    runs: Runs, log: list[str]
) -> None:
    runs.api.json("/items", '{"items": [{"id": 1}]}')
    kind = resource("/items", data_path=".items | map(.)")
    async with runs.opened(kind, kind, kind) as run:
        await items_of(run, kind)
        await items_of(run, kind, since=SINCE)
        assert children()
        await run.end(Outcome.DONE)
    (line,) = [line for line in log if "resync done after" in line]
    assert ": 1 of 3 kinds read\n" in line
    assert not children()


async def test_before_a_resync_has_begun_a_kind_can_be_read(runs: Runs) -> None:
    runs.api.json("/items", '{"items": [{"id": 1}]}')
    run = Run(parse_settings({"baseUrl": runs.url}))
    try:
        assert await items_of(run, resource("/items", data_path=".items | map(.)")) == [{"id": 1}]
    finally:
        await run.aclose()
    assert not children()


async def test_a_new_resync_has_seen_nothing(runs: Runs, log: list[str]) -> None:
    runs.api.json("/items", '["x"]')
    kind = resource("/items", data_path=None)
    async with runs.opened(kind, kind) as run:
        await items_of(run, kind)
        await run.end(Outcome.DONE)
        run.begin([parsed(kind), parsed(kind)])
        await items_of(run, kind)
    assert len(runs.api.asked) == 2
    assert len([line for line in log if "are not objects" in line]) == 2


async def test_what_a_resync_has_left_is_ended(runs: Runs, api: SampleApi, api_url: str) -> None:
    """Ocean does not close what it no longer reads."""
    api.behave(latency_ms=5)
    kind = resource("/deployments", data_path=".items | map(.)")
    settings = {"paginationType": "cursor", "pageSize": "2", "baseUrl": f"{api_url}/none/cursor"}
    async with runs.opened(kind, **settings) as run:
        batches = run.current.batches(parsed(kind))
        await anext(batches)
        await run.end(Outcome.STOPPED)
        sent = len(api.requests())
        assert sent < 125
        await asyncio.sleep(0.05)
        assert len(api.requests()) == sent
        # Ocean would take an end for the end of the listing, and delete what it has not got.
        with pytest.raises(ReadingStopped, match="the resync was ended before all of it was read"):
            await anext(batches)
        # What comes after it is read as before.
        assert len(await items_of(run, kind)) == 250
    others = asyncio.all_tasks() - {asyncio.current_task()}
    assert others == set()


async def test_one_that_is_being_read_is_left_to_its_reader(
    runs: Runs, api: SampleApi, api_url: str
) -> None:
    api.behave(latency_ms=20)
    kind = resource("/services")
    settings = {"paginationType": "cursor", "pageSize": "20", "baseUrl": f"{api_url}/none/cursor"}
    async with runs.opened(kind, **settings) as run:
        reading = asyncio.create_task(items_of(run, kind))
        await asyncio.sleep(0.03)
        await run.end(Outcome.STOPPED)
        assert len(await reading) == 60
