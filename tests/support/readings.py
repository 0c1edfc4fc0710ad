"""Listings whose responses a test writes down one by one, read to their end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from errors import PaginationError
from pagination import End, Page, PageRequest, build_paginator, walk
from settings.model import PaginationSettings
from tests.support.strategy_pages import URL, Response


@dataclass
class Reading:
    """What one listing yielded, asked for and ended by."""

    pages: list[Page] = field(default_factory=list)
    requests: list[PageRequest] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    restarts: int = 0
    forgotten: int = 0
    error: Exception | None = None

    @property
    def items(self) -> list[Any]:
        return [item for page in self.pages for item in page.items]

    def asked(self, param: str) -> list[str | None]:
        """The values of a parameter, request by request."""
        return [request.param(param) for request in self.requests]


async def read(
    config: PaginationSettings,
    *responses: Response,
    request: PageRequest | None = None,
    most_pages: int | None = None,
) -> Reading:
    """Reads a listing whose requests get ``responses`` in turn, and no more."""
    reading, left = Reading(), list(responses)

    async def fetch(request: PageRequest, known: Any) -> Page:
        reading.requests.append(request)
        assert left, f"one request too many: {request}"
        return left.pop(0).page(request)

    async def restart() -> None:
        reading.restarts += 1

    async def forget() -> None:
        reading.forgotten += 1

    pages = walk(
        build_paginator(config),
        request or PageRequest(URL),
        fetch,
        permits=1,
        on_end=reading.ends.append,
        on_restart=restart,
        forget=forget,
        most_pages=most_pages,
    )
    try:
        async for page in pages:
            reading.pages.append(page)
            # What is fetched ahead begins meanwhile.
            await asyncio.sleep(0)
    except (PaginationError, RuntimeError) as error:
        reading.error = error
    assert not left or reading.error or most_pages, f"{len(left)} responses were not asked for"
    return reading


def whole(reading: Reading, count: int, evidence: str) -> None:
    """Asserts that ``count`` items were read, in order, to an end that ``evidence`` proves."""
    assert reading.error is None, reading.error
    assert reading.items == list(range(count)), reading.items
    (end,) = reading.ends
    assert evidence in end.evidence, end


def failed(reading: Reading, count: int, *parts: str) -> None:
    """Asserts an error with ``parts`` in its message, after ``count`` items, and no end."""
    assert reading.ends == [], reading.ends
    assert reading.items == list(range(count)), reading.items
    missing = [part for part in parts if part not in str(reading.error)]
    assert not missing, f"{missing} not in: {reading.error!r}"


def part(start: int, end: int, headers: dict[str, str] | None = None, /, **body: Any) -> Response:
    """A page with the records from ``start`` to before ``end``."""
    return Response(range(start, end), body, headers or {})


def blank(**body: Any) -> Response:
    return part(0, 0, **body)
