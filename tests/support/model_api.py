"""A model of an API: it keeps its rows in memory, and says of them what its signs say."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from errors import PaginationError
from pagination import End, Page, PageRequest, build_paginator, walk
from resync.record_path import records_in
from settings.model import PaginationSettings
from tests.support.model_api_signs import (
    GONE,
    LISTED,
    URL,
    Told,
    View,
    What,
    cursor_position,
    listed_link,
    value_of,
)


class Refused(Exception):
    """The API refuses a position behind its end."""


@dataclass
class ModelApi:
    """``rows`` are what the API pages, each seen or hidden. A page covers as many of them as
    were asked for (``honoured``), at most ``window`` (``capped``) or just ``window`` (``fixed``).
    ``navigation`` is how a page is asked for: by ``page``, ``offset`` or neither, by what is told
    alone. ``behind`` is what comes for positions behind the end: ``empty``, ``refused`` or
    ``repeated``, the last page. With ``short`` some pages in the middle cover fewer rows.
    ``counts_hidden`` tells whether totals count hidden rows, ``leads_to_hidden`` whether pages of
    nothing else count as more pages."""

    rows: tuple[bool, ...]
    navigation: str = "page"
    sizing: str = "honoured"
    window: int = 10
    behind: str = "empty"
    base: int = 0
    short: int = 0
    counts_hidden: bool = False
    leads_to_hidden: bool = False
    records: tuple[str, ...] = ("items",)
    noise: bool = False
    signs: tuple[Told, ...] = ()
    delays: int = 0
    served: list[tuple[int, int, int]] = field(default_factory=list)
    """Of each page: its first row, the row behind it, and how many records it holds."""

    @property
    def seen(self) -> frozenset[int]:
        """The ids of the records that a client can see."""
        return frozenset(row for row, visible in enumerate(self.rows) if visible)

    @property
    def data_path(self) -> str:
        return "." + ".".join(self.records)

    @property
    def hides(self) -> bool:
        return not all(self.rows)

    def size_for(self, asked: int) -> int:
        """How many rows a page covers."""
        match self.sizing:
            case "honoured":
                return asked
            case "capped":
                return min(asked, self.window)
            case _:
                return self.window

    @property
    def last_row(self) -> int:
        """How many rows there are as far as signs tell."""
        if self.leads_to_hidden:
            return len(self.rows)
        return max(self.seen, default=-1) + 1

    def tells(self, *what: What) -> list[Told]:
        """The signs of these kinds."""
        return [told for told in self.signs if told.what in what]

    async def fetch(self, request: PageRequest, known: Callable[[Page], None]) -> Page:
        chance = random.Random(f"{self.delays} {request.params} {request.url}")
        for _ in range(chance.randint(0, self.delays)):
            await asyncio.sleep(0)
        url = urlsplit(request.url)
        query = dict(parse_qsl(url.query)) | dict(request.params)
        numbers = [query.get("at", "0"), query.get("limit", "0")]
        if url.path != urlsplit(URL).path or not all(map(str.isdecimal, numbers)):
            return Page(request, [], refused=Refused("404"))
        asked = int(query.get("limit", 0)) or self.window
        size = self.size_for(asked)
        start = self._start(query, size)
        if start >= len(self.rows) and start > 0 and self._is_counted(query):
            if self.behind == "refused":
                return Page(request, [], refused=Refused("404"))
            if self.behind == "repeated":
                start = max(0, len(self.rows) - 1) // size * size
        return self._page(request, start, size, asked)

    def _is_counted(self, query: dict[str, str]) -> bool:
        return "at" not in query and self._cursor(query) is None

    def _cursor(self, query: dict[str, str]) -> int | None:
        if not self.tells(What.CURSOR) or "cursor" not in query:
            return None
        return cursor_position(query["cursor"])

    def _start(self, query: dict[str, str], size: int) -> int:
        if "at" in query:
            return int(query["at"])
        if (cursor := self._cursor(query)) is not None:
            return cursor
        if self.navigation == "page":
            return max(0, int(query.get("page", self.base)) - self.base) * size
        if self.navigation == "offset":
            return max(0, int(query.get("offset", self.base)) - self.base)
        return 0

    def end_of(self, start: int, size: int) -> int:
        """The row behind the page that begins at ``start``."""
        covered = size
        if self.short and (start * 7 + self.short) % 3 == 0:
            covered = max(1, size // 2)
        return min(len(self.rows), start + covered)

    def _page(self, request: PageRequest, start: int, size: int, asked: int) -> Page:
        end = self.end_of(start, size)
        items = [{"id": row} for row in range(start, end) if self.rows[row]]
        self.served.append((start, end, len(items)))
        view = View(
            start=start,
            end=end,
            count=len(items),
            size=size,
            asked=asked,
            more=end < self.last_row,
            total=len(self.rows) if self.counts_hidden else len(self.seen),
            pages=-(-self.last_row // size),
            number=start // size + self.base,
            base=self.base,
            first=start == 0,
        )
        body, headers = self._written(items, view)
        records = records_in(body, self.data_path, None)
        evaluated = {LISTED: listed_link(self.tells(What.LINK_LIST), view)}
        return Page(request, items, records, body, headers, request.url, evaluated)

    def _written(self, items: list[Any], view: View) -> tuple[Any, dict[str, str]]:
        body: Any = items
        headers: dict[str, str] = {}
        if self.records:
            body = {}
            _put(body, self.records, items)
            if self.noise:
                body |= {"count": view.count, "limit": view.size, "per_page": view.size}
                body |= {"status": "ok", "offset": view.start}
        for told in self.signs:
            value = value_of(told, view)
            if value is GONE:
                continue
            if told.header:
                headers[told.path[0].lower()] = str(value)
            else:
                _put(body, told.path, value)
        return body, headers


@dataclass
class Outcome:
    """What became of a listing."""

    ids: set[int] = field(default_factory=set)
    end: End | None = None
    error: Exception | None = None

    def lost(self, api: ModelApi) -> list[int]:
        """What was lost without an error."""
        return [] if self.error else sorted(api.seen - self.ids)


async def read(api: ModelApi, settings: PaginationSettings, permits: int) -> Outcome:
    """Reads the listing of ``api`` to its end, or to an error."""
    outcome = Outcome()

    async def nothing() -> None:
        pass

    def note(end: End) -> None:
        outcome.end = end

    paginator = build_paginator(settings)
    pages = walk(
        paginator,
        PageRequest(URL),
        api.fetch,
        permits=permits,
        on_end=note,
        on_restart=nothing,
    )
    try:
        async for page in pages:
            outcome.ids |= {item["id"] for item in page.items}
    except (PaginationError, Refused) as error:
        outcome.error = error
    return outcome


def _put(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        body = body.setdefault(key, {})
    body[path[-1]] = value
