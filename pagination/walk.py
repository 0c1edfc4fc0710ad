"""The one loop that runs a strategy: it fetches ahead, keeps the order and owns every guard."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace

from errors import PaginationError
from pagination.ahead import Ahead, Fetch, digest_of
from pagination.paginator import End, Page, PageRequest, Paginator, Progress
from pagination.placement import asked_size
from pagination.signals import evidence_in, total_of
from settings.model import PaginationType

READINGS = 3
"""How often a listing is read that shrinks while it is read."""


class PageSizes:
    """The most items that one page of each endpoint template held in this resync."""

    def __init__(self) -> None:
        self._largest: dict[str, int] = {}

    def note(self, template: str, count: int) -> int:
        """Takes note of a page of ``count`` items; returns the largest so far."""
        largest = max(count, self._largest.get(template, 0))
        self._largest[template] = largest
        return largest


async def walk(
    paginator: Paginator,
    request: PageRequest,
    fetch: Fetch,
    *,
    permits: int,
    sizes: PageSizes,
    template: str,
    on_end: Callable[[End], None],
    on_restart: Callable[[], Awaitable[None]],
) -> AsyncGenerator[Page]:
    """Yields the pages of one listing in order, and calls ``on_end`` with the evidence for its
    end.

    ``fetch`` gets a page; at most ``permits`` of its calls run at a time, and at most
    ``permits - 1`` of them ask for more than a sequential reader would. ``template`` names the
    endpoint for ``sizes``. A listing whose total shrinks while it is read is read again, after
    ``on_restart``: what is behind a removed item moves up, past a reader who counts. Raises
    ``PaginationError`` for a listing that loops, repeats itself, contradicts itself, is longer
    than ``maxPages`` or shrinks in every reading, and whatever ``fetch`` raises for a page that
    the listing needs.
    """
    for reading in range(1, READINGS + 1):
        last: Page | None = None
        ends: list[End] = []
        pages = _read(paginator, request, fetch, permits, sizes, template, ends.append)
        async with aclosing(pages):
            async for page in pages:
                last = page
                yield page
        if last is None or not last.progress.shrunk:
            break
        if reading < READINGS:
            await on_restart()
        else:
            ends = [_shrunk(paginator)]
    for end in ends:
        on_end(end)


async def _read(
    paginator: Paginator,
    request: PageRequest,
    fetch: Fetch,
    permits: int,
    sizes: PageSizes,
    template: str,
    on_end: Callable[[End], None],
) -> AsyncGenerator[Page]:
    """One reading of a listing, from its first page to its end."""
    seen: set[bytes] = set()
    previous: Page | None = None

    def place(page: Page) -> Page:
        return _placed(page, previous, sizes, template, paginator)

    ahead = Ahead(paginator, fetch, permits, place)
    step: PageRequest | End | PaginationError = paginator.first(request)
    try:
        while isinstance(step, PageRequest):
            _refuse_repetition(step, seen, paginator)
            page = place(await ahead.get(step))
            step = _judge(page, previous, paginator)
            if isinstance(step, End) and step.evidence == _SAME_PAGE:
                break
            ahead.prepare(page, step)
            yield page
            previous = page
    finally:
        await ahead.close()
    if isinstance(step, PaginationError):
        raise step
    if isinstance(step, End):
        on_end(step)


def _shrunk(paginator: Paginator) -> End:
    """Raises where a setting names the total; one that was merely recognised may be a guess."""
    told = (
        f"items were removed from the listing in each of {READINGS} readings, so that others may "
        "have been passed over"
    )
    if paginator.settings.total_path:
        raise PaginationError(f"{told}. Let the API sort by what does not change, oldest first.")
    return End("the last reading's end", warning=told)


_SAME_PAGE = "the endpoint does not paginate: it answered with the same page again"


def _placed(
    page: Page, previous: Page | None, sizes: PageSizes, template: str, paginator: Paginator
) -> Page:
    """``page`` with its place in the listing filled in."""
    largest = sizes.note(template, page.count)
    total = _total(page, paginator)
    if previous is None:
        progress = Progress(1, page.count, page.count, largest, total=total)
    else:
        before = previous.progress
        progress = Progress(
            before.pages + 1,
            before.items + page.count,
            before.first_page_items,
            largest,
            before.seen.union(evidence_in(previous, paginator.settings)),
            before.total if total is None else total,
            before.shrunk or (total or before.total or 0) < (before.total or 0),
        )
    return replace(page, progress=progress)


def _total(page: Page, paginator: Paginator) -> int | None:
    """The total that a page tells, where positions may be counted: behind a removed item, a cursor
    finds its place again. Behind the end, 0 is none; and one that was merely recognised and is the
    page's own size is that, and smaller on the last page."""
    if paginator.settings.type is PaginationType.CURSOR:
        return None
    try:
        total = total_of(page, paginator.settings) or None
    except PaginationError:
        return None
    return total if total != page.count or paginator.settings.total_path else None


def _judge(
    page: Page, previous: Page | None, paginator: Paginator
) -> PageRequest | End | PaginationError:
    """The step after ``page``. An error is returned, to be raised once the page is handed on."""
    if previous is not None and page.count and page.counted == previous.counted:
        full = page.count == asked_size(page.request, paginator.settings)
        if full or paginator.expects_more(page) or paginator.expects_more(previous):
            raise PaginationError(
                f"page {page.progress.pages} holds the same {page.count} items as the page "
                f"before: the API seems to ignore {paginator.position}. Set it to the parameter "
                "that this API uses, or paginationType to none."
            )
        return End(_SAME_PAGE, warning=f"{_SAME_PAGE}; set paginationType to none")
    if page.ignored is not None and (previous is None or not paginator.expects_more(previous)):
        return End(f"status {page.ignored} means that there is nothing here")
    if page.ignored is not None:
        return PaginationError(
            f"page {page.progress.pages} answered {page.ignored}, although the page before says "
            "that there is more"
        )
    try:
        step = paginator.following(page)
    except PaginationError as error:
        return error
    limit = paginator.settings.max_pages
    if isinstance(step, PageRequest) and page.progress.pages >= limit:
        return PaginationError(
            f"the listing is longer than maxPages ({limit:,}): raise maxPages, or check "
            f"{paginator.position}"
        )
    return step


def _refuse_repetition(request: PageRequest, seen: set[bytes], paginator: Paginator) -> None:
    digest = digest_of(request)
    if digest in seen:
        raise PaginationError(
            f"the answer leads to a page that was read already ({paginator.position} would be "
            "repeated): the listing would never end. Check cursorPath and paginationParam."
        )
    seen.add(digest)
