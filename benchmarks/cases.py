"""The cases of ``make bench``: what is measured, against what, and the bar."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncGenerator, Awaitable
from typing import Any

import httpx
import orjson
from port_ocean.context.ocean import ocean

import resync.side_by_side
from benchmarks.core import port_api, resource
from benchmarks.core import resync as core_resync
from benchmarks.handler import batches, running
from benchmarks.lag import LoopLag
from benchmarks.result import Result
from resync.run import Run, spare_the_collector

PERMITS = 10
PAGE = 100


async def timed[T](work: Awaitable[T]) -> tuple[float, T]:
    """Seconds that ``work`` takes, and its result."""
    began = time.perf_counter()
    result = await work
    return time.perf_counter() - began, result


async def requests_of(url: str) -> int:
    """How many requests came since this was last asked for."""
    async with httpx.AsyncClient() as client:
        return int((await client.get(f"{url}/requests")).json()["requests"])


async def round_trip(url: str) -> float:
    """Seconds that one request takes, from a bare client on an open connection: the median."""
    taken = []
    async with httpx.AsyncClient() as client:
        for _ in range(6):
            seconds, _ = await timed(client.get(url))
            taken.append(seconds)
    return statistics.median(taken[1:])


def settings(url: str, pagination: str = "offset", page: int = PAGE) -> dict[str, str]:
    return {
        "baseUrl": url,
        "paginationType": pagination,
        "pageSize": str(page),
        "maxConcurrentRequests": str(PERMITS),
    }


async def count(found: AsyncGenerator[list[dict[str, Any]]]) -> int:
    return sum([len(batch) async for batch in found])


async def fetching_ahead(url: str, pagination: str, told: str, bar: float) -> list[Result]:
    """100 pages of 50 ms: against one round trip, and then ten pages in each."""
    kind = f"/{pagination}/{told}/{100 * PAGE}/100/50/items"
    trip = await round_trip(f"{url}{kind}?limit={PAGE}&size={PAGE}")
    ideal = (1 + -(-99 // PERMITS)) * trip
    await requests_of(url)
    async with running(settings(url, pagination)) as run:
        seconds, found = await timed(count(batches(run, kind)))
    assert found == 100 * PAGE, found
    # One more than there are pages: all are full, and a recognised total may be the size of one.
    sequential = 101
    extra = await requests_of(url) - sequential
    name = f"{pagination}, 100 pages × 50 ms, {'total told' if told == 'total' else 'no total'}"
    detail = f"{seconds:.2f} s, ideal {ideal:.2f} s"
    return [
        Result(name, "time ÷ ideal", seconds / ideal, bar, detail),
        Result(name, "requests too many", extra, PERMITS - 1, f"{sequential} by a plain reader"),
    ]


async def cursor(url: str) -> list[Result]:
    """50 pages of 50 ms for a consumer that takes 50 ms a page."""
    kind = f"/cursor/none/{50 * PAGE}/100/50/items"
    trip = await round_trip(f"{url}{kind}?limit={PAGE}")
    await requests_of(url)

    async def consume(run: Run) -> int:
        found = 0
        async for batch in batches(run, kind):
            found += len(batch)
            await asyncio.sleep(0.05 * len(batch) / PAGE)
        return found

    async with running(settings(url, "cursor")) as run:
        seconds, found = await timed(consume(run))
    assert found == 50 * PAGE, found
    extra = await requests_of(url) - 50
    slower = max(50 * trip, 50 * 0.05)
    name = "cursor, 50 pages × 50 ms, consumer 50 ms a page"
    detail = f"{seconds:.2f} s, the slower alone {slower:.2f} s"
    return [
        Result(name, "time ÷ max(fetch, consume)", seconds / slower, 1.1, detail),
        Result(name, "requests too many", extra, PERMITS - 1, "50 by a plain reader"),
    ]


async def parents(url: str) -> list[Result]:
    """500 parents, one page of 20 ms for each."""
    parent = {"endpoint": "/parents/500/20/items", "data_path": ".items", "field": ".id"}
    trip = await round_trip(f"{url}/parents/500/20/one/children")
    ideal = (1 + 500 / PERMITS) * trip
    await requests_of(url)
    kind = "/parents/500/20/{parent}/children"
    single = {"pagination": {"type": "none"}}
    async with running(settings(url, page=500)) as run:
        found_batches = batches(run, kind, path_parameters={"parent": parent}, **single)
        seconds, found = await timed(count(found_batches))
    assert found == 500, found
    extra = await requests_of(url) - 502
    detail = f"{seconds:.2f} s, ideal {ideal:.2f} s"
    name = "500 parents × 1 page × 20 ms"
    return [
        Result(name, "time ÷ ideal", seconds / ideal, 1.25, detail),
        Result(name, "requests too many", extra, PERMITS - 1, "502 by a plain reader"),
    ]


async def loopback(url: str) -> list[Result]:
    """100,000 items of 1 KiB: against a bare httpx + orjson loop, in turn; the median of three."""
    kind = f"/offset/none/100000/{1024}/0/items"

    async def bare() -> int:
        found = 0
        async with httpx.AsyncClient() as client:
            while True:
                params = {"offset": found, "limit": PAGE}
                items = orjson.loads((await client.get(f"{url}{kind}", params=params)).content)
                if not items["items"]:
                    return found
                found += len(items["items"])

    ratios, lags = [], []
    for _ in range(3):
        plain, found = await timed(bare())
        async with running(settings(url)) as run, LoopLag() as lag:
            ours, same = await timed(count(batches(run, kind)))
        assert found == same == 100_000
        ratios.append(plain / ours)
        lags.append(lag.longest)
    name = "100,000 items of 1 KiB from loopback, no latency"
    detail = f"{100_000 / ours:,.0f} items/s, bare {100_000 / plain:,.0f} items/s"
    value = statistics.median(ratios)
    return [
        Result(name, "items/s ÷ bare loop", value, 0.8, detail, at_least=True),
        Result(name, "longest wait of the event loop, ms", max(lags) * 1000, 50, "over three runs"),
    ]


async def large_answer_leaves_the_loop(url: str) -> list[Result]:
    """One answer of 200 MB, and another found by jq: the event loop goes on meanwhile."""
    results = []
    for data_path, size in ((".", 200_000_000), ("map(.)", 50_000_000)):
        sized = {**settings(url, "none"), "maxResponseBytes": "400000000"}
        async with running(sized) as run, LoopLag() as lag:
            of_large = batches(run, f"/large?bytes={size}", data_path=data_path)
            seconds, found = await timed(count(of_large))
        assert found > size // 1100, found
        name = f"one answer of {size // 10**6} MB, data_path {data_path}"
        measure = "longest wait of the event loop, ms"
        results.append(Result(name, measure, lag.longest * 1000, 50, f"{seconds:.1f} s"))
    return results


async def gathering(url: str) -> list[Result]:
    """500 parents of five children through core: against a batch for each page."""
    parent = {"endpoint": "/parents/500/0/items", "data_path": ".items", "field": ".id"}
    mapped = resource(
        "/parents/500/0/{parent}/children?n=5",
        path_parameters={"parent": parent},
        pagination={"type": "none"},
    )
    mapped["port"]["entity"]["mappings"]["identifier"] = '.__parent + "/" + .id'

    async def run() -> float:
        with port_api() as port_url:
            seconds, found = await core_resync(port_url, settings(url, page=500), mapped)
            assert found == 2500, found
            return seconds

    gathered = await run()
    usual = resync.side_by_side.BATCH_ITEMS
    resync.side_by_side.BATCH_ITEMS = 1
    try:
        single = await run()
    finally:
        resync.side_by_side.BATCH_ITEMS = usual
    detail = f"{gathered:.1f} s, {single:.1f} s with one batch a page"
    return [
        Result(
            "500 parents × 5 children through core",
            "time ÷ one batch a page",
            gathered / single,
            0.35,
            detail,
        )
    ]


async def end_to_end(url: str) -> list[Result]:
    """20,000 entities through core: an API without latency against one of 50 ms."""
    seconds: dict[int, float] = {}
    for latency in (0, 50):
        kind = f"/offset/total/20000/200/{latency}/items"
        with port_api() as port_url:
            seconds[latency], found = await core_resync(port_url, settings(url), resource(kind))
        assert found == 20_000, found
    detail = f"{seconds[0]:.1f} s without latency, {seconds[50]:.1f} s with 50 ms"
    value = seconds[0] / seconds[50]
    return [
        Result(
            "20,000 entities through core, 50 ms latency",
            "time without latency ÷ with",
            value,
            0.8,
            detail,
            at_least=True,
        )
    ]


async def handler_cases(url: str) -> AsyncGenerator[Result]:
    """All cases that need no Port."""
    await ocean.integration.initialize_handlers()
    spare_the_collector()
    for pagination in ("offset", "page"):
        for told, bar in (("none", 1.5), ("total", 1.2)):
            for result in await fetching_ahead(url, pagination, told, bar):
                yield result
    for case in (cursor, parents, loopback, large_answer_leaves_the_loop):
        for result in await case(url):
            yield result


async def core_cases(url: str) -> AsyncGenerator[Result]:
    """All cases through real core."""
    for case in (gathering, end_to_end):
        for result in await case(url):
            yield result
