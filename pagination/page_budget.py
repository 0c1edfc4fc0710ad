"""One budget for the pages of all listings that are read at the same time.

A page counts from the moment it is asked for until its listing goes on to the next one. Two limits
hold: a number of pages that are prefetched, and the bytes of all pages. Nothing can wait for ever:
a listing's next page is refused by neither limit once no other page is under way.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

BUDGET_BYTES = 64 * 1024 * 1024
"""Of bodies; what they hold takes three to five times as much once it is read."""

UNKNOWN_BYTES = 6 * 1024 * 1024
"""What a page counts whose size is unknown, or whose items are on disk: larger bodies go there."""


class Hold:
    """One page's part of the budget: ``size`` in bytes, estimated while the page is ``coming``."""

    __slots__ = ("_share", "coming", "prefetched", "size", "taken")

    def __init__(self, share: Share, size: int, *, prefetched: bool) -> None:
        self._share = share
        self.size = size
        self.prefetched = prefetched
        self.coming = True
        self.taken = False

    def arrived(self, size: int | None) -> None:
        """The page is there, of ``size`` bytes; None where its items are not in memory."""
        self._share.arrived(self, UNKNOWN_BYTES if size is None else size)

    def needed(self) -> None:
        """From now on it is no prefetched page: its turn has come, or it is given up."""
        self._share.needed(self)

    def release(self) -> None:
        """The page is no longer held. Calling it again does nothing."""
        self._share.release(self)


class PageBudget:
    """``pages`` is how many pages all listings together may prefetch, beside one for each of them;
    ``size_bytes`` how many bytes of bodies all pages may have, by default ``BUDGET_BYTES``."""

    def __init__(self, pages: int, size_bytes: int | None = None) -> None:
        self._pages = pages
        self._size = BUDGET_BYTES if size_bytes is None else size_bytes
        self.held_pages = self.held_bytes = 0
        self._open = self._coming = self._passing = self.prefetched = 0
        self._waiting: deque[tuple[asyncio.Future[None], Hold]] = deque()
        self._estimates: dict[str, int] = {}

    @contextmanager
    def listing(self, name: str = "") -> Iterator[Share]:
        """The share of one listing while it is open. Those with the same ``name`` are expected to
        have pages of about the same size."""
        self._open += 1
        share = Share(self, name)
        try:
            yield share
        finally:
            self._open -= 1
            share.release_all()

    @contextmanager
    def passing(self) -> Iterator[None]:
        """While a page waits for nothing but a consumer, which takes it some time."""
        self._passing += 1
        try:
            yield
        finally:
            self._passing -= 1
            self.wake()

    @property
    def share_of_pages(self) -> int:
        """How many pages each open listing may prefetch, beside its next one."""
        return -(-self._pages // max(self._open, 1))

    def may_prefetch(self, size: int) -> bool:
        """Whether a page of about ``size`` bytes fits, and no listing waits for its next one."""
        return not self._waiting and self.held_bytes + size <= self._size

    def has_pages(self) -> bool:
        """Whether a listing may prefetch more than its next page."""
        return self.prefetched < self._pages

    def estimate(self, name: str) -> int:
        """About how many bytes a page of the listings called ``name`` has."""
        return self._estimates.get(name, UNKNOWN_BYTES)

    def learn(self, name: str, size: int) -> None:
        """Takes note of a page's size: an estimate rises at once, and falls slowly."""
        before = self._estimates.get(name, size)
        self._estimates[name] = max(size, (3 * before + size) // 4)

    async def wait_for(self, hold: Hold) -> None:
        """Takes ``hold`` as soon as there is room for it, or no page is coming or passing, so that
        nothing else would make room; first come, first served."""
        if not self._waiting and self._admits(hold):
            self.take(hold)
            return
        turn = asyncio.get_running_loop().create_future()
        entry = (turn, hold)
        self._waiting.append(entry)
        try:
            await turn
        except asyncio.CancelledError:
            if entry in self._waiting:
                self._waiting.remove(entry)
            hold.release()
            self.wake()
            raise

    def take(self, hold: Hold) -> None:
        """Counts ``hold``."""
        hold.taken = True
        self.held_pages += 1
        self.held_bytes += hold.size
        self._coming += 1

    def resize(self, hold: Hold, size: int) -> None:
        """The page of ``hold`` has come, and has ``size`` bytes."""
        self._coming -= 1
        self.held_bytes += size - hold.size
        hold.coming, hold.size = False, size
        self.wake()

    def give_back(self, hold: Hold) -> None:
        """``hold`` counts no longer."""
        hold.taken = False
        self._coming -= hold.coming
        self.held_pages -= 1
        self.held_bytes -= hold.size
        self.wake()

    def wake(self) -> None:
        """Lets those go on for whose pages there is room now."""
        while self._waiting and self._admits(self._waiting[0][1]):
            turn, hold = self._waiting.popleft()
            if not turn.done():
                self.take(hold)
                turn.set_result(None)

    def _admits(self, hold: Hold) -> bool:
        fits = self.held_bytes + hold.size <= self._size
        return fits or not (self._coming or self._passing)


class Share:
    """What one listing has of a budget."""

    def __init__(self, budget: PageBudget, name: str = "") -> None:
        self._budget = budget
        self._name = name
        self._holds: set[Hold] = set()
        self._prefetched = 0

    def prefetch(self) -> Hold | None:
        """The hold for one more page in advance, or None where there is no room for it."""
        budget, size = self._budget, self._budget.estimate(self._name)
        # The next page of a listing costs none of those that all of them share.
        shared = self._prefetched > 0
        if shared and (self._prefetched > budget.share_of_pages or not budget.has_pages()):
            return None
        if not budget.may_prefetch(size):
            return None
        hold = Hold(self, size, prefetched=True)
        self._prefetched += 1
        budget.prefetched += shared
        budget.take(hold)
        self._holds.add(hold)
        return hold

    async def next(self) -> Hold:
        """The hold for the page that the listing needs now, as soon as it may be asked for."""
        hold = Hold(self, self._budget.estimate(self._name), prefetched=False)
        await self._budget.wait_for(hold)
        self._holds.add(hold)
        return hold

    def arrived(self, hold: Hold, size: int) -> None:
        """See ``Hold.arrived``."""
        if hold.taken and hold.coming:
            self._budget.learn(self._name, size)
            self._budget.resize(hold, size)

    def needed(self, hold: Hold) -> None:
        """See ``Hold.needed``."""
        if hold.prefetched:
            hold.prefetched = False
            self._prefetched -= 1
            self._budget.prefetched -= self._prefetched > 0

    def release(self, hold: Hold) -> None:
        """See ``Hold.release``."""
        self.needed(hold)
        self._holds.discard(hold)
        if hold.taken:
            self._budget.give_back(hold)

    def release_all(self) -> None:
        """The listing holds no page any more."""
        for hold in list(self._holds):
            self.release(hold)
