"""Triggers that come together: one resync at a time, and nothing is lost between them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import httpx
import pytest
from port_ocean.core.event_listener.base import BaseEventListener
from port_ocean.core.event_listener.http import HttpEventListener, HttpEventListenerSettings
from port_ocean.core.event_listener.once import OnceEventListener, OnceEventListenerSettings
from port_ocean.core.event_listener.polling import (
    PollingEventListener,
    PollingEventListenerSettings,
)
from port_ocean.core.integrations.base import BaseIntegration
from port_ocean.core.models import EventListenerType
from port_ocean.ocean import Ocean

from tests.support.core import Core, resource

KINDS = (
    resource("/deployments", "deployment"),
    resource("/services", "service"),
    resource("/teams", "team"),
)
SETTINGS = {"pageSize": "10", "maxConcurrentRequests": "4"}
Trigger = Callable[[Ocean], Coroutine[Any, Any, Any]]


async def asked_for(app: Ocean) -> Any:
    """As a person or a changed mapping does."""
    return await app.integration.sync_raw_all({})


async def scheduled(app: Ocean) -> Any:
    """As the resync interval does."""
    return await app.integration.sync_raw_all()


def listener(app: Ocean, name: str) -> BaseEventListener:
    events: Any = {"on_resync": app.integration.sync_raw_all}
    match name:
        case "once":
            once = OnceEventListenerSettings(type=EventListenerType.ONCE)
            return OnceEventListener(events, once)
        case "polling":
            polling = PollingEventListenerSettings(type=EventListenerType.POLLING)
            return PollingEventListener(events, polling)
    settings = HttpEventListenerSettings(type=EventListenerType.WEBHOOK, app_host="http://here")
    return HttpEventListener(events, settings)


@pytest.fixture
def at_a_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many of Ocean's resyncs were running whenever one began."""
    seen: list[int] = []
    running = 0
    original = BaseIntegration.sync_raw_all

    async def counted(self: Any, *arguments: Any, **more: Any) -> bool:
        nonlocal running
        running += 1
        seen.append(running)
        try:
            return bool(await original(self, *arguments, **more))
        finally:
            running -= 1

    monkeypatch.setattr(BaseIntegration, "sync_raw_all", counted)
    yield seen


async def full(core: Core) -> Ocean:
    """Ocean, whose catalog holds everything."""
    app = await core.start(core.settings("offset", **SETTINGS), *KINDS)
    assert await app.integration.sync_raw_all()
    assert whole(core)
    core.api.behave(latency_ms=5)
    return app


def whole(core: Core) -> bool:
    counts = [len(core.catalog.identifiers(one)) for one in ("deployment", "service", "team")]
    return counts == [250, 60, 12] and core.catalog.deletions() == []


async def together(gap: float, *triggers: Awaitable[Any]) -> list[Any]:
    """Starts ``triggers``, ``gap`` seconds apart; returns their outcomes."""
    tasks = []
    for trigger in triggers:
        tasks.append(asyncio.ensure_future(trigger))
        await asyncio.sleep(gap)
    async with asyncio.timeout(60):
        return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("gap", [0.0, 0.005, 0.05])
@pytest.mark.parametrize(
    "triggers",
    [
        [asked_for] * 3,
        [scheduled] * 3,
        [scheduled, asked_for, scheduled, asked_for, scheduled],
        [asked_for] * 12,
    ],
    ids=["asked for", "scheduled", "both", "many"],
)
async def test_triggers_that_come_together_lose_nothing(
    core: Core, at_a_time: list[int], triggers: list[Trigger], gap: float
) -> None:
    app = await full(core)
    outcomes = await together(gap, *(trigger(app) for trigger in triggers))
    assert max(at_a_time) == 1
    assert whole(core)
    assert outcomes[-1] is True
    replaced = [one for one in outcomes if one is not True]
    assert all(isinstance(one, asyncio.CancelledError) for one in replaced), outcomes
    assert asked_for in triggers or not replaced


@pytest.mark.parametrize("name", ["once", "polling"])
async def test_the_listeners_of_ocean(core: Core, at_a_time: list[int], name: str) -> None:
    app = await full(core)
    listening = listener(app, name)
    await together(0.005, *(listening._resync({}) for _ in range(5)))
    assert max(at_a_time) == 1
    assert whole(core)
    assert core.catalog.resync_states()[-1]["status"] == "completed"


async def test_the_listener_for_requests(core: Core, at_a_time: list[int]) -> None:
    app = await full(core)
    await listener(app, "http")._start()
    transport = httpx.ASGITransport(app.fast_api_app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        posts = [client.post("/resync", timeout=60) for _ in range(5)]
        await together(0.005, *posts)
    assert max(at_a_time) == 1
    assert whole(core)


async def test_a_poll_replaces_its_own_resync(core: Core, at_a_time: list[int]) -> None:
    app = await full(core)
    polling = listener(app, "polling")
    assert isinstance(polling, PollingEventListener)
    for _ in range(3):
        await polling._perform_resync("2026-01-01T00:00:00Z")
        await asyncio.sleep(0.02)
    async with asyncio.timeout(30):
        while polling._current_resync_task is not None:
            await asyncio.sleep(0.01)
    assert max(at_a_time) == 1
    assert whole(core)


async def test_a_resync_that_joined_one_which_is_replaced_gets_what_replaces_it(
    core: Core,
) -> None:
    app = await full(core)
    first, joined, last = await together(0.02, asked_for(app), scheduled(app), asked_for(app))
    assert isinstance(first, asyncio.CancelledError)
    assert joined is True
    assert last is True


async def test_a_resync_that_is_stopped_between_batches_is_never_complete(core: Core) -> None:
    """What it had open is closed when it ends, and Ocean takes closed for complete."""
    app = await full(core)
    running = asyncio.create_task(asked_for(app))
    await asyncio.sleep(0.1)
    running.cancel()
    assert isinstance((await asyncio.gather(running, return_exceptions=True))[0], BaseException)
    assert await scheduled(app)
    assert whole(core)
