"""``paginationType`` offset: how many records to skip.

``GET /users?offset=0&limit=100`` -> 100 records, then ``GET /users?offset=100&limit=100``
"""

from __future__ import annotations

from dataclasses import dataclass

from pagination.counted import CountedPagination
from pagination.paginator import Page, PageRequest
from pagination.placement import asked_size, number_in, placed, with_size


@dataclass(frozen=True, slots=True)
class OffsetPagination(CountedPagination):
    """Skips the records that were received, not ``pageSize``: servers cap page sizes."""

    def first(self, request: PageRequest) -> PageRequest:
        return self._to(with_size(request, self.settings), self._offset(request))

    def at(self, anchor: Page, distance: int) -> PageRequest:
        # A page of nothing but a record that came before is no empty one.
        step = max(anchor.progress.page_records, 1) if anchor.count else self._blank(anchor)
        return self._to(anchor.request, self._offset(anchor.request) + distance * step)

    def past(self, page: Page, records: int) -> PageRequest:
        return self._to(page.request, self._offset(page.request) + records)

    def _blank(self, page: Page) -> int:
        """How far an empty page moves: the page size, as far as the server gives it."""
        asked = asked_size(page.request, self.settings)
        return min(asked, page.progress.largest_page or asked)

    def _offset(self, request: PageRequest) -> int:
        given = number_in(request, self.settings, self.settings.param)
        return self.settings.start_offset if given is None else given

    def _to(self, request: PageRequest, offset: int) -> PageRequest:
        return placed(request, self.settings, self.settings.param, offset)
