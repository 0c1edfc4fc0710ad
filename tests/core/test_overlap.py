"""A resync that is still running when the next is due; and clean-up, once, at the end."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from port_ocean.ocean import Ocean

from tests.support.core import IDENTIFIER, Core, resource


async def started(core: Core, page: int = 1) -> None:
    """Waits until the API was asked for so many pages."""
    async with asyncio.timeout(10):
        while len(core.api.requests("services")) < page:
            await asyncio.sleep(0.005)


async def begin(core: Core) -> Ocean:
    core.api.behave(latency_ms=40)
    settings = core.settings("cursor", pageSize="6")
    return await core.start(settings, resource("/services"))


async def test_a_due_resync_leaves_the_running_one_to_finish(core: Core, log: list[str]) -> None:
    app = await begin(core)
    first = asyncio.create_task(app.integration.sync_raw_all())
    await started(core)
    second = asyncio.create_task(app.integration.sync_raw_all())
    assert list(await asyncio.gather(first, second)) == [True, True]
    assert len(core.api.requests("services")) == 10
    assert len(core.catalog.identifiers("record")) == 60
    assert len([line for line in log if "it is left to finish" in line]) == 1


async def test_ocean_s_own_schedule_never_overlaps(core: Core, log: list[str]) -> None:
    """The real scheduler, at an interval far below the time that one resync takes."""
    app = await begin(core)
    app.config.scheduled_resync_interval = 0.0025  # type: ignore[assignment]
    scheduler = asyncio.create_task(app._setup_scheduled_resync())
    states = core.catalog.resync_states
    async with asyncio.timeout(20):
        while sum(state["status"] == "completed" for state in states()) < 3:
            await asyncio.sleep(0.02)
    scheduler.cancel()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    assert any("it is left to finish" in line for line in log)
    assert not [state for state in states() if state["status"] in ("failed", "aborted")]
    times = [(seen.started, dict(seen.query)) for seen in core.api.requests("services")]
    starts = [index for index, (_, query) in enumerate(times) if "cursor" not in query]
    assert len(starts) >= 1
    whole = [times[a:b] for a, b in itertools.pairwise(starts)]
    assert all(len(listing) == 10 for listing in whole)


async def test_a_resync_that_was_asked_for_replaces_the_running_one(core: Core) -> None:
    app = await begin(core)
    first = asyncio.create_task(app.integration.sync_raw_all())
    await started(core, page=3)
    core.catalog.set_config(IDENTIFIER, {"resources": [resource("/teams", "team")]})
    assert await app.integration.sync_raw_all({}) is True
    assert first.cancelled() or isinstance(first.exception(), BaseException)
    seen = core.api.requests()
    assert [s.path for s in seen].index("/none/cursor/teams") == len(
        [s for s in seen if s.path.endswith("services")]
    )
    assert len(core.catalog.identifiers("team")) == 12


async def test_a_resync_that_is_stopped_between_two_batches_asks_for_nothing_more(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ocean is busy with a batch then, and does not close what it reads from."""
    busy = asyncio.Event()

    async def slow(*_: Any, **__: Any) -> None:
        busy.set()
        await asyncio.sleep(60)

    app = await begin(core)
    monkeypatch.setattr(app.port_client, "ingest_integration_kind_examples", slow)
    first = asyncio.create_task(app.integration.sync_raw_all())
    async with asyncio.timeout(10):
        await busy.wait()
    monkeypatch.undo()
    core.catalog.set_config(IDENTIFIER, {"resources": [resource("/teams", "team")]})
    assert await app.integration.sync_raw_all({}) is True
    paths = [seen.path for seen in core.api.requests()]
    assert set(paths[paths.index("/none/cursor/teams") :]) == {"/none/cursor/teams"}
    assert first.cancelled()


async def test_stale_entities_go_once_at_the_end_of_a_whole_sync(core: Core) -> None:
    settings = core.settings("cursor", pageSize="6")
    await core.resync(settings, resource("/services"), resource("/teams", "team"))
    core.api.remove("services", ["svc-0001", "svc-0002"])
    core.api.behave(latency_ms=20)
    app = await core.start(settings, resource("/services"), resource("/teams", "team"))
    resync = asyncio.create_task(app.integration.sync_raw_all())
    while not core.api.requests("teams") or not resync.done():
        if not resync.done() and len(core.api.requests("teams")) < 4:
            assert core.catalog.deletions() == []
        await asyncio.sleep(0.002)
    assert await resync
    assert core.catalog.deletions() == [("record", "svc-0001"), ("record", "svc-0002")]
