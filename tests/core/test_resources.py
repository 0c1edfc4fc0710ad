"""What a resync opens it closes: files, sockets, tasks."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from pathlib import Path
from threading import active_count

from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import Core, resource


def opened(api_url: str) -> Counter[str]:
    """The files that this process holds open, and its connections to the API.

    Not its connections to Port: those are Ocean's, which opens and closes them as it sees fit.
    """
    found: Counter[str] = Counter()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            kind, _, inode = str(entry.readlink()).partition(":")
            found[kind if kind != "socket" else inode.strip("[]")] += 1
    port = f":{int(api_url.rpartition(':')[2]):04X}"
    connections = 0
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        _, local, remote, *_, inode = line.split()[:10]
        connections += bool(found.pop(inode, 0)) and (local + remote).count(port)
    files = Counter({name: count for name, count in found.items() if not name.isdigit()})
    return files + Counter(connections=connections)


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
