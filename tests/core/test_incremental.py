"""Ocean's incremental resync of the resources that say how."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from port_ocean.ocean import Ocean

from tests.support.canned import CannedApi
from tests.support.core import IDENTIFIER, Core, resource

CHANGED = resource("/changed", "team", incremental={"param": "since", "field": "at"})
WHOLE = resource("/whole", "service")
ENABLED = {
    "identifier": IDENTIFIER,
    "type": "custom",
    "incremental_sync_enabled": True,
}


@pytest.fixture
def canned() -> CannedApi:
    api = CannedApi()
    now = datetime.now(UTC)
    items = [
        {"id": "new", "at": now.isoformat()},
        {"id": "old", "at": (now - timedelta(days=9)).isoformat()},
        {"id": "timeless"},
    ]
    api.json("/changed", json.dumps({"items": items}))
    api.json("/whole", '{"items": [{"id": "w"}]}')
    return api


async def start(core: Core, url: str, *resources: dict[str, Any]) -> Ocean:
    return await core.start({}, *resources, integration={**ENABLED, "config": {"base_url": url}})


def sent(canned: CannedApi) -> list[datetime]:
    """The moments that were sent as ``since``."""
    return [datetime.fromisoformat(query["since"]) for query in canned.queries if "since" in query]


async def test_the_time_of_the_last_whole_success_is_sent(
    core: Core, canned: CannedApi, url: str
) -> None:
    app = await start(core, url, CHANGED, WHOLE)
    began = datetime.now(UTC)
    await app.integration.sync_incremental(interval_seconds=900)
    await app.integration.sync_incremental(interval_seconds=900)
    first, second = sent(canned)
    assert abs(first - (began - timedelta(seconds=900))) < timedelta(seconds=5)
    assert abs(second - began) < timedelta(seconds=5)
    assert canned.asked == ["/changed", "/changed"]
    assert core.catalog.identifiers("team") == ["new", "timeless"]


async def test_a_failure_leaves_the_time_where_it_was(
    core: Core, canned: CannedApi, url: str
) -> None:
    right = canned.answers["/changed"]
    canned.json("/changed", "{}", 404)
    app = await start(core, url, CHANGED)
    await app.integration.sync_incremental(interval_seconds=900)
    canned.answers["/changed"] = right
    await app.integration.sync_incremental(interval_seconds=900)
    first, second = sent(canned)
    assert abs(second - first) < timedelta(seconds=5)
    assert core.catalog.identifiers("team") == ["new", "timeless"]


async def test_a_full_resync_never_sends_it_and_nothing_is_deleted_by_an_increment(
    core: Core, canned: CannedApi, url: str
) -> None:
    app = await start(core, url, CHANGED, WHOLE)
    assert await app.integration.sync_raw_all()
    assert sent(canned) == []
    assert core.catalog.identifiers("team") == ["new", "old", "timeless"]
    canned.json("/changed", '{"items": []}')
    await app.integration.sync_incremental(interval_seconds=900)
    assert core.catalog.deletions() == []
    assert len(sent(canned)) == 1
