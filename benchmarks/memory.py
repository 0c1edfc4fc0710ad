"""Peak memory of one amount of work against that of ten times as much and more.

Each run is a process of its own, whose peak of resident memory the kernel tells:
``python -m benchmarks.memory CASE AMOUNT`` is such a process.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from port_ocean.context.ocean import ocean

from benchmarks.api import bench_api
from benchmarks.handler import batches, mapped, prepare_ocean, running
from benchmarks.result import Result
from resync.run import Run

ALLOWED_MB = 15.0
PAGE = 1000
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Case:
    """What is read: ``kind`` with ``{amount}`` in it, twice where it is ``shared``. Where there are
    ``items``, so many whatever the amount, that is how many requests may be in flight; whoever
    takes the items takes ``pause`` seconds for each batch."""

    name: str
    amounts: tuple[int, int]
    kind: str
    pagination: str
    selector: dict[str, Any] = field(default_factory=dict)
    shared: bool = False
    items: int = 0
    pause: float = 0.0
    allowed_mb: float = ALLOWED_MB


PARENT = {"endpoint": "/parents/{amount}/0/items", "data_path": ".items", "field": ".id"}
CASES = {
    "offset": Case(
        "1,000,000 items, offset", (10_000, 1_000_000), "/offset/none/{amount}/64/0/items", "offset"
    ),
    "page": Case(
        "200,000 items, page", (20_000, 200_000), "/page/total/{amount}/64/0/items", "page"
    ),
    "cursor": Case(
        "200,000 items, cursor", (20_000, 200_000), "/cursor/none/{amount}/64/0/items", "cursor"
    ),
    "next_link": Case(
        "200,000 items, next_link",
        (20_000, 200_000),
        "/next_link/none/{amount}/64/0/items",
        "next_link",
    ),
    "parents": Case(
        "30,000 parents, one child each",
        (3_000, 30_000),
        "/parents/{amount}/0/{parent}/children",
        "none",
        {"path_parameters": {"parent": {**PARENT, "pagination": {"type": "offset"}}}},
    ),
    "shared": Case(
        "200,000 items that two resources read",
        (20_000, 200_000),
        "/offset/none/{amount}/64/0/items",
        "offset",
        shared=True,
    ),
    "large": Case(
        "one answer of 1 GiB",
        (100 * MIB, 1024 * MIB),
        "/large?bytes={amount}",
        "none",
        {"data_path": "."},
    ),
    "waiting": Case(
        "60 parents × 30 pages, 60 requests at a time",
        (10, 60),
        "/offset/total/3000/1024/0/items?parent={parent}",
        "offset",
        {
            "path_parameters": {"parent": {"values": [str(number) for number in range(60)]}},
            "pagination": {"type": "offset", "page_size": 100},
        },
        items=60 * 3_000,
        pause=0.01,
        # In proportion to the requests: for each of 50 more, two pages that wait and a connection.
        allowed_mb=60.0,
    ),
}


def compare(name: str) -> Result:
    """The growth from the smaller amount to the larger."""
    case = CASES[name]
    (small, _), (large, seconds) = (_apart(name, amount) for amount in case.amounts)
    pace = (case.items or case.amounts[1]) / seconds
    detail = f"{small:.0f} MB and {large:.0f} MB, {pace:,.0f} a second"
    return Result(case.name, "memory growth, MB", large - small, case.allowed_mb, detail)


def all_cases() -> Iterator[Result]:
    """Every case in turn."""
    yield from map(compare, CASES)


def _apart(name: str, amount: int) -> tuple[float, float]:
    command = [sys.executable, "-m", "benchmarks.memory", name, str(amount)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    peak, seconds = map(float, done.stdout.split())
    return peak, seconds


def _filled(value: Any, amount: int) -> Any:
    if isinstance(value, str):
        return value.replace("{amount}", str(amount))
    if isinstance(value, dict):
        return {key: _filled(one, amount) for key, one in value.items()}
    return value


async def _last(found: AsyncGenerator[list[dict[str, Any]]], pause: float = 0.0) -> tuple[int, Any]:
    """How many items there are, and the identifier of the last."""
    count, last = 0, None
    async with aclosing(found):
        async for batch in found:
            count += len(batch)
            last = batch[-1]["id"]
            if pause:
                await asyncio.sleep(pause)
    return count, last


async def _read(case: Case, amount: int, url: str) -> None:
    """Raises ``SystemExit`` if an item is missing."""
    settings = {
        "baseUrl": url,
        "paginationType": case.pagination,
        "pageSize": str(PAGE),
        "timeout": "60",
        **({"maxConcurrentRequests": str(amount)} if case.items else {}),
        "maxResponseBytes": str(4 * 2**30),
        **({"nextLinkPath": "next", "sizeParam": "limit"} if "link" in case.pagination else {}),
    }
    kind, selector = _filled(case.kind, amount), _filled(case.selector, amount)
    await ocean.integration.initialize_handlers()
    async with running(settings) as run:
        if case.shared:
            await _share(run, kind)
        for _ in range(2 if case.shared else 1):
            count, last = await _last(batches(run, kind, **selector), case.pause)
            expected = case.items or amount
            if last != "last" and count != expected:
                raise SystemExit(f"{count:,} of {expected:,} items were read; the last was {last}")


async def _share(run: Run, kind: str) -> None:
    """As a mapping in which the kind stands twice."""
    run.begin([mapped(kind), mapped(kind)])


def main() -> None:
    """One run; prints its peak in MB and its seconds."""
    case, amount = CASES[sys.argv[1]], int(sys.argv[2])
    prepare_ocean()
    with bench_api() as url:
        began = time.perf_counter()
        asyncio.run(_read(case, amount, url))
        seconds = time.perf_counter() - began
    print(f"{peak_mb():.1f} {seconds:.2f}")


def peak_mb() -> float:
    """The peak of this process in MB. ``getrusage`` would tell its parent's, if that is higher."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
