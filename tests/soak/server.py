"""The API of the soak: it serves a world to who has a token, and fails at random."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass

from sandbox.fault_server.faults import FAULTS, Fault
from sandbox.fault_server.listing import PAGE_SIZE, Cell, Document, cursor_to, dump, page_number
from sandbox.fault_server.server import FaultServer
from sandbox.fault_server.wire import JSON, Exchange, Pairs, Received
from tests.soak.weather import DISCOVERY, LOGIN, THROTTLED, Weather
from tests.soak.world import PARENTS, World

UNFIT = {
    *("204", "endless_cursors", "repeated_page", "record_inserted", "record_removed"),
    *("blank_page", "has_more_with_nothing", "stall", "stall_in_body", "gzip_bomb"),
}
"""Faults that report other records, or that take so long that little else would happen. An empty
page that leads on is believed when it comes twice."""

LONGEST_LATENCY = 0.01
"""Seconds."""

THROTTLED_RATE = 0.3
LOGIN_FAILS = 0.6
TOKEN_ENDS = 0.003

LIMITS = ("403_retry_after", "403_no_quota", "429_rate_limit", "graphql_rate_limited")
LOGIN_FAULTS = ("403", "404", "500", "401", "html_login", "close", "empty_200", "malformed")


async def echo(exchange: Exchange) -> None:
    """Refuses the request, and quotes what it was sent: URL, headers and body."""
    request = exchange.request
    quoted = {"url": request.target, "headers": dict(request.headers), "body": str(request.body)}
    await exchange.answer(400, [JSON], dump({"refused": quoted}))


USABLE: dict[str, Fault] = {
    **{name: FAULTS[name] for name in sorted(FAULTS.keys() - UNFIT)},
    **{f"echo_{number}": echo for number in range(3)},
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A request: ``seconds`` after the resync began, and what it met."""

    seconds: float
    target: str
    met: str

    def __str__(self) -> str:
        return f"{self.seconds:8.3f}  {self.met:24} {self.target}"


class SoakServer(FaultServer):
    """Serves a ``World`` at the listings' paths, and tokens at ``/token``.

    What a request meets depends on the seed, the resync, its target, and how often that was asked
    for: not on the order in which requests arrive, which differs from run to run.
    """

    def __init__(self, world: World, seed: int) -> None:
        super().__init__()
        self.world = world
        self.requests = 0
        self.met: Counter[str] = Counter()
        self.seen: list[Seen] = []
        self.tokens: list[str] = []
        self._weather = Weather()
        self._seed = seed
        self._resync = 0
        self._began = time.monotonic()
        self._asked: Counter[str] = Counter()

    def begin(self, resync: int, weather: Weather) -> None:
        """Starts a resync in this ``weather``."""
        self._resync, self._weather = resync, weather
        self._began = time.monotonic()
        self._asked.clear()
        self.seen.clear()

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        self.requests += 1
        self.received.clear()
        chance = self._chance(request)
        await asyncio.sleep(chance.random() * LONGEST_LATENCY)
        exchange = Exchange(request, writer, [JSON], b"{}")
        met = self._met(exchange, chance)
        self.seen.append(Seen(time.monotonic() - self._began, request.target, met or "-"))
        if met in USABLE:
            self.met[met] += 1
            await USABLE[met](exchange)
        elif met:
            await exchange.answer(int(met[:3]), [JSON], b'{"message": "refused"}')
        else:
            await exchange.answer(headers=exchange.headers, body=exchange.body)
        return not exchange.closing

    def _met(self, exchange: Exchange, chance: random.Random) -> str:
        """What the request meets: a fault, a refusal, or nothing; then the response is in place."""
        request, troubles = exchange.request, self._weather.troubles
        if request.path == "/token":
            if LOGIN in troubles and chance.random() < LOGIN_FAILS:
                return chance.choice(LOGIN_FAULTS)
            self.tokens.append(f"token-{self._seed}-{random.getrandbits(64):016x}")
            exchange.body = dump({"access_token": self.tokens[-1], "expires_in": 3600})
            return ""
        if chance.random() < TOKEN_ENDS or not self._is_known(request):
            self.tokens.append("")
            return "401 for the token"
        try:
            headers, body = self._page(request)
        except ValueError:
            return "400 for a position that some fault has made up"
        exchange.headers, exchange.body = [JSON, *headers], dump(body)
        if THROTTLED in troubles and chance.random() < THROTTLED_RATE:
            return chance.choice(LIMITS)
        return chance.choice(list(USABLE)) if chance.random() < self._weather.rate else ""

    def _is_known(self, request: Received) -> bool:
        return bool(self.tokens[-1:]) and request.header("authorization") == (
            f"Bearer {self.tokens[-1]}"
        )

    def _chance(self, request: Received) -> random.Random:
        self._asked[request.target] += 1
        times = self._asked[request.target]
        return random.Random(f"{self._seed} {self._resync} {request.target} {times}")

    def _page(self, request: Received) -> tuple[Pairs, Document]:
        pagination = Cell.of(request.path).pagination
        records = self.world.listings[request.path]
        if request.path == PARENTS and DISCOVERY in self._weather.troubles:
            records = [{"key": one["id"], "name": one["name"]} for one in records]
        if pagination == "offset":
            start = int(request.query.get("offset", 0))
            return [], {"items": records[start : start + PAGE_SIZE]}
        number = page_number(Cell.of(request.path), request.query)
        size = min(int(request.query.get("limit", PAGE_SIZE)), PAGE_SIZE)
        body: Document = {"items": records[(number - 1) * size : number * size]}
        more = number * size < len(records)
        following = f"{self.url}{request.path}?page={number + 1}"
        if pagination == "cursor":
            body["next_cursor"] = cursor_to(number + 1) if more else None
        elif pagination == "next_link":
            body["next"] = following if more else None
        elif pagination == "header_link" and more:
            return [("Link", f'<{following}>; rel="next"')], body
        return [], body
