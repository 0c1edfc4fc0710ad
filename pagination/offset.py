"""``paginationType`` offset: how many items to skip."""

from __future__ import annotations

from dataclasses import dataclass

from pagination.counted import CountedPagination
from pagination.paginator import Page, PageRequest
from pagination.placement import found_number, placed, with_size


@dataclass(frozen=True, slots=True)
class OffsetPagination(CountedPagination):
    """Skips the items that were received, not ``pageSize``: servers cap page sizes."""

    def first(self, request: PageRequest) -> PageRequest:
        return self._to(with_size(request, self.settings), self._offset(request))

    def at(self, anchor: Page, distance: int) -> PageRequest:
        return self._to(anchor.request, self._offset(anchor.request) + distance * anchor.count)

    def _offset(self, request: PageRequest) -> int:
        return found_number(request, self.settings, self.settings.param) or 0

    def _to(self, request: PageRequest, offset: int) -> PageRequest:
        return placed(request, self.settings, self.settings.param, offset)
