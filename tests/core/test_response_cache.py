"""What several listings of one resync need is asked for once, and forgotten at its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mapping import CustomResourceConfig
from resync.run import Run
from sandbox.sample_api.messages import SeenRequest
from sandbox.serving import serve
from settings import parse_settings
from tests.support.canned import CannedApi
from tests.support.core import IDENTIFIER, Core, resource

MEMBERS = {"endpoint": "/teams", "data_path": ".items", "field": ".id"}


def how_often(seen: list[SeenRequest]) -> Counter[tuple[Any, ...]]:
    """How often each request came."""
    return Counter((one.method, one.path, tuple(one.query), one.body) for one in seen)


def unnamed_files() -> list[int]:
    """The modes of SQLite's files that this process holds open and that have no name any more."""
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            status = entry.stat()
            if "etilqs" in str(entry.readlink()) and not status.st_nlink:
                found.append(status.st_mode)
    return found


@pytest.mark.parametrize("pagination", ["offset", "page", "cursor"])
async def test_two_resources_of_one_endpoint_are_one_listing_to_the_api(
    core: Core, pagination: str
) -> None:
    core.api.behave(latency_ms=2)
    settings = core.settings(pagination, pageSize="7")
    alone = await core.resync(settings, resource("/services"))
    assert alone.succeeded, alone.error
    sent = how_often(core.api.requests("services"))
    core.api.reset()
    core.api.behave(latency_ms=2)
    both = await core.resync(
        settings, resource("/services"), resource("/services", "service", data_path=".items[]")
    )
    assert both.succeeded, both.error
    assert len(core.catalog.identifiers("record")) == 60
    assert len(core.catalog.identifiers("service")) == 60
    again = how_often(core.api.requests("services"))
    assert all(count == 1 for count in again.values())
    # Pages beyond the end are asked for ahead, so their number varies with the timing.
    assert len(again) <= len(sent) + 9


async def test_a_kind_that_is_another_s_discovery_is_asked_for_once(core: Core) -> None:
    outcome = await core.resync(
        core.settings("cursor", pageSize="5"),
        resource("/teams", "team"),
        resource(
            "/teams/{team}/members",
            identifier='.__team + "/" + .id',
            path_parameters={"team": MEMBERS},
        ),
        resource("/teams/{id}/members", "service", path_parameters={"id": MEMBERS}),
    )
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("team")) == 12
    counts = how_often(core.api.requests())
    assert len(counts) > 14
    assert set(counts.values()) == {1}


async def test_two_parameters_that_discover_at_the_same_time_ask_once(core: Core) -> None:
    core.api.behave(latency_ms=20)
    pairs = resource(
        "/teams/{one}/members?of={two}",
        path_parameters={"one": MEMBERS, "two": {**MEMBERS, "filter": '.id == "team-0001"'}},
    )
    outcome = await core.resync(core.settings("offset", pageSize="5"), pairs)
    assert outcome.succeeded, outcome.error
    discovery = [seen for seen in core.api.requests() if seen.path.endswith("/teams")]
    assert set(how_often(discovery).values()) == {1}


async def test_a_listing_that_failed_leaves_nothing_to_be_served(core: Core) -> None:
    # Page 3 fails whenever it is asked for, until the first listing has given up.
    core.api.behave(fault="500", fault_at=3, fault_times=4)
    outcome = await core.resync(
        core.settings("cursor", pageSize="20", maxConcurrentRequests="1"),
        resource("/services", "team"),
        resource("/services"),
    )
    assert not outcome.succeeded
    assert "answered 500" in outcome.error
    assert len(core.catalog.identifiers("record")) == 60
    pages = [seen for seen in core.api.requests("services") if seen.status == 200]
    assert sorted(how_often(pages).values()) == [1, 2, 2]


async def test_the_next_resync_asks_anew(core: Core) -> None:
    app = await core.start(
        core.settings("cursor"), resource("/teams", "team"), resource("/teams", "record")
    )
    assert await app.integration.sync_raw_all(silent=False)
    core.api.remove("teams", ["team-0001"])
    assert await app.integration.sync_raw_all(silent=False)
    assert len(core.catalog.identifiers("team")) == 11
    assert len(core.catalog.identifiers("record")) == 11
    assert len(core.api.requests("teams")) == 2


class LargeThenSlow(CannedApi):
    """``/large`` answers with 5 MB, ``/slow`` only after a while."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/slow":
            self.asked.append("/slow")
            await asyncio.sleep(0.5)
        await super().__call__(scope, receive, send)


async def test_the_answers_are_on_a_file_without_a_name_until_the_end(core: Core) -> None:
    """Also when the resync is stopped in its middle."""
    canned = LargeThenSlow()
    canned.json("/large", json.dumps({"items": [{"id": "one"}], "rest": "x" * 5_000_000}))
    canned.json("/slow", '{"items": []}')
    shared = [resource("/large", "service"), resource("/large"), resource("/slow", "team")]
    with serve(canned) as url:
        app = await core.start({"baseUrl": url}, *shared)
        for stop in (False, True):
            canned.asked.clear()
            running = asyncio.create_task(app.integration.sync_raw_all(silent=False))
            await until(lambda: "/slow" in canned.asked)
            assert canned.asked.count("/large") == 1
            assert unnamed_files() == [0o100600]
            if stop:
                core.catalog.set_config(IDENTIFIER, {"resources": shared[2:]})
                await app.integration.sync_raw_all({})
            else:
                await running
            await until(lambda: not unnamed_files())


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_resync_without_anything_to_share_writes_no_file(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr("resync.response_store.sqlite3.connect", refuse)
    outcome = await core.resync(
        core.settings("cursor"), resource("/services"), resource("/teams", "team")
    )
    assert outcome.succeeded, outcome.error


async def test_an_incremental_resync_asks_even_while_a_full_one_keeps_answers(core: Core) -> None:
    canned = CannedApi()
    canned.json("/teams", '{"items": [{"id": "one"}]}')
    teams = CustomResourceConfig(**resource("/teams", incremental={"param": "since"}))
    members = CustomResourceConfig(
        **resource("/teams/{team}/members", path_parameters={"team": MEMBERS})
    )
    with serve(canned) as url:
        await core.start({"baseUrl": url}, resource("/teams"))
        run = Run(parse_settings({"baseUrl": url, "paginationType": "none"}))
        run.begin([teams, members])
        full = [item async for batch in run.current.batches(teams) for item in batch]
        canned.json("/teams", '{"items": [{"id": "two"}]}')
        canned.json("/teams/two/members", '{"items": [{"id": "new"}]}')
        changed = [b async for b in run.current.batches(members, datetime.now(UTC))]
        await run.aclose()
    assert full == [{"id": "one"}]
    assert changed == [[{"id": "new", "__team": "two"}]]
