"""What all listings of a kind hold of pages at a time, however many requests may be in flight."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

import pytest

from pagination import Page
from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import resource
from tests.support.running import Runs, parsed

PAGE, PAGES = 5, 50
PERMITS = 30
BUFFERED = 3 * 500 // PAGE
"""Pages whose items wait for Ocean already, or are with it: two batches and a third."""


class PagedParents(CannedApi):
    """Every parent has ``pages`` full pages and says so; each item has ``size`` bytes."""

    def __init__(self, size: int = 10, pages: int = PAGES) -> None:
        super().__init__()
        self.pages = pages
        self.text = "x" * size
        self.served = 0
        self.in_flight = self.most_in_flight = 0
        self.seconds = 0.0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = dict(parse_qsl(scope["query_string"].decode()))
        start = int(query.get("offset", 0))
        total = self.pages * PAGE
        numbers = range(start, min(start + PAGE, total))
        items = [{"id": f"{scope['path']}-{n}", "text": self.text} for n in numbers]
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await asyncio.sleep(self.seconds)
        self.in_flight -= 1
        self.json(scope["path"], json.dumps({"items": items, "total": total}))
        await super().__call__(scope, receive, send)
        self.served += 1

    async def idle(self) -> None:
        """Returns once no request has come for a while."""
        before = -1
        while before != self.served:
            before = self.served
            await asyncio.sleep(0.3)


def of_parents(count: int) -> dict[str, Any]:
    values = {"parent": {"values": [f"p{number}" for number in range(count)]}}
    pagination = {"type": "offset", "page_size": PAGE}
    return resource(
        "/of/{parent}", data_path=".items", path_parameters=values, pagination=pagination
    )


def pages_alive() -> int:
    """Pages in memory that have their items."""
    gc.collect()
    # Ocean's proxies are no friends of isinstance.
    return len({one.request for one in gc.get_objects() if type(one) is Page and one.items})


@asynccontextmanager
async def held(api: PagedParents, permits: int, parents: int) -> AsyncGenerator[Any]:
    """While a reader has taken a single batch, and no more of it is asked for."""
    with serve(api) as url:
        runs, kind = Runs(api, url), of_parents(parents)
        async with (
            runs.opened(kind, maxConcurrentRequests=str(permits)) as run,
            aclosing(run.current.batches(parsed(kind))) as batches,
        ):
            first = await anext(batches)
            await api.idle()
            yield first, batches


async def test_pages_that_wait_do_not_grow_with_the_square_of_the_permits() -> None:
    api = PagedParents()
    async with held(api, PERMITS, PERMITS) as (first, batches):
        assert api.served <= BUFFERED + 3 * PERMITS
        assert pages_alive() <= 4 * PERMITS
        rest = [item async for batch in batches for item in batch]
    assert len({one["id"] for one in [*first, *rest]}) == PERMITS * PAGES * PAGE


async def test_pages_that_wait_are_bounded_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here a page is 20 KB, and all of them may have 200 KB; without that, a hundred wait."""
    monkeypatch.setattr("pagination.page_budget.UNKNOWN_BYTES", 20_000)
    monkeypatch.setattr("pagination.page_budget.BUDGET_BYTES", 200_000)
    monkeypatch.setattr("resync.side_by_side.BATCH_BYTES", 100_000)
    api = PagedParents(size=4_000, pages=5)
    async with held(api, PERMITS, PERMITS) as (first, batches):
        assert api.served <= 12 + 300_000 // 20_000 + 1
        rest = [item async for batch in batches for item in batch]
    assert len({one["id"] for one in [*first, *rest]}) == PERMITS * 5 * PAGE


async def test_a_lone_listing_has_as_many_pages_under_way_as_there_are_permits() -> None:
    api = PagedParents()
    api.seconds = 0.05
    with serve(api) as url:
        found = await Runs(api, url).items(of_parents(1), maxConcurrentRequests="10")
    assert len(found) == PAGES * PAGE
    assert api.most_in_flight == 10
