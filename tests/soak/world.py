"""An API whose records change between resyncs, and which fails at random while they run."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from sandbox.fault_server.faults import FAULTS
from sandbox.fault_server.listing import (
    PAGE_SIZE,
    PAGINATIONS,
    Cell,
    Document,
    cursor_to,
    dump,
    page_number,
)
from sandbox.fault_server.server import FaultServer
from sandbox.fault_server.wire import JSON, Exchange, Received

UNFIT = {
    *("204", "endless_cursors", "repeated_page", "record_inserted", "record_removed"),
    *("blank_page", "has_more_with_nothing", "stall", "stall_in_body", "gzip_bomb"),
}
"""Faults that tell of other records, or that take so long that little else would happen. An empty
page that leads on is believed when it comes twice."""

LONGEST_LATENCY = 0.01
"""Seconds."""

USABLE = sorted(FAULTS.keys() - UNFIT)
PARENTS = "parents"
CHILD_KIND = "/children/page/0/{parent}/records"


@dataclass
class World:
    """What the API has: by path, the records of a listing."""

    chance: random.Random
    listings: dict[str, list[Document]] = field(default_factory=dict)
    born: int = 0

    def grow(self) -> None:
        """The listings that there are from the start: one for each pagination, and parents."""
        for name in (*PAGINATIONS, PARENTS):
            pagination = "offset" if name == PARENTS else name
            self.listings[f"/{name}/{pagination}/0/always/records"] = []
        for _ in range(60):
            self.change()

    def change(self) -> None:
        """Adds, changes or removes a record of a random listing."""
        path = self.chance.choice(sorted(self.listings))
        records = self.listings[path]
        what = self.chance.random()
        if what < 0.55 or not records:
            self._add(path, records)
        elif what < 0.75:
            self.chance.choice(records)["name"] = f"changed {self.chance.random()}"
        else:
            gone = records.pop(self.chance.randrange(len(records)))
            self.listings.pop(_children_of(gone["id"]), None)

    def expected(self, kind: str) -> dict[str, str]:
        """Identifier and name of each entity that ``kind`` should have."""
        if kind != CHILD_KIND:
            return {record["id"]: record["name"] for record in self.listings[kind]}
        return {
            record["id"]: record["name"]
            for path, records in self.listings.items()
            if path.startswith("/children/")
            for record in records
        }

    def _add(self, path: str, records: list[Document]) -> None:
        self.born += 1
        identifier = f"r{self.born:06d}"
        records.insert(
            self.chance.randint(0, len(records)), {"id": identifier, "name": f"new {self.born}"}
        )
        if path.startswith(f"/{PARENTS}/"):
            self.listings[_children_of(identifier)] = []


def _children_of(parent: str) -> str:
    return f"/children/page/0/{parent}/records"


class SoakServer(FaultServer):
    """Serves a ``World``; each request meets a random fault with the probability ``rate``."""

    def __init__(self, world: World, chance: random.Random) -> None:
        super().__init__()
        self.world = world
        self.rate = 0.0
        self.requests = 0
        self.in_flight = self.most_in_flight = 0
        self.met: Counter[str] = Counter()
        self._chance = chance

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        self.requests += 1
        self.received.clear()
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self._chance.random() * LONGEST_LATENCY)
            headers, body = self._page(request)
            exchange = Exchange(request, writer, [JSON, *headers], dump(body))
            if self._chance.random() < self.rate:
                fault = self._chance.choice(USABLE)
                self.met[fault] += 1
                await FAULTS[fault](exchange)
            else:
                await exchange.answer(headers=exchange.headers, body=exchange.body)
            return not exchange.closing
        finally:
            self.in_flight -= 1

    def _page(self, request: Received) -> tuple[list[tuple[str, str]], Document]:
        pagination = Cell.of(request.path).pagination
        records = self.world.listings[request.path]
        if pagination == "offset":
            start = int(request.query.get("offset", 0))
            return [], {"items": records[start : start + PAGE_SIZE]}
        number = page_number(Cell.of(request.path), request.query)
        body: Document = {"items": records[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]}
        more = number * PAGE_SIZE < len(records)
        following = f"{self.url}{request.path}?page={number + 1}"
        if pagination == "cursor":
            body["next_cursor"] = cursor_to(number + 1) if more else None
        elif pagination == "next_link":
            body["next"] = following if more else None
        elif pagination == "header_link" and more:
            return [("Link", f'<{following}>; rel="next"')], body
        return [], body
