"""A listing for each of 100,000 parents: memory against the same with 10,000.

Each run is a process of its own. Printed are its peak of resident memory, as the kernel tells it,
and its listings per second. Ends with 1 if an item is missing, or if ten times the parents take
more than 15 MB more.
"""

from __future__ import annotations

import asyncio
import sys

from benchmarks.handler import prepare_ocean, read_all
from benchmarks.memory import Case, compare
from benchmarks.server import parents

COUNTS = (10_000, 100_000)
PERMITS = 10


async def read(url: str, count: int) -> None:
    """Reads ``count`` parents with one child each; raises ``SystemExit`` if one is missing."""
    settings = {
        "baseUrl": url,
        "paginationType": "offset",
        "pageSize": "1000",
        "maxConcurrentRequests": str(PERMITS),
    }
    parent = {"endpoint": "/parents", "data_path": ".items", "field": ".id"}
    found = 0
    children = read_all(
        settings,
        "/parents/{parent}/children",
        path_parameters={"parent": parent},
        pagination={"type": "none"},
    )
    async for item in children:
        found += item["__parent"].startswith("parent-")
    if found != count:
        raise SystemExit(f"{found:,} of {count:,} children were read")


def run_here(count: int) -> None:
    """One run in this process."""
    app = prepare_ocean()
    with parents(count) as url:

        async def run() -> None:
            await app.integration.initialize_handlers()
            await read(url, count)

        asyncio.run(run())


if __name__ == "__main__":
    sys.exit(compare(Case("benchmarks.parents", "parents", COUNTS), run_here))
