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
LEEWAY = timedelta(minutes=5)
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
    assert abs(first - (began - timedelta(seconds=900) - LEEWAY)) < timedelta(seconds=5)
    assert abs(second - (began - LEEWAY)) < timedelta(seconds=5)
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


@pytest.mark.parametrize(
    ("written", "incremental"),
    [
        (lambda now: now.isoformat(timespec="seconds"), {}),
        (lambda now: now.strftime("%Y-%m-%dT%H:%M"), {}),
        (lambda now: now.date().isoformat(), {}),
        (lambda now: int(now.timestamp()), {}),
        (lambda now: str(int(now.timestamp() * 1000)), {}),
        (lambda now: (now - timedelta(minutes=4)).isoformat(), {}),
        (lambda now: (now - timedelta(minutes=50)).isoformat(), {"leeway": "1h"}),
        (lambda now: (now - timedelta(hours=5)).replace(tzinfo=None).isoformat(),
         {"timezone": "-05:00"}),
        (lambda now: now.strftime("%d.%m.%Y"), {}),
    ],
)  # fmt: skip
async def test_a_change_just_after_the_last_success_is_never_left_out(
    core: Core, canned: CannedApi, url: str, written: Any, incremental: dict[str, str]
) -> None:
    """Its time may be rounded down, to the day even, or come from a clock that is slow."""
    changed = resource("/changed", "team", incremental={"param": "s", "field": "at", **incremental})
    canned.json("/changed", '{"items": []}')
    app = await start(core, url, changed)
    await app.integration.sync_incremental(interval_seconds=60)
    now = datetime.now(UTC)
    items = [{"id": "new", "at": written(now)}, {"id": "old", "at": "2026-01-01T07:07:07Z"}]
    canned.json("/changed", json.dumps({"items": items}))
    await app.integration.sync_incremental(interval_seconds=60)
    assert core.catalog.identifiers("team") == ["new"]


@pytest.mark.parametrize("apart", [False, True])
async def test_an_increment_may_be_a_single_item_that_becomes_no_entity(
    core: Core, canned: CannedApi, url: str, apart: bool
) -> None:
    """Nothing is deleted for it, and the next increment begins after it."""
    changed = json.loads(json.dumps(CHANGED))
    if apart:
        changed["port"] |= {"itemsToParse": ".list"}
    canned.json("/changed", json.dumps({"items": [{"at": datetime.now(UTC).isoformat()}]}))
    app = await start(core, url, changed)
    await app.integration.sync_incremental(interval_seconds=900)
    await app.integration.sync_incremental(interval_seconds=900)
    first, second = sent(canned)
    assert second - first > timedelta(minutes=10)
