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
    explicit_more,
    flagged_more,
    refuse_empty,
    short_of_total,
    sign_name,
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
        explicit = explicit_more(page, self.settings)
        if explicit is False:
            sign = sign_name(self.settings, True)
            return ended(page, self.settings, f"{sign} says that this was the last page")
        if explicit:
            refuse_empty(page, sign_name(self.settings, True))
        if link is not None:
            return linked(page, link)
        if explicit or flagged_more(page, next_fields=False):
            sign = sign_name(self.settings, bool(explicit))
            raise PaginationError(
                f"{sign} says that there is more, but there is no link: check {self.position}"
            )
        self.check_end(page)
        return ended(page, self.settings, "no link to a next page")

    def expects_more(self, page: Page) -> bool:
        explicit = explicit_more(page, self.settings)
        if explicit is not None:
            return explicit
        return self.link(page) is not None or short_of_total(page, self.settings) is not None

    def check_end(self, page: Page) -> None:
        """Raises ``PaginationError`` where the lack of a link is more likely a wrong setting."""
