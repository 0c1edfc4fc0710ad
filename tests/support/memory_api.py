"""An API in memory, to walk through without a network."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pagination import End, Page, PageRequest, build_paginator, records_of, walk
from settings.model import PARAM_DEFAULTS, Location, PaginationSettings, PaginationType


@dataclass
class MemoryApi:
    """``size`` items behind any pagination, with the ways of real servers."""

    size: int
    type: str = "offset"
    page_size: int = 5
    cap: int = 1000
    has_more: bool = False
    total: bool = False
    delays: random.Random | None = None
    fail_at: int | None = None
    ignore_position: bool = False
    throttle_at: int | None = None
    asked: list[int] = field(default_factory=list)
    requests: list[PageRequest] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0
    cancelled: int = 0
    restarts: int = 0
    forgotten: int = 0
    remove_at: tuple[int, ...] = ()
    """Before these requests (from 1) the first ``removes`` items are removed."""

    removes: int = 1
    removed: int = 0
    ends: list[End] = field(default_factory=list)

    def settings(self, **more: Any) -> PaginationSettings:
        kind = PaginationType(self.type)
        param, size = PARAM_DEFAULTS[kind]
        return PaginationSettings(
            type=kind,
            page_size=self.page_size,
            param=param,
            size_param=size or "limit",
            **{"next_link_path": "next", **more},
        )

    async def fetch(self, request: PageRequest, known: Callable[[Page], None]) -> Page:
        start = self._start(request)
        self.asked.append(start)
        self.requests.append(request)
        self.removed += self.removes * self.remove_at.count(len(self.asked))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self.delays.random() / 500 if self.delays else 0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.in_flight -= 1
        if self.fail_at is not None and start >= self.fail_at:
            raise RuntimeError(f"failed at {start}")
        return self._page(request, start)

    async def read(self, permits: int, into: list[int] | None = None, **more: Any) -> list[int]:
        """The items of one listing, in the order in which they are handed on; ``into`` holds them
        also where an error ends it."""
        in_body = more.get("location") is Location.BODY
        items = [] if into is None else into
        pages = walk(
            build_paginator(self.settings(**more)),
            PageRequest("https://api.example.com/items", body={} if in_body else None),
            self.fetch,
            permits=permits,
            on_end=self.ends.append,
            on_restart=self.restart,
            forget=self.forget,
        )
        async with aclosing(pages):
            async for page in pages:
                items += page.items
        return items

    async def restart(self) -> None:
        self.restarts += 1

    async def forget(self) -> None:
        self.forgotten += 1

    def _start(self, request: PageRequest) -> int:
        if self.ignore_position:
            return 0
        if self.type == "page":
            return (int(request.param("page") or 1) - 1) * self._size(request)
        if isinstance(request.body, dict):
            return int(request.body.get(self.type, 0))
        query = dict(parse_qsl(urlsplit(request.url).query))
        return int(request.param(self.type) or query.get(self.type) or 0)

    def _size(self, request: PageRequest) -> int:
        """How many items a page holds: what ``request`` asks for in its query, its URL or its
        body, else ``page_size``; at most ``cap``."""
        query = dict(parse_qsl(urlsplit(request.url).query))
        body = request.body if isinstance(request.body, dict) else {}
        asked = (
            request.param(name) or query.get(name) or body.get(name) for name in ("limit", "size")
        )
        return min(int(next(filter(None, asked), self.page_size)), self.cap)

    def _page(self, request: PageRequest, start: int) -> Page:
        end = start + self._size(request)
        left = self.size - self.removed
        items = [self.removed + n for n in range(start, min(end, left))]
        body: dict[str, Any] = {"has_more": end < left} if self.has_more else {}
        if self.total:
            body["total"] = left
        headers: dict[str, str] = {}
        if self.type == "cursor":
            body["next_cursor"] = str(end) if end < left else None
        following = f"https://api.example.com/items?{self.type}={end}&limit={end - start}"
        if self.type == "next_link":
            body["next"] = following if end < left else None
        elif self.type == "header_link" and end < left:
            headers["link"] = f"<{following}>; rel=next"
        throttled = self.throttle_at is not None and start >= self.throttle_at
        return Page(
            request,
            items,
            records_of(items, level=()),
            body,
            headers,
            request.url,
            throttled=throttled,
        )
