"""The first pages of listings: no more is read, and nothing is left open."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from mapping import CustomResourceConfig
from resync.clients import Clients
from resync.first_pages import IMPATIENT, FirstPages, first_listings
from resync.plan import build_plan
from settings import parse_settings
from tests.support.canned import CannedApi
from tests.support.core import Core, resource
from tests.support.open_files import opened


@pytest.fixture
async def clients(core: Core, url: str) -> AsyncIterator[Clients]:
    await core.start({"baseUrl": url})
    made = Clients(parse_settings({"baseUrl": url, "maxConcurrentRequests": "1"}), IMPATIENT)
    yield made
    await made.aclose()


def files(url: str) -> set[str]:
    """The files without a name that this process holds open."""
    return {name for name in opened(url) if "deleted" in name}


async def read(clients: Clients, url: str, **selector: Any) -> tuple[FirstPages, int]:
    """Reads one page of /things; returns its reader and how many items came."""
    config = CustomResourceConfig.parse_obj(resource("/things", data_path=".", **selector))
    reader = FirstPages(clients.api, clients.jq, 1)
    found = await first_listings(build_plan(parse_settings({"baseUrl": url}), config), reader, 1)
    async with aclosing(reader.pages(found.listings[0])) as pages:
        async for page in pages:
            if page.rest is not None and page.items:
                break
    return reader, sum(len(page.items) for page in reader.readings[-1].pages)


async def test_of_a_large_answer_a_piece_is_read(
    clients: Clients, canned: CannedApi, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is in a file, which is closed once enough was seen."""
    monkeypatch.setattr("client.http_client.LARGE_BYTES", 10_000)
    canned.json("/things", json.dumps([{"id": number} for number in range(2000)]))
    before = files(url)
    reader, count = await read(clients, url)
    assert count == 500
    (reading,) = reader.readings
    assert [page.count for page in reading.pages] == [2000]
    assert (reading.complete, reading.cut, reading.following) == (False, True, None)
    assert reading.will_end == "it ends on this page: paginationType is none"
    assert files(url) == before


async def test_an_empty_listing_has_ended(clients: Clients, canned: CannedApi, url: str) -> None:
    canned.json("/things", "[]")
    reader, count = await read(clients, url, pagination={"type": "offset"})
    (reading,) = reader.readings
    assert (count, reading.proven, reading.error) == (0, True, None)
    assert reading.end and reading.end.evidence == "an empty page"
    assert canned.asked == ["/things"]
