"""``paginationType`` none: one request is the whole listing."""

from __future__ import annotations

from dataclasses import dataclass

from errors import PaginationError
from pagination.counted import expects_more
from pagination.paginator import End, Page, PageRequest
from settings.model import PaginationSettings


@dataclass(frozen=True, slots=True)
class NoPagination:
    """Reads one page. An answer that tells of more gets a warning, or an error where
    ``hasMorePath``, ``lastPagePath`` or ``totalPath`` was set to watch for it."""

    settings: PaginationSettings
    position: str = ""

    def first(self, request: PageRequest) -> PageRequest:
        return request

    def following(self, page: Page) -> PageRequest | End:
        if not self.expects_more(page):
            return End("paginationType is none")
        told = "the answer tells of more items, but paginationType is none"
        if self.settings.has_more_path or self.settings.last_page_path or self.settings.total_path:
            raise PaginationError(f"{told}: set paginationType")
        return End("paginationType is none", warning=told)

    def expects_more(self, page: Page) -> bool:
        return expects_more(page, self.settings)
