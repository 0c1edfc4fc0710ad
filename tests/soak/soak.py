"""Resyncs of a world that changes, and the judgement of what the catalog holds after each."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from loguru import logger
from port_ocean.ocean import Ocean

from sandbox.fault_server.listing import PAGE_SIZE, Cell
from tests.soak.in_flight import InFlight
from tests.soak.server import SoakServer
from tests.soak.weather import PORT, TRIGGERS, Weather
from tests.soak.world import CHILD_KIND, PARENTS
from tests.support.core import Core, resource
from tests.support.open_files import opened

WARM_UP = 3
CONCURRENCY = 6
LINE = "{message} {extra} {exception}"
CLIENT_SECRET = "the-soaks-own-secret"
TENANT = "tenant-of-the-soak"
NEVER_TOLD = (
    CLIENT_SECRET,
    TENANT,
    base64.b64encode(f"soak:{CLIENT_SECRET}".encode()).decode(),
)
Catalog = dict[str, dict[str, str]]
"""By kind: identifier and name of each entity."""


@dataclass
class Report:
    """What happened, what should not have, and how the first resync went where it did."""

    resyncs: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    most_in_flight: int = 0
    journal: list[str] = field(default_factory=list)


class Soak:
    """One run: a world, its server, Ocean, and the catalog."""

    def __init__(self, seed: int, core: Core, server: SoakServer) -> None:
        self._seed = seed
        self._core = core
        self._server = server
        self._world = server.world
        self._world.grow(random.Random(seed))
        self._in_flight = InFlight()
        self.report = Report()
        self._kinds = [path for path in self._world.listings if "/children/" not in path]
        self._kinds.append(CHILD_KIND)

    async def run(self, seconds: float) -> None:
        """Resyncs until the time is over."""
        app = await self._start()
        # Without the values in tracebacks, as Ocean logs.
        logger.add(self._listen, level="DEBUG", format=LINE, diagnose=False)
        at_start: Counter[str] = Counter()
        deadline = time.monotonic() + seconds
        number = 0
        while time.monotonic() < deadline:
            number += 1
            await self._resync(app, number)
            if number == WARM_UP:
                at_start = opened(self._server.url)
        await asyncio.sleep(0.2)
        # Both ends of the connections that are kept alive are in this process.
        grown = opened(self._server.url) - at_start - Counter(connections=2 * CONCURRENCY)
        self.report.leaked += [f"{count} open: {name}" for name, count in grown.items()]

    async def replay(self, number: int) -> None:
        """Runs the resync ``number`` alone, from a catalog as it was after a whole one before."""
        app = await self._start()
        for earlier in range(1, number):
            self._change(earlier)
        await self._sync(app, number - 1, Weather())
        await self._resync(app, number)

    async def _start(self) -> Ocean:
        self._in_flight.watch()
        settings = {
            "baseUrl": self._server.url,
            "timeout": "1",
            "maxConcurrentRequests": str(CONCURRENCY),
            "pageSize": str(PAGE_SIZE),
            "maxResponseBytes": "1000000",
            "customHeaders": json.dumps({"X-Tenant": TENANT}),
            **self._login(),
        }
        for number in range(len(self._kinds)):
            self._core.catalog.add_blueprint(_blueprint(number))
        return await self._core.start(settings, *map(_mapping, range(99), self._kinds))

    def _login(self) -> dict[str, str]:
        """How to get a token: each seed knows one of two ways."""
        if self._seed % 2:
            request = {"endpoint": "/token", "body": {"user": "soak", "pin": CLIENT_SECRET}}
            template = {"headers": {"Authorization": "Bearer {{.access_token}}"}}
            return {
                "authType": "custom",
                "customAuthRequest": json.dumps(request),
                "customAuthRequestTemplate": json.dumps(template),
            }
        return {
            "authType": "oauth2_client_credentials",
            "tokenUrl": f"{self._server.url}/token",
            "clientId": "soak",
            "clientSecret": CLIENT_SECRET,
        }

    def _listen(self, line: str) -> None:
        """Looks for secrets in what is logged."""
        for secret in (*NEVER_TOLD, *filter(None, self._server.tokens[-3:])):
            if secret in line and len(self.report.leaked) < 10:
                self.report.leaked.append(f"a secret in the log: {line[:300]}")

    def _change(self, number: int) -> random.Random:
        """The world changes before the resync ``number``; returns what decides the rest of it."""
        chance = random.Random(f"{self._seed} {number}")
        for _ in range(chance.randint(0, 12)):
            self._world.change(chance)
        return chance

    async def _resync(self, app: Ocean, number: int) -> None:
        weather = Weather.of(self._change(number))
        before = self._held()
        succeeded = await self._sync(app, number, weather)
        self.report.resyncs["whole" if succeeded else "failed"] += 1
        held = self._held()
        lost, leaked = len(self.report.lost), len(self.report.leaked)
        for kind in self._kinds:
            self._judge(kind, before[kind], held[kind], succeeded, weather)
        in_flight = self._in_flight.most
        self.report.most_in_flight = max(self.report.most_in_flight, in_flight)
        if in_flight > CONCURRENCY:
            self.report.leaked.append(f"{in_flight} requests at a time in resync {number}")
        if (lost, leaked) != (len(self.report.lost), len(self.report.leaked)):
            self._write_down(number, weather, succeeded)

    async def _sync(self, app: Ocean, number: int, weather: Weather) -> bool:
        """Runs a resync, or some that are triggered together; returns whether one succeeded."""
        self._server.begin(number, weather)
        self._in_flight.reset()
        chance = random.Random(f"{self._seed} {number} triggers")
        several = chance.randint(2, 5) if TRIGGERS in weather.troubles else 1
        if PORT in weather.troubles:
            self._core.catalog.refuse("/entities/bulk", 422)
        tasks = []
        for _ in range(several):
            asked_for: dict[str, str] | None = {} if chance.random() < 0.5 else None
            tasks.append(asyncio.create_task(app.integration.sync_raw_all(asked_for, silent=False)))
            await asyncio.sleep(chance.choice((0.0, 0.005, 0.1)))
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        self._core.catalog.refuse("/entities/bulk", 200)
        return any(one is True for one in outcomes)

    def _write_down(self, number: int, weather: Weather, succeeded: bool) -> None:
        if self.report.journal:
            return
        outcome = "whole" if succeeded else "failed"
        self.report.journal = [
            f"resync {number}: {outcome}, {weather}; to run it again: "
            f"python -m tests.soak --seed {self._seed} --resync {number}",
            *map(str, self._server.seen),
        ]

    def _judge(
        self,
        kind: str,
        before: dict[str, str],
        held: dict[str, str],
        succeeded: bool,
        weather: Weather,
    ) -> None:
        expected = self._world.expected(kind)
        stale: list[str] = []
        if succeeded and PORT not in weather.troubles:
            lost = expected.keys() - held.keys()
            leaked = held.keys() - expected.keys()
            stale = [one for one in expected.keys() & held.keys() if held[one] != expected[one]]
        else:
            # What fails deletes nothing, and what Port refuses, new or changed, is not there.
            gone = before.keys() - held.keys()
            lost = gone & expected.keys() if succeeded else gone
            leaked = held.keys() - before.keys() - expected.keys()
        self.report.lost += [f"{kind}: {one}" for one in lost]
        self.report.lost += [f"{kind}: the change of {one}" for one in stale]
        self.report.leaked += [f"{kind}: {one}" for one in leaked]

    def _held(self) -> Catalog:
        return {
            kind: {
                one["identifier"]: one["properties"]["name"]
                for one in self._core.catalog.entities(f"soak{number}")
            }
            for number, kind in enumerate(self._kinds)
        }


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
        selector["path_parameters"] = {
            "parent": {
                "endpoint": PARENTS,
                "data_path": ".items",
                "field": ".id",
                "pagination": {"type": "offset", "page_size": PAGE_SIZE},
            }
        }
    return resource(kind, f"soak{number}", **selector)
