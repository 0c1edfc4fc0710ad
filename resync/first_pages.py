"""The first pages of listings, one request at a time: to look at an API, not to import it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from client import HttpClient
from client.retry import RetryPolicy
from errors import PaginationError
from pagination import Page, build_paginator
from pagination.outlook import Outlook, outlook
from resync.fan_out import Failures
from resync.jq import Jq
from resync.listing import Listing, ListingReader
from resync.path_parameters import listings
from resync.plan import EndpointPlan, ListingPlan
from resync.response_cache import ResponseCache

IMPATIENT = RetryPolicy(attempts=1, longest_wait_seconds=5.0)
"""Whoever looks at an API wants to see what it answers, not what it answers in a while."""

SAME_PAGE = "the same page came again: the endpoint does not paginate"


@dataclass(slots=True)
class Reading:
    """What was read of one listing. ``complete`` is whether it ended within the pages read."""

    listing: Listing
    pages: list[Page] = field(default_factory=list)
    complete: bool = False
    error: Exception | None = None

    @property
    def outlook(self) -> Outlook | None:
        """How the listing goes on; None where no page could be read."""
        if not self.pages:
            return None
        found = outlook(self.pages[-1], build_paginator(self.listing.endpoint.pagination))
        if self.complete and not found.ended:
            return Outlook(True, SAME_PAGE)
        return found

    def add(self, page: Page) -> None:
        """Takes note of a page, or of the next piece of a large one."""
        if self.pages and self.pages[-1].request == page.request:
            self.pages[-1] = replace(page, items=[*self.pages[-1].items, *page.items])
        else:
            self.pages.append(page)

    def goes_on(self) -> bool:
        """Whether there is a next page. Raises ``PaginationError`` if it is one that was read."""
        found = self.outlook
        if found is None or found.following is None:
            return False
        if any(found.following == page.request for page in self.pages):
            raise PaginationError(
                f"kind {self.listing.kind}: page {len(self.pages)} leads to a page that was read "
                "already: the listing would never end. Check cursorPath and paginationParam."
            )
        return True


class FirstPages(ListingReader):
    """Reads at most ``limit`` pages of each listing, and remembers every reading."""

    def __init__(
        self, client: HttpClient, jq: Jq, limit: int, cache: ResponseCache | None = None
    ) -> None:
        super().__init__(client, jq, cache)
        self._limit = limit
        self.readings: list[Reading] = []

    async def pages(self, listing: Listing) -> AsyncGenerator[Page]:
        """Yields the first pages of ``listing``; raises as ``ListingReader.pages`` does."""
        limit = self._limit
        reading = Reading(listing)
        self.readings.append(reading)
        cut = limit < listing.endpoint.pagination.max_pages
        if cut:
            listing = replace(listing, endpoint=_shortened(listing.endpoint, limit))
        try:
            async with aclosing(super().pages(listing)) as pages:
                async for page in pages:
                    reading.add(page)
                    yield page
            reading.complete = True
        except PaginationError as error:
            reading.error = error
            if not (cut and len(reading.pages) >= limit and reading.goes_on()):
                raise
            reading.error = None
        except Exception as error:
            reading.error = error
            raise


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


def _shortened(endpoint: EndpointPlan, limit: int) -> EndpointPlan:
    return replace(endpoint, pagination=replace(endpoint.pagination, max_pages=limit))
