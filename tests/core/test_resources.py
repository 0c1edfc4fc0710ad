"""What a resync opens it closes: files, sockets, tasks."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from threading import active_count

from errors import RequestError
from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import IDENTIFIER, Core, resource
from tests.support.open_files import opened


async def test_a_hundred_resyncs_leave_nothing_open(core: Core) -> None:
    """One of the kinds fails each time."""
    canned = CannedApi()
    canned.json("/teams", '{"items": [{"id": "one"}]}')
    canned.json("/teams/one/members", '{"items": []}')
    canned.json("/broken", '{"items": [')
    members = {"team": {"endpoint": "/teams", "data_path": ".items", "field": ".id"}}
    with serve(canned) as url:
        app = await core.start(
            {"baseUrl": url},
            resource("/teams"),
            resource("/teams/{team}/members", path_parameters=members),
            resource("/broken"),
        )
        for number in range(103):
            await app.integration.sync_raw_all(silent=True)
            if number == 2:
                at_start, tasks, threads = opened(url), len(asyncio.all_tasks()), active_count()
        await asyncio.sleep(0.1)
        assert opened(url) - at_start == Counter()
        assert len(asyncio.all_tasks()) <= tasks
        # Threads of the default executor, which grows to what the machine has and no further.
        assert active_count() <= threads + 8
    assert canned.asked.count("/teams") == 103


async def test_errors_are_not_kept_until_the_next_resync(core: Core) -> None:
    """Each holds, by its trace, what was read last. Increments may fail every minute."""
    canned = CannedApi()
    canned.json("/broken", "{}", 404)
    broken = resource("/broken", incremental={"param": "since"})
    with serve(canned) as url:
        enabled = {"identifier": IDENTIFIER, "type": "custom", "incremental_sync_enabled": True}
        app = await core.start({}, broken, integration={**enabled, "config": {"base_url": url}})
        await app.integration.sync_raw_all(silent=True)
        for _ in range(3):
            await app.integration.sync_incremental(interval_seconds=60)
    assert canned.asked == ["/broken"] * 4
    gc.collect()
    # Ocean itself may keep the last.
    errors = [one for one in gc.get_objects() if type(one) is RequestError]
    assert sum(one.url.startswith(url) for one in errors) <= 1
