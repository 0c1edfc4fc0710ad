"""A resync of the listing with the settings that were found, by the integration's own code."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from cli.detect.answers import Identity
from cli.detect.prober import OutOfRequests, Prober
from client import Request, Response
from errors import OceanCustomError
from mapping import CustomResourceConfig
from pagination import End, Page
from pagination.evidence import signs_of_more
from pagination.sign import Sign
from resync.first_pages import FirstPages, first_listings
from resync.plan import build_plan
from resync.response_cache import ResponseCache
from settings import parse_settings

MOST_ITEMS = 5_000


@dataclass(slots=True)
class Rehearsal:
    """What was read: ``pages`` that held records of those ``asked`` for, the items, each once, how
    many came ``again``, and those of them that were unlike the first, the ``others``; ``end`` where
    the listing was read to it, else ``will_end``; ``error`` where the settings do not do. ``signs``
    are those of each page."""

    items: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    pages: int = 0
    largest: int = 0
    records: int | None = 0
    again: int = 0
    others: list[Any] = field(default_factory=list)
    end: End | None = None
    will_end: str = ""
    error: str = ""
    signs: list[tuple[Sign, ...]] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing went wrong, as far as it was read."""
        return self.asked > 0 and not self.error and not self.again

    def take(self, page: Page, identity: Identity) -> None:
        """Counts a page, or a piece of one, in."""
        if page.progress.pages == 1 and self.asked > 1:
            # A listing that is read again begins at none.
            self.items.clear()
            self.others.clear()
            self.signs.clear()
            self.asked = self.pages = self.again = 0
        items = page.items
        if page.progress.pages > self.asked:
            self.asked = page.progress.pages
            self.pages += page.count != 0
            self.largest = max(self.largest, page.count or 0)
            self.records = page.progress.records
            self.signs.append(page.signs)
            items = items[page.progress.overlap :]
        for item in items:
            key = identity(item)
            self.again += key in self.items
            if self.items.setdefault(key, item) != item:
                self.others.append(item)


class _Sender:
    """Sends what a rehearsal asks for; what an earlier one was sent is not asked for again."""

    def __init__(self, prober: Prober) -> None:
        self._prober = prober
        self._asked: set[str] = set()

    async def __call__(self, request: Request) -> Response:
        key = str(request.target)
        # A page that is asked for twice in one reading is to be looked at anew.
        again = key in self._asked
        self._asked.add(key)
        return await self._prober.remembered(replace(request, to_file=False), anew=again)


async def rehearse(
    prober: Prober,
    identity: Identity,
    resource: Mapping[str, Any],
    pagination: Mapping[str, Any],
    most_pages: int,
) -> Rehearsal:
    """Reads the listing of ``resource``, as the mapping would have it, by the settings
    ``pagination``, up to ``most_pages`` pages of it."""
    rehearsal = Rehearsal()
    cache = ResponseCache(_Sender(prober))
    reader = FirstPages(prober.client, prober.jq, most_pages, cache)
    try:
        settings = parse_settings({"base_url": prober.base_url, **pagination})
        plan = build_plan(settings, CustomResourceConfig.parse_obj(resource))
        found = await first_listings(plan, reader, 1)
        async with aclosing(reader.pages(found.listings[0])) as pages:
            async for page in pages:
                rehearsal.take(page, identity)
                if len(rehearsal.items) >= MOST_ITEMS:
                    break
    except OceanCustomError as error:
        rehearsal.error = str(error)
    except OutOfRequests:
        pass
    finally:
        cache.close()
    if reader.readings and not rehearsal.error:
        rehearsal.end, rehearsal.will_end = reader.readings[-1].end, reader.readings[-1].will_end
    if rehearsal.end is None and not rehearsal.error and rehearsal.asked - rehearsal.pages > 1:
        more = " and ".join(str(one) for one in signs_of_more(rehearsal.signs[-1]))
        behind = f"behind {len(rehearsal.items):,} items the pages are empty"
        rehearsal.error = f"{behind}, but {more} says that there is more"
    return rehearsal
