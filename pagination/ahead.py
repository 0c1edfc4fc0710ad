"""The pages of a listing that are fetched before they are needed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress

from errors import PaginationError
from pagination.page_budget import Hold, Share
from pagination.paginator import End, Page, PageRequest, Paginator, SeekablePaginator

Anticipated = Callable[[Page], PageRequest | None]
Fetch = Callable[[PageRequest, Callable[[Page], None]], Awaitable[Page]]
"""Gets a page. Where its records take a while to find, the page as far as it is known is told
first."""


class Ahead:
    """Keeps them in the order of the listing: of one whose pages are counted a window that grows,
    of any other the next. ``share`` has room for them, or not: then a page is fetched when it is
    needed. ``anticipated`` says what follows a page whose records are still to be found."""

    def __init__(
        self,
        paginator: Paginator,
        fetch: Fetch,
        permits: int,
        anticipated: Anticipated,
        share: Share,
    ) -> None:
        self._paginator = paginator
        self._fetch = fetch
        self._permits = permits
        self._anticipated = anticipated
        self._share = share
        self._handed_on: Hold | None = None
        self._tasks: dict[Hashable, asyncio.Task[Page]] = {}
        self._holds: dict[asyncio.Task[Page], Hold] = {}
        self._dropped: set[asyncio.Task[Page]] = set()
        self._window = 1
        self._round = 1
        self._uneven = False
        self._count: int | None = 0
        self._awaited: Hashable = None
        self._known: Page | None = None

    async def get(self, request: PageRequest) -> Page:
        """The page for ``request``, which may be on its way already. The one before it counts as
        held until now."""
        if self._handed_on is not None:
            self._handed_on.release()
        self._awaited = _name(request)
        task = self._tasks.pop(self._awaited, None)
        if task is None:
            self._handed_on = await self._share.next()
            return await self._fetched(request, self._handed_on)
        self._handed_on = self._holds.pop(task)
        self._handed_on.needed()
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
        self._tasks = kept
        full = False
        for key, request in wanted.items():
            if key in going_on:
                self._tasks[key] = going_on[key]
            elif not full:
                # Whatever is further away has no room either, nor a right to it.
                full = not self._begin(key, request)

    def _begin(self, key: Hashable, request: PageRequest) -> bool:
        """Starts to fetch a page, if there is room for it."""
        hold = self._share.prefetch()
        if hold is None:
            return False
        task = self._tasks[key] = asyncio.ensure_future(self._fetched(request, hold))
        self._holds[task] = hold
        return True

    async def _fetched(self, request: PageRequest, hold: Hold) -> Page:
        try:
            page = await self._fetch(request, self._anticipate)
        except BaseException:
            hold.release()
            raise
        hold.arrived(page.size_bytes if page.rest is None else None)
        return page

    def _anticipate(self, page: Page) -> None:
        """Starts what follows a page that is waited for and whose items are still to be found."""
        if isinstance(self._paginator, SeekablePaginator):
            return
        if _name(page.request) != self._awaited:
            self._known = page
        if self._known is page or self._tasks:
            return
        with suppress(PaginationError):
            step = self._anticipated(page)
            if step is not None:
                self._begin(_name(step), step)

    async def close(self) -> None:
        """Ends all that is on its way; returns when it has ended."""
        for task in self._tasks.values():
            self._drop(task)
        self._tasks.clear()
        if self._dropped:
            await asyncio.gather(*self._dropped, return_exceptions=True)
        self._share.release_all()

    def _size(self, page: Page) -> int:
        """How many pages after ``page`` to have under way."""
        if not isinstance(self._paginator, SeekablePaginator) or not page.count:
            return 1
        self._resize(page)
        left = _pages_left(page, named=self._paginator.settings.total_path is not None)
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
        if self._round <= 0 and (page.count or 0) >= (page.progress.first_page or 0):
            self._window = min(2 * self._window, self._permits)
            self._round = self._window

    def _drop(self, task: asyncio.Task[Page]) -> None:
        task.cancel()
        self._dropped.add(task)
        if (hold := self._holds.get(task)) is not None:
            hold.needed()
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[Page]) -> None:
        """A dropped page's failure is nobody's failure."""
        self._dropped.discard(task)
        if (hold := self._holds.pop(task, None)) is not None:
            hold.release()
        if not task.cancelled():
            task.exception()


def _pages_left(page: Page, *, named: bool) -> int | None:
    """How many pages as large as ``page`` are still to come, where a total is told. A hint. Behind
    a full page that reaches a total, ``named`` or not, another is needed where it is not."""
    total, read = page.progress.total, page.progress.records
    if total is None or read is None or not page.count or total <= (page.progress.first_page or 0):
        return None
    left = max(0, total - read)
    return -(-left // page.count) if named else left // page.count + 1


def _name(request: object) -> Hashable:
    """What is the same for requests for the same page, and cheap to make."""
    if not isinstance(request, PageRequest):
        return None
    return (request.url, request.params) if request.body is None else digest_of(request)


def digest_of(request: PageRequest) -> bytes:
    """A short digest: a listing of 100,000 pages keeps one for each."""
    body = json.dumps(request.body, sort_keys=True)
    text = "\n".join([request.url, *(f"{n}={v}" for n, v in request.params), body])
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
