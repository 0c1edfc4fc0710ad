"""``paginationType`` page: which page, counted from ``startPage``."""

from __future__ import annotations

from dataclasses import dataclass

from pagination.counted import end_of, expects_more, pages_left
from pagination.paginator import End, Page, PageRequest
from pagination.sizes import asked_size, with_size
from settings.model import PaginationSettings


@dataclass(frozen=True, slots=True)
class PagePagination:
    """Asks for page after page."""

    settings: PaginationSettings

    @property
    def position(self) -> str:
        return f"paginationParam {self.settings.param!r}"

    def first(self, request: PageRequest) -> PageRequest:
        given = request.param(self.settings.param)
        start = int(given) if given and given.isdecimal() else self.settings.start_page
        return self._to(with_size(request, self.settings), start)

    def following(self, page: Page) -> PageRequest | End:
        end = end_of(page, self.settings, asked_size(page.request, self.settings))
        return end or self._to(page.request, self._number(page) + 1)

    def expects_more(self, page: Page) -> bool:
        return expects_more(page, self.settings)

    def at(self, anchor: Page, distance: int) -> PageRequest:
        return self._to(anchor.request, self._number(anchor) + distance)

    def pages_left(self, page: Page) -> int | None:
        return pages_left(page, self.settings)

    def _number(self, page: Page) -> int:
        return int(page.request.param(self.settings.param) or self.settings.start_page)

    def _to(self, request: PageRequest, number: int) -> PageRequest:
        return request.with_param(self.settings.param, str(number))
