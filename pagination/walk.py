"""The one loop that runs a strategy: it fetches ahead, keeps the order and owns every guard."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable
from contextlib import aclosing, suppress
from dataclasses import replace

from errors import PaginationError
from pagination.paginator import End, Page, PageRequest, Paginator, Progress, SeekablePaginator
from pagination.placement import asked_size
from pagination.signals import evidence_in, total_of
from settings.model import PaginationType

READINGS = 3
"""How often a listing is read that shrinks while it is read."""

Place = Callable[[Page], Page]
Fetch = Callable[[PageRequest, Callable[[Page], None]], Awaitable[Page]]
"""Gets a page. Where its items take a while to find, the page as far as it is known is told first:
``records`` then stand for items that are there."""


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

    ahead = _Ahead(paginator, fetch, permits, place)
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


class _Ahead:
    """The pages that are being fetched before they are needed, in the order of the listing."""

    def __init__(self, paginator: Paginator, fetch: Fetch, permits: int, place: Place) -> None:
        self._paginator = paginator
        self._fetch = fetch
        self._permits = permits
        self._place = place
        self._tasks: dict[Hashable, asyncio.Task[Page]] = {}
        self._dropped: set[asyncio.Task[Page]] = set()
        self._window = 1
        self._round = 1
        self._uneven = False
        self._count = 0
        self._awaited: Hashable = None
        self._known: Page | None = None

    async def get(self, request: PageRequest) -> Page:
        """The page for ``request``, which may be on its way already."""
        self._awaited = _name(request)
        task = self._tasks.pop(self._awaited, None)
        if task is None:
            return await self._fetch(request, self._anticipate)
        known, self._known = self._known, None
        if known is not None:
            self._anticipate(known)
        try:
            return await task
        finally:
            if not task.done():
                self._drop(task)

    def prepare(self, page: Page, step: PageRequest | End | PaginationError) -> None:
        """Starts what is worth fetching after ``page``, and drops what is not any more."""
        self._awaited = None
        if isinstance(step, PageRequest) and self._tasks and _name(step) not in self._tasks:
            # Not where it was foreseen, so all that was fetched ahead is in vain.
            self._uneven, self._window, self._round = True, 1, 1
        size = self._size(page) if isinstance(step, PageRequest) else 0
        wanted: dict[Hashable, PageRequest] = {}
        begun = len(self._tasks)
        as_foreseen = begun and _name(step) == next(iter(self._tasks)) and page.count == self._count
        if isinstance(step, PageRequest) and not as_foreseen:
            begun = 0
            wanted[_name(step)] = step
        if isinstance(self._paginator, SeekablePaginator):
            for distance in range(max(2, begun + 1), size + 1):
                request = self._paginator.at(page, distance)
                wanted[_name(request)] = request
        self._count = page.count
        kept = dict(list(self._tasks.items())[: min(begun, size)])
        going_on = kept | {key: self._tasks[key] for key in wanted if key in self._tasks}
        for key, task in self._tasks.items():
            if key not in going_on:
                self._drop(task)
        new = {key: going_on.get(key) or self._begun(one) for key, one in wanted.items()}
        self._tasks = kept | new

    def _begun(self, request: PageRequest) -> asyncio.Task[Page]:
        return asyncio.ensure_future(self._fetch(request, self._anticipate))

    def _anticipate(self, page: Page) -> None:
        """Starts what follows a page that is waited for and whose items are still to be found."""
        if isinstance(self._paginator, SeekablePaginator):
            return
        if _name(page.request) != self._awaited:
            self._known = page
        if self._known is page or self._tasks:
            return
        with suppress(PaginationError):
            step = self._paginator.following(self._place(page))
            if isinstance(step, PageRequest):
                self._tasks[_name(step)] = self._begun(step)

    async def close(self) -> None:
        """Ends all that is on its way; returns when it has ended."""
        for task in self._tasks.values():
            self._drop(task)
        self._tasks.clear()
        if self._dropped:
            await asyncio.gather(*self._dropped, return_exceptions=True)

    def _size(self, page: Page) -> int:
        """How many pages after ``page`` to have under way."""
        if not isinstance(self._paginator, SeekablePaginator) or not page.count:
            return 1
        self._resize(page)
        left = self._paginator.pages_left(page)
        size = self._window if left is None else min(max(left, 1), self._permits)
        return min(size, self._window) if page.throttled or self._uneven else size

    def _resize(self, page: Page) -> None:
        """Doubles the window once a whole round came back full; halves it for a busy API."""
        if page.throttled:
            self._window = self._round = max(1, self._window // 2)
            return
        if page.progress.pages == 1:
            return
        self._round -= 1
        if self._round <= 0 and page.count >= page.progress.first_page_items:
            self._window = min(2 * self._window, self._permits)
            self._round = self._window

    def _drop(self, task: asyncio.Task[Page]) -> None:
        task.cancel()
        self._dropped.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[Page]) -> None:
        """A dropped page's failure is nobody's failure."""
        self._dropped.discard(task)
        if not task.cancelled():
            task.exception()


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
    key = _key(request)
    if key in seen:
        raise PaginationError(
            f"the answer leads to a page that was read already ({paginator.position} would be "
            "repeated): the listing would never end. Check cursorPath and paginationParam."
        )
    seen.add(key)


def _name(request: object) -> Hashable:
    """What is the same for requests for the same page, and cheap to make."""
    if not isinstance(request, PageRequest):
        return None
    return (request.url, request.params) if request.body is None else _key(request)


def _key(request: PageRequest) -> bytes:
    """A short digest: a listing of 100,000 pages keeps one for each."""
    body = json.dumps(request.body, sort_keys=True)
    text = "\n".join([request.url, *(f"{n}={v}" for n, v in request.params), body])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
