"""``paginationType`` offset: how many items to skip."""

from __future__ import annotations

from dataclasses import dataclass

from pagination.counted import end_of, expects_more, pages_left
from pagination.paginator import End, Page, PageRequest
from pagination.sizes import asked_size, with_size
from settings.model import PaginationSettings


@dataclass(frozen=True, slots=True)
class OffsetPagination:
    """Skips the items that were received, not ``pageSize``: servers cap page sizes."""

    settings: PaginationSettings

    @property
    def position(self) -> str:
        return f"paginationParam {self.settings.param!r}"

    def first(self, request: PageRequest) -> PageRequest:
        start = _as_int(request.param(self.settings.param))
        return self._to(with_size(request, self.settings), start)

    def following(self, page: Page) -> PageRequest | End:
        end = end_of(page, self.settings, asked_size(page.request, self.settings))
        return end or self._to(page.request, self._offset(page) + page.count)

    def expects_more(self, page: Page) -> bool:
        return expects_more(page, self.settings)

    def at(self, anchor: Page, distance: int) -> PageRequest:
        return self._to(anchor.request, self._offset(anchor) + distance * anchor.count)

    def pages_left(self, page: Page) -> int | None:
        return pages_left(page, self.settings)

    def _offset(self, page: Page) -> int:
        return _as_int(page.request.param(self.settings.param))

    def _to(self, request: PageRequest, offset: int) -> PageRequest:
        return request.with_param(self.settings.param, str(offset))


def _as_int(text: str | None) -> int:
    """A start that a resource's query_params give, or 0."""
    return int(text) if text and text.isdecimal() else 0
