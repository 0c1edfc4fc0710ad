"""``python -m tests.soak --seconds 1800 --seed 7``: ends with 1 if anything was lost or leaked."""

from __future__ import annotations

import argparse
import asyncio
import random
import resource as system
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from loguru import logger
from port_ocean.ocean import Ocean

import client.http_client
from client.retry import RetryPolicy
from sandbox.fault_server.listing import PAGE_SIZE, Cell
from sandbox.port_api import PortApi
from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.soak.world import CHILD_KIND, PARENTS, SoakServer, World
from tests.support.core import Core, resource
from tests.support.open_files import opened

PERMITS = 6
RATES = (0.0, 0.01, 0.05, 0.2)
WARM_UP = 3


@dataclass
class Report:
    """What happened, and what should not have."""

    resyncs: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)


class Soak:
    """One run: a world, its server, Ocean, and the catalog."""

    def __init__(self, seed: int, core: Core, server: SoakServer) -> None:
        self._chance = random.Random(seed)
        self._core = core
        self._server = server
        self._world = server.world
        self.report = Report()
        self._kinds = [path for path in self._world.listings if "/children/" not in path]
        self._kinds.append(CHILD_KIND)

    async def run(self, seconds: float) -> None:
        """Resyncs until the time is over."""
        settings = {
            "baseUrl": self._server.url,
            "timeout": "1",
            "maxConcurrentRequests": str(PERMITS),
            "pageSize": str(PAGE_SIZE),
            "maxResponseBytes": "1000000",
        }
        for number in range(len(self._kinds)):
            self._core.catalog.add_blueprint(_blueprint(number))
        app = await self._core.start(settings, *map(_mapping, range(99), self._kinds))
        at_start: Counter[str] = Counter()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            await self._resync(app)
            if self.report.resyncs.total() == WARM_UP:
                at_start = opened(self._server.url)
        await asyncio.sleep(0.2)
        # Both ends of the connections that are kept alive are in this process.
        grown = opened(self._server.url) - at_start - Counter(connections=2 * PERMITS)
        self.report.leaked += [f"{count} open: {name}" for name, count in grown.items()]

    async def _resync(self, app: Ocean) -> None:
        for _ in range(self._chance.randint(0, 12)):
            self._world.change()
        self._server.rate = self._chance.choice(RATES)
        before = [self._held(number) for number in range(len(self._kinds))]
        try:
            succeeded = await app.integration.sync_raw_all(silent=False)
        except Exception:
            succeeded = False
        self.report.resyncs["whole" if succeeded else "failed"] += 1
        for number, kind in enumerate(self._kinds):
            self._judge(kind, before[number], self._held(number), succeeded)
        if self._server.most_in_flight > PERMITS:
            self.report.leaked.append(f"{self._server.most_in_flight} requests at a time")

    def _judge(
        self, kind: str, before: dict[str, str], held: dict[str, str], succeeded: bool
    ) -> None:
        expected = self._world.expected(kind)
        if succeeded:
            self.report.lost += [f"{kind}: {one}" for one in expected.keys() - held.keys()]
            self.report.leaked += [f"{kind}: {one}" for one in held.keys() - expected.keys()]
            stale = [one for one in expected if held.get(one, expected[one]) != expected[one]]
            self.report.lost += [f"{kind}: the change of {one}" for one in stale]
        else:
            self.report.lost += [f"{kind}: {one}" for one in before.keys() - held.keys()]
            invented = held.keys() - before.keys() - expected.keys()
            self.report.leaked += [f"{kind}: {one}" for one in invented]

    def _held(self, number: int) -> dict[str, str]:
        entities = self._core.catalog.entities(f"soak{number}")
        return {one["identifier"]: one["properties"]["name"] for one in entities}


def _blueprint(number: int) -> dict[str, Any]:
    schema = {"properties": {"name": {"type": "string"}}, "required": []}
    return {"identifier": f"soak{number}", "title": "Soak", "schema": schema, "relations": {}}


def _mapping(number: int, kind: str) -> dict[str, Any]:
    selector: dict[str, Any] = {}
    name = "page" if kind == CHILD_KIND else Cell.of(kind).pagination
    selector["pagination"] = {"type": name, "page_size": PAGE_SIZE, "size_param": "limit"}
    if name == "next_link":
        selector["pagination"]["next_link_path"] = "next"
    if kind == CHILD_KIND:
        parents = f"/{PARENTS}/offset/0/always/records"
        selector["path_parameters"] = {
            "parent": {
                "endpoint": parents,
                "data_path": ".items",
                "field": ".id",
                "pagination": {"type": "offset", "page_size": PAGE_SIZE},
            }
        }
    return resource(kind, f"soak{number}", **selector)


def _show(report: Report, server: SoakServer, seed: int, seconds: float) -> None:
    peak = system.getrusage(system.RUSAGE_SELF).ru_maxrss / 1024
    rows = {
        "seed": seed,
        "seconds": f"{seconds:,.0f}",
        "resyncs": f"{report.resyncs.total():,}, {report.resyncs['failed']:,} of them failed",
        "requests": f"{server.requests:,}, up to {server.most_in_flight} at a time",
        "faults": f"{server.met.total():,} of {len(server.met)} kinds",
        "records": f"{server.world.born:,} made",
        "peak memory": f"{peak:,.0f} MB, the servers included",
        "lost": f"{len(report.lost):,}",
        "leaked": f"{len(report.leaked):,}",
    }
    for name, value in rows.items():
        print(f"{name:12} {value}")
    for what in (*report.lost[:10], *report.leaked[:10]):
        print(f"  {what}")


def main() -> int:
    """Runs the soak; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    logger.remove()
    client.http_client.DEFAULT_RETRY = RetryPolicy(3, 0.005, 0.005, longest_wait_seconds=0.01)
    world = World(random.Random(options.seed))
    world.grow()
    catalog, api = PortApi(), SampleApi()
    with SoakServer(world, random.Random(options.seed)) as server, serve(catalog.app) as port_url:
        soak = Soak(options.seed, Core(catalog, port_url, api, server.url), server)
        began = time.monotonic()
        asyncio.run(soak.run(options.seconds))
        _show(soak.report, server, options.seed, time.monotonic() - began)
    catalog.close()
    if not soak.report.resyncs["whole"] or not server.met:
        print("nothing was shown: no whole resync, or no fault")
        return 1
    return 1 if soak.report.lost or soak.report.leaked else 0


if __name__ == "__main__":
    sys.exit(main())
