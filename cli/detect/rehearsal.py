"""The integration's own way through the pages, with the settings that were found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from cli.detect.answers import Answer, Identity, ItemsPath
from cli.detect.options import Params
from cli.detect.prober import OutOfRequests, Prober
from errors import PaginationError
from pagination import End, Page, PageRequest, PageSizes, build_paginator, walk
from settings import parse_settings

MOST_ITEMS = 5_000


@dataclass(slots=True)
class Rehearsal:
    """What was read: ``pages`` that held items of those ``asked`` for, the items, each once, and
    how many came ``again``; ``end`` where the listing was read to it; ``error`` where the settings
    do not do; ``keyless`` where an answer lacked the items' key."""

    items: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    pages: int = 0
    largest: int = 0
    again: int = 0
    end: End | None = None
    error: str = ""
    last: Answer = field(default_factory=Answer)
    keyless: bool = False

    def take(self, answer: Answer) -> None:
        """Counts a page in."""
        self.asked += 1
        self.pages += bool(answer.items)
        self.largest = max(self.largest, len(answer.items))
        self.last = answer
        for key, item in zip(answer.keys, answer.items, strict=True):
            self.again += key in self.items
            self.items.setdefault(key, item)


async def rehearse(
    prober: Prober,
    path: ItemsPath,
    identity: Identity,
    params: Params,
    pagination: Mapping[str, Any],
    most_pages: int,
) -> Rehearsal:
    """Reads the listing by the settings ``pagination``, up to ``most_pages`` pages of it."""
    endpoint = prober.endpoint
    settings = parse_settings({"base_url": endpoint.url, **pagination}).pagination
    rehearsal = Rehearsal()
    answers: dict[PageRequest, Answer] = {}

    async def fetch(request: PageRequest, known: Callable[[Page], None]) -> Page:
        answer = await prober.fetch(request.url, request.params)
        if answer.refused:
            raise PaginationError(f"a page {answer.refused}")
        rehearsal.keyless = rehearsal.keyless or not path.leads_somewhere(answer.body)
        answers[request] = answer = answer.read(path, identity)
        return Page(request, list(answer.items), answer.body, answer.headers, answer.url)

    async def restart() -> None:
        rehearsal.items.clear()
        rehearsal.again = 0

    ends: list[End] = []
    pages = walk(
        build_paginator(settings),
        PageRequest(endpoint.url, params),
        fetch,
        permits=1,
        sizes=PageSizes(),
        template=endpoint.path,
        on_end=ends.append,
        on_restart=restart,
    )
    try:
        async with aclosing(pages):
            async for page in pages:
                rehearsal.take(answers.pop(page.request))
                if rehearsal.asked >= most_pages or len(rehearsal.items) >= MOST_ITEMS:
                    break
    except PaginationError as error:
        rehearsal.error = str(error)
    except OutOfRequests:
        pass
    rehearsal.end = ends[0] if ends else None
    return rehearsal
