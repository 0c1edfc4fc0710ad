"""One endpoint read to its end: pages, their items, and what is said about them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import IO, Any

from loguru import logger

from client import HttpClient, Response
from errors import PaginationError, RequestError, ResponseError
from pagination import End, Page, PageRequest, PageSizes, build_paginator, walk
from resync.extraction import (
    count_records,
    find_items,
    keys_in,
    refuse_error,
    shape_of,
)
from resync.formats import is_utf8_json, read_body
from resync.large_body import in_memory, in_thread, pieces, survey
from resync.plan import EndpointPlan
from resync.response_cache import ResponseCache, Send

NO_CONTENT = 204


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing to read: an endpoint, the values of its placeholders, and ``extras``, what
    each of its items gets."""

    kind: str
    endpoint: EndpointPlan
    values: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, Any] = field(default_factory=dict)


class ListingReader:
    """Reads listings through one client, and remembers what one resync has seen."""

    def __init__(self, client: HttpClient, cache: ResponseCache | None = None) -> None:
        self._client = client
        self._cache = cache or ResponseCache(client.send)
        self._sizes = PageSizes()
        self._warned: set[str] = set()

    async def pages(self, listing: Listing) -> AsyncGenerator[Page]:
        """Yields the pages of ``listing``, each item an object that carries its placeholders.

        Raises ``OceanCustomError`` that names the kind and the URL.
        """
        endpoint = listing.endpoint
        request = endpoint.request(listing.values)
        where = f"kind {listing.kind}, {endpoint.method} {self._client.redactor.url(request.url)}"

        paginator = build_paginator(endpoint.pagination)
        first = endpoint.outgoing(paginator.first(request))
        try:
            async with self._cache.reading(endpoint, first) as reading:
                pages = walk(
                    paginator,
                    request,
                    partial(self._fetch, listing, reading.send),
                    # A repeated listing asks for nothing that its first reader did not need.
                    permits=1 if reading.repeated else self._client.max_concurrent,
                    sizes=self._sizes,
                    template=endpoint.template,
                    on_end=self._note_end(where, endpoint.template),
                    on_restart=reading.forget,
                )
                async with aclosing(pages):
                    async for page in pages:
                        yield replace(page, items=self._enriched(listing, page.items))
                        if page.rest is not None:
                            async with aclosing(page.rest) as rest:
                                async for items, size in rest:
                                    items = self._enriched(listing, items)
                                    yield replace(page, items=items, size_bytes=size)
        except PaginationError as error:
            raise PaginationError(f"{where}: {error}") from None

    def warn_once(self, subject: str, message: str) -> None:
        """Logs ``message`` as a warning, once for ``subject`` in a resync."""
        if subject not in self._warned:
            self._warned.add(subject)
            logger.warning(message)

    async def _fetch(self, listing: Listing, send: Send, request: PageRequest) -> Page:
        endpoint = listing.endpoint
        try:
            response = await send(endpoint.outgoing(request))
        except RequestError as error:
            if error.status not in endpoint.ignore_statuses:
                raise error.about(f"kind {listing.kind}") from None
            return Page(request=request, items=[], ignored=error.status)
        try:
            if response.file is not None:
                large = await self._large_page(listing, response, response.file, request)
                if large is not None:
                    return large
                response = await asyncio.to_thread(in_memory, response, response.file)
            body, items = self._items(listing, response)
            parse = endpoint.items_to_parse
            records = count_records(items, parse) if parse and items else None
        except ResponseError as error:
            url = self._client.redactor.url(response.url)
            raise ResponseError(f"kind {listing.kind}, {endpoint.method} {url}: {error}") from None
        return Page(
            request=request,
            items=items,
            body=body,
            headers=response.headers,
            url=response.url,
            records=records,
            throttled=response.throttled,
            size_bytes=len(response.content),
        )

    async def _large_page(
        self, listing: Listing, response: Response, file: IO[bytes], request: PageRequest
    ) -> Page | None:
        """A page whose items are read in pieces; None if they are not in one JSON array."""
        endpoint = listing.endpoint
        content_type = response.headers.get("content-type", "")
        if not is_utf8_json(content_type, endpoint.format):
            return None
        found = await asyncio.to_thread(survey, file, endpoint.data_path)
        if found.arrays != 1 or not found.count:
            return None
        return Page(
            request=request,
            items=[],
            body=found.envelope,
            headers=response.headers,
            url=response.url,
            records=range(found.count),
            throttled=response.throttled,
            rest=in_thread(pieces(file, endpoint.data_path), file),
        )

    def _items(self, listing: Listing, response: Response) -> tuple[Any, list[Any]]:
        if response.status == NO_CONTENT:
            return None, []
        excerpt = self._client.redactor.excerpt(response.content)
        content_type = response.headers.get("content-type", "")
        endpoint = listing.endpoint
        keys = keys_in(endpoint.data_path)
        body = read_body(response.content, content_type, endpoint.format, excerpt, keys)
        whole = endpoint.data_path == "." and not endpoint.items_to_parse
        try:
            items = find_items(body, endpoint.data_path)
        except ResponseError:
            refuse_error(body, excerpt)
            raise
        if not items:
            refuse_error(body, excerpt)
        if whole and isinstance(body, dict):
            refuse_error(body, excerpt, flags=())
            self._warn_of_one_item(listing, body)
        return body, items

    def _warn_of_one_item(self, listing: Listing, body: dict[str, Any]) -> None:
        self.warn_once(
            f"object {listing.endpoint.template}",
            f"kind {listing.kind}: the answer is {shape_of(body)}, taken as one item. If the items "
            "are inside it, set data_path to where they are, such as '.items'.",
        )

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

    def _note_end(self, where: str, template: str) -> Callable[[End], None]:
        def note(end: End) -> None:
            logger.debug(f"{where}: the listing ended: {end.evidence}")
            if end.warning:
                self.warn_once(f"end {template}", f"{where}: {end.warning}")

        return note
