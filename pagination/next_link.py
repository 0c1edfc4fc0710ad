"""``paginationType`` next_link: each answer's body holds the URL of the next page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from errors import PaginationError
from pagination.linked import LinkedPagination
from pagination.paginator import Page
from pagination.placement import first_page_was_full
from pagination.signals import MISSING, dig

DEFAULT_PATH = "@odata.nextLink"


@dataclass(frozen=True, slots=True)
class NextLinkPagination(LinkedPagination):
    """Follows the link at ``nextLinkPath``: a key of exactly that name, else a dot path."""

    @property
    def position(self) -> str:
        return f"nextLinkPath {self._path!r}"

    def link(self, page: Page) -> str | None:
        value = self._value(page)
        if isinstance(value, dict):
            # HAL and JSON:API write links as objects.
            value = value.get("href", value)
        if value is MISSING or value is None or value == "" or value is False:
            return None
        if not isinstance(value, str):
            raise PaginationError(f"what is at {self.position} is no link")
        return value

    def check_end(self, page: Page) -> None:
        if self.settings.next_link_path is None or self._value(page) is not MISSING:
            return
        if page.progress.pages == 1 and first_page_was_full(page, self.settings):
            raise PaginationError(
                f"the first page is full and no link is at {self.position}: correct nextLinkPath"
            )

    @property
    def _path(self) -> str:
        return self.settings.next_link_path or DEFAULT_PATH

    def _value(self, page: Page) -> Any:
        return dig(page.body, self._path)
