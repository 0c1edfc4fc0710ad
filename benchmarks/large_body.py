"""One answer of 1 GiB that is one JSON array: memory against the same with 100 MiB.

Each run is a process of its own. Printed are its peak of resident memory, as the kernel tells it,
and how fast it was read. Ends with 1 if the last item is missing, or if ten times the answer takes
more than 15 MB more.
"""

from __future__ import annotations

import asyncio
import sys

from benchmarks.handler import prepare_ocean, read_all
from benchmarks.memory import Case, compare
from benchmarks.server import parents

MIB = 1024 * 1024
SIZES = (100 * MIB, 1024 * MIB)


async def read(url: str, size: int) -> None:
    """Reads an answer of ``size`` bytes; raises ``SystemExit`` if its last item is missing."""
    settings = {"baseUrl": url, "timeout": "60", "maxResponseBytes": str(2 * size)}
    last = None
    async for item in read_all(settings, f"/large?bytes={size}", data_path="."):
        last = item["id"]
    if last != "last":
        raise SystemExit(f"the last item was {last}")


def run_here(size: int) -> None:
    """One run in this process."""
    app = prepare_ocean()
    with parents(0) as url:

        async def run() -> None:
            await app.integration.initialize_handlers()
            await read(url, size)

        asyncio.run(run())


if __name__ == "__main__":
    sys.exit(compare(Case("benchmarks.large_body", "bytes in one answer", SIZES), run_here))
