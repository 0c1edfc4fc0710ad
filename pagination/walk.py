"""The one loop that runs a strategy: it fetches ahead, keeps the order and owns every guard."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from errors import PaginationError
from pagination.advice import (
    begins_anew,
    full_last_page,
    refused_page,
    repeated_page,
)
from pagination.ahead import Ahead, Anticipated, Fetch, digest_of
from pagination.evidence import (
    MOST_BLANK_PAGES,
    Continue,
    Halve,
    after_refusal,
    after_repetition,
    decide,
    signs_of_more,
)
from pagination.halves import back_at_first, proven_by_half
from pagination.page_budget import PageBudget, Share
from pagination.paginator import End, Page, PageRequest, Paginator, SeekablePaginator
from pagination.placement import asked_size
from pagination.progress import placed, with_signs
from pagination.signs import sent
from records import Shape
from settings.model import PaginationType

READINGS = 3
"""How often a listing is read that shrinks while it is read."""

FAR_RECORDS = 1000
"""So far behind a page, by offset, no other page holds the same records, whatever its size."""

COMPARED_BYTES = 256 * 1024
"""Of a body whose records are kept to compare them with those of the next page; of a larger one a
hash of each is."""

Forget = Callable[[], Awaitable[None]]
Step = PageRequest | End | PaginationError


async def walk(
    paginator: Paginator,
    request: PageRequest,
    fetch: Fetch,
    *,
    permits: int,
    on_end: Callable[[End], None],
    on_restart: Callable[[], Awaitable[None]],
    forget: Forget | None = None,
    most_pages: int | None = None,
    share: Share | None = None,
) -> AsyncGenerator[Page]:
    """Yields the pages of one listing in order, and calls ``on_end`` with the evidence for its
    end.

    ``fetch`` gets a page; at most ``permits`` of its calls run at a time, and at most
    ``permits - 1`` of them ask for more than a sequential reader would. ``forget`` is called
    before a page is asked for once more. After ``most_pages`` the walk stops without an end.
    ``share`` is its part of a budget of pages, by default one of its own. A listing whose total
    shrinks while it is read is read again, after ``on_restart``: what is behind a removed record
    moves up, past a reader who counts. Raises ``PaginationError`` for a listing that loops, repeats
    itself, contradicts itself, says more than can be followed, is longer than ``maxPages`` or
    shrinks in every reading, and whatever ``fetch`` raises for a page that the listing needs.
    """
    share = share or Share(PageBudget(permits))
    for number in range(1, READINGS + 1):
        ahead = partial(Ahead, paginator, fetch, permits, share=share)
        reading = _Reading(paginator, fetch, ahead, forget or on_restart, most_pages)
        async with aclosing(reading.pages(request)) as pages:
            async for page in pages:
                yield page
                del page  # Not to be held while the next one is fetched.
        if reading.shrunk and number < READINGS:
            await on_restart()
            continue
        if isinstance(reading.step, PaginationError):
            raise reading.step
        if isinstance(reading.step, End):
            on_end(_shrunk(paginator) if reading.shrunk else reading.step)
        return


class _Reading:
    """One reading of a listing, from its first page to its end, which is in ``step`` then."""

    def __init__(
        self,
        paginator: Paginator,
        fetch: Fetch,
        ahead: Callable[[Anticipated], Ahead],
        forget: Forget,
        most_pages: int | None,
    ) -> None:
        self._paginator = paginator
        self._fetch = fetch
        self._forget = forget
        self._most_pages = most_pages
        self._ahead = ahead(self._anticipated)
        self._asked: set[bytes] = set()
        self._seen: set[int] = set()
        self._previous: Page | None = None
        self._first = PageRequest("")
        self.step: Step | None = None

    @property
    def shrunk(self) -> bool:
        """Whether a total was lower than one before."""
        return self._previous is not None and self._previous.progress.shrunk

    async def pages(self, request: PageRequest) -> AsyncGenerator[Page]:
        """Yields the pages in order."""
        self.step = self._first = self._paginator.first(request)
        try:
            while isinstance(self.step, PageRequest):
                self._refuse_repetition(self.step)
                page = self._placed(await self._ahead.get(self.step))
                if page.refused is not None:
                    self.step = self._after_refusal(page.refused)
                    break
                if self._is_repeated(page):
                    self.step = await self._after_repetition(page)
                    continue
                page, self.step = await self._judged(page)
                if not self._is_cut(page):
                    self._ahead.prepare(page, self.step)
                known = None if isinstance(self.step, PaginationError) else self.step
                yield replace(page, step=known)
                self._keep(page)
                if self._is_cut(page):
                    break
                del page  # Not to be held while the next one is fetched.
        finally:
            await self._ahead.close()

    def _keep(self, page: Page) -> None:
        """What is needed of a page is small: its items need not stay in memory."""
        large = page.size_bytes > COMPARED_BYTES
        records = page.records.marked() if large else page.records
        self._previous = replace(page, items=[], body=None, rest=None, records=records)

    def _is_cut(self, page: Page) -> bool:
        return self._most_pages is not None and page.progress.pages >= self._most_pages

    def _placed(self, page: Page) -> Page:
        return placed(page, self._previous)

    def _anticipated(self, page: Page) -> PageRequest | None:
        """The request after a page whose records are still to be found."""
        page = with_signs(self._placed(page), self._paginator)
        goes_on = isinstance(decide(page, self._paginator), Continue)
        return self._paginator.following(page) if goes_on else None

    async def _judged(self, page: Page) -> tuple[Page, Step]:
        """``page`` with its signs, and the step after it. An error is returned, to be raised once
        the page is handed on."""
        self._refuse_other_shape(page)
        try:
            page = with_signs(page, self._paginator)
            page, step = await self._decided(page)
        except PaginationError as error:
            return page, error
        limit = self._paginator.settings.max_pages
        if isinstance(step, PageRequest) and page.progress.pages >= limit:
            return page, PaginationError(
                f"the listing is longer than maxPages ({limit:,}): raise maxPages, or check "
                f"{self._paginator.position}"
            )
        return page, step

    async def _decided(self, page: Page) -> tuple[Page, Step]:
        paginator = self._paginator
        if page.ignored is not None:
            return page, self._after_ignored(page)
        decision = decide(page, paginator)
        if isinstance(decision, Halve):
            return page, await proven_by_half(
                page, decision.end, self._first, paginator, self._fetch
            )
        if isinstance(decision, End):
            return page, decision
        if decision.blank and not page.asked_twice:
            return await self._decided(with_signs(await self._again(page), paginator))
        following = paginator.following(page)
        assert following is not None
        return page, following

    async def _again(self, page: Page) -> Page:
        """An empty page once more, although something says that there is more."""
        await self._forget()
        again = replace(await self._fetch(page.request, nobody), asked_twice=True)
        if again.refused is not None:
            raise again.refused
        again = self._placed(again)
        self._refuse_other_shape(again)
        return again

    def _refuse_other_shape(self, page: Page) -> None:
        shape = page.records.shape
        if page.progress.arrays and shape in (Shape.OBJECT, Shape.NULL, Shape.VALUE):
            raise PaginationError(
                f"page {page.progress.pages} is {shape} where the pages before were arrays: the "
                "API may have sent an error as a success"
            )

    def _is_repeated(self, page: Page) -> bool:
        """Whether ``page`` holds what the page before held, or what one before that did."""
        if page.count == 0 or page.ignored is not None:
            return False
        if self._previous is not None and page.records.equals(self._previous.records):
            return True
        # A hash of 64 bits: a listing of 100,000 pages keeps one for each.
        mark = hash(page.records.outline)
        if page.count != 1 and mark in self._seen:
            raise begins_anew(page, self._paginator)
        self._seen.add(mark)
        return False

    async def _after_repetition(self, page: Page) -> PageRequest | End:
        """The step after a page that holds what the one before held: the end, if the API stays on
        it for any position behind it. By offset, pages may also be alike because records between
        them are hidden; they are read over."""
        paginator = self._paginator
        page = with_signs(page, paginator)
        error = repeated_page(page, paginator, differed=page.progress.differed)
        if page.progress.pages == 2 and sent(page.request, paginator.settings) == "0":
            return await back_at_first(page, error, self._first, paginator, self._fetch)
        if not isinstance(paginator, SeekablePaginator) or not page.progress.differed:
            raise error
        window = max(page.progress.largest_page, page.count or 1)
        # Shorter than what the API sends, that is: it may cap the size that is asked for.
        short = page.count is not None and page.count < page.progress.largest_page
        end = after_repetition(page, paginator)
        if end is not None:
            asked = asked_size(page.request, paginator.settings)
            far = paginator.past(page, max(window, asked) + FAR_RECORDS)
            behind = await self._fetch(far, nobody)
            if behind.refused is None and behind.records.equals(page.records):
                return end if short else replace(end, warning=full_last_page(page))
        hides = paginator.settings.type is PaginationType.OFFSET and short
        if not hides or page.progress.stale_pages > MOST_BLANK_PAGES:
            raise error
        self._keep(page)
        return paginator.past(page, window)

    def _after_ignored(self, page: Page) -> Step:
        told = f"status {page.ignored} means that there is nothing here"
        if self._previous is None or not signs_of_more(self._previous.signs):
            return End(told)
        raise PaginationError(
            f"page {page.progress.pages} answered {page.ignored}, although the page before says "
            "that there is more"
        )

    def _after_refusal(self, error: Exception) -> End:
        if self._previous is None:
            raise error
        end = after_refusal(self._previous, self._paginator)
        if end is None:
            raise refused_page(error, self._previous)
        return end

    def _refuse_repetition(self, request: PageRequest) -> None:
        digest = digest_of(request)
        if digest in self._asked:
            cursor = self._paginator.settings.type is PaginationType.CURSOR
            raise PaginationError(
                f"the response leads to a page that was read already ({self._paginator.position} "
                "would be repeated): the listing would never end. Check "
                f"{'cursorPath and ' if cursor else ''}{self._paginator.position}."
            )
        self._asked.add(digest)


def nobody(page: Page) -> None:
    """Nobody is told of a page before its records are found."""


def _shrunk(paginator: Paginator) -> End:
    """Raises where a setting names the total; one that was merely recognised may be a guess."""
    told = (
        f"records were removed from the listing in each of {READINGS} readings, so that others may "
        "have been passed over"
    )
    if paginator.settings.total_path:
        raise PaginationError(f"{told}. Let the API sort by what does not change, oldest first.")
    return End("the last reading's end", warning=told)
