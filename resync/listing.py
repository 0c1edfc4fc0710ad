"""One endpoint read to its end: pages, their items, and what is said about them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, nullcontext
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self

from loguru import logger

from client import HttpClient
from errors import PaginationError, RequestError, ResponseError
from pagination import End, Page, PageRequest, Records, build_paginator, walk
from pagination.evidence import REFUSED_BEHIND_THE_END
from pagination.page_budget import PageBudget
from resync.answers import AnswerReader
from resync.extraction import shape_of
from resync.jq import Jq
from resync.outage import Outage
from resync.plan import EndpointPlan
from resync.response_cache import ResponseCache, Send

NOT_IGNORED = "ignore_statuses is not about it: it means that the API wants to be asked later."


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing to read: an endpoint, the values of its placeholders (``name``, ``name.key``),
    and ``extras``, what each of its items gets. ``on_end`` is told what ended it."""

    kind: str
    endpoint: EndpointPlan
    values: Mapping[str, Any] = field(default_factory=dict)
    extras: Mapping[str, Any] = field(default_factory=dict)
    on_end: Callable[[End], None] | None = None


class ListingReader:
    """Reads listings through one client, and remembers what one resync has seen."""

    def __init__(self, client: HttpClient, jq: Jq, cache: ResponseCache | None = None) -> None:
        self.jq = jq
        self._client = client
        self._answers = AnswerReader(client.redactor, jq, self.warn_once)
        self._cache = cache or ResponseCache(client.send)
        self._warned: set[str] = set()
        self._most_pages: int | None = None
        self._budget = PageBudget(client.max_concurrent)
        self._outage: Outage | None = None

    def of_kind(self, budget: PageBudget, outage: Outage) -> Self:
        """This reader, with all that it remembers, for the listings of one kind: they share
        ``budget``, so that what a kind has left behind holds up no other, and ``outage`` watches
        their requests."""
        reader = copy(self)
        reader._budget, reader._outage = budget, outage
        return reader

    async def pages(self, listing: Listing) -> AsyncGenerator[Page]:
        """Yields the pages of ``listing``, each item an object that carries its placeholders.

        Raises ``OceanCustomError`` that names the kind and the URL.
        """
        endpoint = listing.endpoint
        bound = self._bound(listing)
        request = PageRequest(url=bound.url, params=bound.params, body=bound.body)

        def where() -> str:
            url = self._client.redactor.url(request.url)
            return f"kind {listing.kind}, {endpoint.method} {url}"

        paginator = build_paginator(endpoint.pagination)
        first = bound.outgoing(paginator.first(request))
        try:
            async with self._cache.reading(endpoint, first) as reading:
                with self._budget.listing(endpoint.template) as share:
                    pages = walk(
                        paginator,
                        request,
                        partial(self._fetch, replace(listing, endpoint=bound), reading.send),
                        # A repeated listing asks for nothing that its first reader did not need.
                        permits=1 if reading.repeated else self._client.max_concurrent,
                        on_end=self._note_end(where, listing),
                        on_restart=reading.forget,
                        most_pages=self._most_pages,
                        share=share,
                    )
                    async with aclosing(self._pieces(where, listing, pages)) as pieces:
                        async for page in pieces:
                            yield page
                            del page  # Not to be held while the next one is fetched.
        except PaginationError as error:
            told = self._client.redactor.text(str(error))
            raise PaginationError(f"{where()}: {told}") from None

    def _bound(self, listing: Listing) -> EndpointPlan:
        try:
            return listing.endpoint.bound(listing.values)
        except ResponseError as error:
            raise ResponseError(f"kind {listing.kind}: {self.masked(error)}") from None

    async def _pieces(
        self, where: Callable[[], str], listing: Listing, pages: AsyncGenerator[Page]
    ) -> AsyncGenerator[Page]:
        """The pages with their items as they are handed on, a large one in several pieces."""
        async with aclosing(pages):
            async for page in pages:
                if page.progress.overlap:
                    self._warn_of_overlap(where, listing.endpoint)
                yield replace(page, items=self._enriched(listing, page.items))
                if page.rest is not None:
                    async with aclosing(page.rest) as rest:
                        async for items, size in rest:
                            items = self._enriched(listing, items)
                            yield replace(page, items=items, size_bytes=size)
                            del items
                del page

    def _warn_of_overlap(self, where: Callable[[], str], endpoint: EndpointPlan) -> None:
        self.warn_once(
            f"overlap {endpoint.template}",
            f"{where()}: pages overlap: one begins with what the one before ended with, which is "
            "counted once. Records may have moved while they were read, or the API counts from "
            "another number: check startOffset or startPage.",
        )

    def warn_once(self, subject: str, message: str, level: str = "WARNING") -> None:
        """Logs ``message`` as a warning, or at ``level``, once for ``subject`` in a resync."""
        if subject not in self._warned:
            self._warned.add(subject)
            logger.log(level, self.masked(message))

    def masked(self, text: object) -> str:
        """``text``, which may quote what the API has sent, without the secrets of the settings."""
        return self._client.redactor.values(str(text))

    async def _fetch(
        self, listing: Listing, send: Send, request: PageRequest, known: Callable[[Page], None]
    ) -> Page:
        endpoint = listing.endpoint
        try:
            async with self._outage.watching() if self._outage else nullcontext():
                response = await send(endpoint.outgoing(request))
        except RequestError as error:
            ignored = error.status in endpoint.ignore_statuses
            about = error.about(f"kind {listing.kind}")
            if error.temporary:
                raise (about.hinted(NOT_IGNORED) if ignored else about) from None
            if ignored:
                return Page(request=request, items=[], records=Records(0), ignored=error.status)
            if error.status in REFUSED_BEHIND_THE_END:
                # Whether that is behind the end, the pages before it say.
                return Page(request=request, items=[], refused=about)
            raise about from None
        except ResponseError as error:
            raise ResponseError(f"kind {listing.kind}, {error}") from None
        try:
            return await self._answers.page(listing.kind, endpoint, request, response, known)
        except ResponseError as error:
            request_line = f"{endpoint.method} {self._client.redactor.url(response.url)}"
            told = f"kind {listing.kind}, {request_line}: {self.masked(error)}"
            raise ResponseError(told) from None

    def _enriched(self, listing: Listing, items: list[Any]) -> list[Any]:
        extras = listing.extras
        if not extras and all(isinstance(item, dict) for item in items):
            return items
        return [{**self._as_object(listing, item), **extras} for item in items]

    def _as_object(self, listing: Listing, item: Any) -> dict[str, Any]:
        if isinstance(item, dict):
            return item
        self.warn_once(
            f"value {listing.endpoint.template}",
            f"kind {listing.kind}: items are not objects but {shape_of(item)}; each is handed on "
            'as {"value": item}.',
        )
        return {"value": item}

    def _note_end(self, where: Callable[[], str], listing: Listing) -> Callable[[End], None]:
        def note(end: End) -> None:
            told = "{}: the listing ended: {}"
            logger.opt(lazy=True).debug(told, where, lambda: self.masked(end.evidence))
            if listing.on_end:
                listing.on_end(end)
            if end.warning:
                self.warn_once(f"end {listing.endpoint.template}", f"{where()}: {end.warning}")

        return note
