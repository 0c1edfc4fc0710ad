"""What the strategies that follow links have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from errors import PaginationError
from pagination.links import linked
from pagination.paginator import End, Page, PageRequest
from pagination.placement import with_size
from pagination.signals import (
    ended,
    explicit_sign,
    has_more_sign,
    last_page,
    refuse_empty,
    short_of_total,
)
from settings.model import PaginationSettings


@dataclass(frozen=True, slots=True)
class LinkedPagination:
    """Follows the link of each page until there is none, or a named flag says that it is over."""

    settings: PaginationSettings

    @property
    @abstractmethod
    def position(self) -> str: ...

    @abstractmethod
    def link(self, page: Page) -> str | None:
        """The link to the next page, or None. Raises ``PaginationError`` for what is no link."""

    def first(self, request: PageRequest) -> PageRequest:
        return with_size(request, self.settings)

    def following(self, page: Page) -> PageRequest | End:
        link = self.link(page)
        named = explicit_sign(page, self.settings)
        if named.more is False:
            return last_page(page, self.settings, named)
        if named.more:
            refuse_empty(page, named)
        if link is not None:
            return linked(page, link)
        # Only now the patterns: a link is stronger than a sign that was merely recognised.
        sign = has_more_sign(page, self.settings, next_fields=False)
        if sign.more:
            raise PaginationError(
                f"{sign.name} says that there is more, but there is no link: check {self.position}"
            )
        self.check_end(page)
        return ended(page, self.settings, "no link to a next page")

    def expects_more(self, page: Page) -> bool:
        named = explicit_sign(page, self.settings)
        if named.more is not None:
            return named.more
        return self.link(page) is not None or short_of_total(page, self.settings) is not None

    def check_end(self, page: Page) -> None:
        """Raises ``PaginationError`` where the lack of a link is more likely a wrong setting."""
