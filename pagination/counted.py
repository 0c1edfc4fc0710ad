"""What offset and page have in common: the evidence, in the order of its strength."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from pagination.paginator import End, Page, PageRequest
from pagination.placement import asked_size
from pagination.signals import (
    ended,
    has_more_sign,
    last_page,
    refuse_empty,
    short_of_total,
    total_of,
)
from settings.model import PaginationSettings


@dataclass(frozen=True, slots=True)
class CountedPagination:
    """A position that can be computed: any page can be asked for without the ones before it."""

    settings: PaginationSettings

    @property
    def position(self) -> str:
        return f"paginationParam {self.settings.param!r}"

    @abstractmethod
    def at(self, anchor: Page, distance: int) -> PageRequest: ...

    def following(self, page: Page) -> PageRequest | End:
        end = end_of(page, self.settings, asked_size(page.request, self.settings))
        return end or self.at(page, 1)

    def expects_more(self, page: Page) -> bool:
        return expects_more(page, self.settings)

    def pages_left(self, page: Page) -> int | None:
        return pages_left(page, self.settings)


def end_of(page: Page, settings: PaginationSettings, page_size: int) -> End | None:
    """The end of the listing if ``page`` proves it, or None if one more request is needed.

    Raises ``PaginationError`` where has-more is true and the page is empty, or where the listing
    would end below an explicit total.
    """
    sign = has_more_sign(page, settings, next_fields=True)
    if sign.more is False:
        return last_page(page, settings, sign)
    if sign.more:
        refuse_empty(page, sign)
        return None
    if _total_is_reached(page, settings):
        return End("the total is reached")
    if page.count == 0:
        return ended(page, settings, "an empty page")
    if short_of_total(page, settings) is not None:
        return None
    if page.count < page_size and page.count < page.progress.largest_page:
        return End(f"a page of {page.count} items where {page.progress.largest_page} can come")
    return None


def expects_more(page: Page, settings: PaginationSettings) -> bool:
    """Whether the answer holds any sign that there are more pages."""
    sign = has_more_sign(page, settings, next_fields=True)
    return bool(sign.more) or short_of_total(page, settings) is not None


def pages_left(page: Page, settings: PaginationSettings) -> int | None:
    """How many pages as large as ``page`` are still to come, where a total is told."""
    total = total_of(page, settings)
    if total is None or total <= page.progress.first_page_items or not page.count:
        return None
    return max(0, -(-(total - page.progress.items) // page.count))


def _total_is_reached(page: Page, settings: PaginationSettings) -> bool:
    """A total not above the first page may be the size of that page, and one that was passed is
    wrong: both prove nothing."""
    total = total_of(page, settings)
    return total is not None and page.progress.first_page_items < total == page.progress.items
