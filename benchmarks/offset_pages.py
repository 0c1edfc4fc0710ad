"""Offset pages at 20 ms latency: this integration against a plain sequential loop.

Both read the same listing from the same server (a process of its own), in turn, several times; the
medians and their ratio are printed. Ends with 1 if the two did not read the same items, or if
fetching ahead was not faster.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import httpx
from port_ocean.ocean import Ocean

from benchmarks.handler import prepare_ocean, read_all

LATENCY_MS = 20
PAGE_SIZE = 40
PERMITS = 10
ROUNDS = 3

Reader = Callable[[str], Awaitable[list[str]]]


async def read_sequentially(url: str) -> list[str]:
    """A plain loop over one kept-alive connection: the next page when the last one is there."""
    ids: list[str] = []
    async with httpx.AsyncClient() as client:
        while True:
            params = {"offset": len(ids), "limit": PAGE_SIZE}
            page = (await client.get(f"{url}/deployments", params=params)).json()
            ids += [item["id"] for item in page["items"]]
            if len(ids) >= page["total"]:
                return ids


async def read_with_integration(url: str, total: str) -> list[str]:
    """The integration's own way from a resource to batches, without Ocean core."""
    settings = {
        "baseUrl": url,
        "paginationType": "offset",
        "pageSize": str(PAGE_SIZE),
        "maxConcurrentRequests": str(PERMITS),
    }
    ids: list[str] = []
    async for item in read_all(settings, "/deployments", query_params={"total": total}):
        ids.append(item["id"])
    return ids


@contextmanager
def sample_api() -> Iterator[str]:
    """The sample API in a process of its own, so that it does not share our interpreter."""
    command = [sys.executable, "-m", "sandbox.sample_api", "--latency-ms", str(LATENCY_MS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = next(line for line in process.stdout if "http://" in line)
        yield line[line.index("http://") :].split()[0].rstrip("/.,")
    finally:
        process.terminate()
        process.wait()


async def timed(reader: Callable[[], Awaitable[list[str]]]) -> tuple[float, list[str]]:
    began = time.perf_counter()
    ids = await reader()
    return time.perf_counter() - began, ids


async def measure(url: str, app: Ocean) -> int:
    """Runs all readers in turn; prints the table; returns the exit status."""
    await app.integration.initialize_handlers()
    base = f"{url}/none/offset"
    readers: dict[str, Callable[[], Awaitable[list[str]]]] = {
        "plain sequential loop": lambda: read_sequentially(base),
        "fetching ahead, total not told": lambda: read_with_integration(base, "none"),
        "fetching ahead, total told": lambda: read_with_integration(base, "body"),
    }
    await read_sequentially(base)
    seconds: dict[str, list[float]] = {name: [] for name in readers}
    answers: dict[str, list[str]] = {}
    for _ in range(ROUNDS):
        for name, reader in readers.items():
            taken, answers[name] = await timed(reader)
            seconds[name].append(taken)
    expected = next(iter(answers.values()))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    plain = next(iter(medians.values()))
    pages = -(-len(expected) // PAGE_SIZE)
    print(f"{len(expected):,} items, {pages} pages, {LATENCY_MS} ms latency, {PERMITS} permits\n")
    print(f"{'':32}{'seconds':>9}{'ratio':>8}")
    for name, median in medians.items():
        print(f"{name:32}{median:9.3f}{median / plain:8.2f}")
    same = all(ids == expected for ids in answers.values())
    faster = all(median < plain for median in list(medians.values())[1:])
    if not same:
        print("\nNOT THE SAME ITEMS were read")
    return 0 if same and faster else 1


def main() -> int:
    """Runs the benchmark; returns the exit status."""
    app = prepare_ocean()
    with sample_api() as url:
        return asyncio.run(measure(url, app))


if __name__ == "__main__":
    sys.exit(main())
