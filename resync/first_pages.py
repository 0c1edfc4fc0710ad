"""The first pages of listings, one request at a time: to look at an API, not to import it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial

from client import HttpClient
from client.retry import RetryPolicy
from errors import PaginationError
from pagination import End, Page, PageRequest, build_paginator
from pagination.ahead import digest_of
from pagination.forecast import proof_to_come
from pagination.sign import Sign
from resync.fan_out import Failures
from resync.jq import Jq
from resync.listing import Listing, ListingReader
from resync.path_parameters import listings
from resync.plan import ListingPlan
from resync.response_cache import ResponseCache

IMPATIENT = RetryPolicy(attempts=1, longest_wait_seconds=5.0)
"""Whoever looks at an API wants to see what it answers, not what it answers in a while."""


@dataclass(slots=True)
class Reading:
    """What was read of one listing: its first pages, and ``end``, where it ended within them."""

    listing: Listing
    pages: list[Page] = field(default_factory=list)
    end: End | None = None
    error: Exception | None = None

    @property
    def complete(self) -> bool:
        """Whether it was read to its end."""
        return self.end is not None

    @property
    def proven(self) -> bool:
        """Whether it is certain that all of it was read."""
        return self.end is not None and self.end.warning is None

    @property
    def cut(self) -> bool:
        """Whether it neither ended nor failed: no more of it was wanted."""
        return self.end is None and self.error is None

    @property
    def signs(self) -> tuple[Sign, ...]:
        """What the last page says of further pages."""
        return self.pages[-1].signs if self.pages else ()

    @property
    def followed(self) -> Sign | None:
        """The sign that leads from the last page to the next."""
        if self.following is None:
            return None
        return build_paginator(self.listing.endpoint.pagination).followed(self.signs)

    @property
    def following(self) -> PageRequest | None:
        """The request for the page after the last one."""
        step = self.pages[-1].step if self.pages else None
        return step if isinstance(step, PageRequest) and not self.end else None

    @property
    def will_end(self) -> str:
        """What will prove the end of a listing that was cut; empty where there is no page."""
        if not self.pages:
            return ""
        if isinstance(step := self.pages[-1].step, End):
            return f"it ends on this page: {step.evidence}"
        return proof_to_come(self.pages[-1], build_paginator(self.listing.endpoint.pagination))

    def refuse_loop(self) -> None:
        """Raises ``PaginationError`` if what would come next was read already."""
        following = self.following
        if following and digest_of(following) in {digest_of(one.request) for one in self.pages}:
            raise PaginationError(
                f"kind {self.listing.kind}: page {len(self.pages)} leads to a page that was read "
                "already: the listing would never end. Check cursorPath and paginationParam."
            )

    def add(self, page: Page) -> None:
        """Takes note of a page, or of the next piece of a large one."""
        if self.pages and self.pages[-1].request == page.request:
            self.pages[-1] = replace(page, items=[*self.pages[-1].items, *page.items])
        else:
            self.pages.append(page)


class FirstPages(ListingReader):
    """Reads at most ``limit`` pages of each listing, and remembers every reading."""

    def __init__(
        self, client: HttpClient, jq: Jq, limit: int, cache: ResponseCache | None = None
    ) -> None:
        super().__init__(client, jq, cache)
        self._most_pages = limit
        self.readings: list[Reading] = []

    async def pages(self, listing: Listing) -> AsyncGenerator[Page]:
        """Yields the first pages of ``listing``; raises as ``ListingReader.pages`` does."""
        reading = Reading(listing)
        self.readings.append(reading)
        note = partial(_note_end, reading, listing.on_end)
        try:
            async with aclosing(super().pages(replace(listing, on_end=note))) as pages:
                async for page in pages:
                    reading.add(page)
                    yield page
            reading.refuse_loop()
        except Exception as error:
            reading.error = error
            raise


def _note_end(reading: Reading, on_end: Callable[[End], None] | None, end: End) -> None:
    reading.end = end
    if on_end:
        on_end(end)


@dataclass(frozen=True, slots=True)
class FirstListings:
    """The first listings of a plan; ``more`` is whether there are others, ``error`` what stopped
    their discovery."""

    listings: list[Listing]
    more: bool
    error: Exception | None


async def first_listings(plan: ListingPlan, reader: FirstPages, count: int) -> FirstListings:
    """The first ``count`` listings of ``plan``, from the first pages of its discoveries."""
    failures = Failures(plan.kind)
    found: list[Listing] = []
    error: Exception | None = None
    async with aclosing(listings(plan, reader, 1, failures)) as sources:
        async for listing in sources:
            found.append(listing)
            if len(found) > count:
                break
    try:
        failures.raise_any()
    except Exception as problem:
        error = problem
    more = len(found) > count or any(not reading.complete for reading in reader.readings)
    return FirstListings(found[:count], more, error)
