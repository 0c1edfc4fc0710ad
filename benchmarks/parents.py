"""A listing for each of 100,000 parents: memory against the same with 10,000.

Each run is a process of its own. Printed are its peak of resident memory, as the kernel tells it,
and its requests per second. Ends with 1 if an item is missing, or if ten times the parents take
more than 15 MB more.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import sys
import time

from benchmarks.handler import prepare_ocean, read_all
from benchmarks.server import parents

COUNTS = (10_000, 100_000)
ALLOWED_MB = 15.0
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
    """One run in this process; prints its peak in MB and its seconds."""
    app = prepare_ocean()
    with parents(count) as url:
        began = time.perf_counter()

        async def run() -> None:
            await app.integration.initialize_handlers()
            await read(url, count)

        asyncio.run(run())
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{peak:.1f} {seconds:.2f}")


def run_apart(count: int) -> tuple[float, float]:
    """One run in a process of its own: its peak in MB and its seconds."""
    command = [sys.executable, "-m", "benchmarks.parents", "--count", str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    peak, seconds = map(float, done.stdout.split())
    return peak, seconds


def main() -> int:
    """Runs the benchmark; returns the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int)
    count = parser.parse_args().count
    if count:
        run_here(count)
        return 0
    print(f"one listing for each parent, {PERMITS} permits\n")
    print(f"{'parents':>10}{'peak MB':>10}{'seconds':>10}{'listings/s':>12}")
    peaks = []
    for count in COUNTS:
        peak, seconds = run_apart(count)
        peaks.append(peak)
        print(f"{count:10,}{peak:10.1f}{seconds:10.1f}{count / seconds:12,.0f}")
    growth = peaks[1] - peaks[0]
    print(f"\ngrowth {growth:.1f} MB, allowed {ALLOWED_MB:.0f} MB")
    return 0 if growth <= ALLOWED_MB else 1


if __name__ == "__main__":
    sys.exit(main())
