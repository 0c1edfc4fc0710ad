"""``paginationType`` page: which page, counted from ``startPage``.

``GET /users?page=1&size=100`` -> 100 records, then ``GET /users?page=2&size=100``
"""

from __future__ import annotations

from dataclasses import dataclass

from pagination.counted import CountedPagination
from pagination.paginator import Page, PageRequest
from pagination.placement import number_in, placed, with_size


@dataclass(frozen=True, slots=True)
class PagePagination(CountedPagination):
    """Asks for page after page."""

    def first(self, request: PageRequest) -> PageRequest:
        return self._to(with_size(request, self.settings), self._number(request))

    def at(self, anchor: Page, distance: int) -> PageRequest:
        return self._to(anchor.request, self._number(anchor.request) + distance)

    def past(self, page: Page, records: int) -> PageRequest:
        return self.at(page, 1)

    def _number(self, request: PageRequest) -> int:
        """The page that ``request`` asks for; where it names none, the first."""
        given = number_in(request, self.settings, self.settings.param)
        return self.settings.start_page if given is None else given

    def _to(self, request: PageRequest, number: int) -> PageRequest:
        return placed(request, self.settings, self.settings.param, number)
