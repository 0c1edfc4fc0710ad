"""The API of the soak: it serves a world, and fails at random."""

from __future__ import annotations

import asyncio
import random
import select
import time
from collections import Counter
from dataclasses import dataclass

from sandbox.fault_server.faults import FAULTS
from sandbox.fault_server.listing import PAGE_SIZE, Cell, Document, cursor_to, dump, page_number
from sandbox.fault_server.server import FaultServer
from sandbox.fault_server.wire import JSON, Exchange, Pairs, Received
from tests.soak.world import World

UNFIT = {
    *("204", "endless_cursors", "repeated_page", "record_inserted", "record_removed"),
    *("blank_page", "has_more_with_nothing", "stall", "stall_in_body", "gzip_bomb"),
}
"""Faults that report other records, or that take so long that little else would happen. An empty
page that leads on is believed when it comes twice."""

LONGEST_LATENCY = 0.01
"""Seconds."""

CONCURRENCY = 6
"""Requests that the integration may have in flight."""

HANG_UP_SECONDS = 0.02

USABLE = sorted(FAULTS.keys() - UNFIT)


@dataclass(frozen=True, slots=True)
class Seen:
    """A request: ``seconds`` after the resync began, and what it met."""

    seconds: float
    target: str
    met: str

    def __str__(self) -> str:
        return f"{self.seconds:8.3f}  {self.met:24} {self.target}"


class SoakServer(FaultServer):
    """Serves a ``World``; each request meets a random fault with the probability ``rate``.

    What a request meets depends on the seed, the resync, its target, and how often that was asked
    for: not on the order in which requests arrive, which differs from run to run.
    """

    def __init__(self, world: World, seed: int) -> None:
        super().__init__()
        self.world = world
        self.rate = 0.0
        self.requests = 0
        self.most_in_flight = 0
        self.met: Counter[str] = Counter()
        self.seen: list[Seen] = []
        self._seed = seed
        self._resync = 0
        self._began = time.monotonic()
        self._asked: Counter[str] = Counter()
        self._writers: set[asyncio.StreamWriter] = set()

    def begin(self, resync: int, rate: float) -> None:
        """Starts a resync: from now on requests meet faults with the probability ``rate``."""
        self._resync, self.rate = resync, rate
        self._began = time.monotonic()
        self._asked.clear()
        self.seen.clear()
        self.most_in_flight = 0

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        self.requests += 1
        self.received.clear()
        self._writers.add(writer)
        if len(self._writers) > self.most_in_flight:
            self.most_in_flight = max(self.most_in_flight, self._waiting())
        try:
            chance = self._chance(request)
            await asyncio.sleep(chance.random() * LONGEST_LATENCY)
            try:
                headers, body = self._page(request)
            except ValueError:  # A position that some fault has made up.
                await Exchange(request, writer, [], b"").answer(400, [JSON], b"{}")
                return True
            exchange = Exchange(request, writer, [JSON, *headers], dump(body))
            met = chance.choice(USABLE) if chance.random() < self.rate else ""
            self.seen.append(Seen(time.monotonic() - self._began, request.target, met or "-"))
            if met:
                self.met[met] += 1
                await FAULTS[met](exchange)
            else:
                await exchange.answer(headers=exchange.headers, body=exchange.body)
            return not exchange.closing
        finally:
            self._writers.discard(writer)

    def _waiting(self) -> int:
        """How many requests wait for a response. A client that has hung up waits for nothing,
        whether or not this server has noticed."""
        if sum(not _hung_up(one) for one in self._writers) > CONCURRENCY:
            # On a busy machine another connection's request can overtake the end of one.
            time.sleep(HANG_UP_SECONDS)
        return sum(not _hung_up(one) for one in self._writers)

    def _chance(self, request: Received) -> random.Random:
        self._asked[request.target] += 1
        times = self._asked[request.target]
        return random.Random(f"{self._seed} {self._resync} {request.target} {times}")

    def _page(self, request: Received) -> tuple[Pairs, Document]:
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


def _hung_up(writer: asyncio.StreamWriter) -> bool:
    """Whether the client has closed its side; the kernel knows before asyncio says so."""
    descriptor = writer.get_extra_info("socket").fileno()
    if descriptor < 0:
        return True
    poll = select.poll()
    poll.register(descriptor, select.POLLRDHUP)
    return bool(poll.poll(0))
