"""What offset and page have in common: a position that can be computed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from pagination.paginator import Follows, Page, PageRequest
from pagination.sign import Sign
from settings.model import PaginationSettings


@dataclass(frozen=True, slots=True)
class CountedPagination:
    """Any page can be asked for without the ones before it."""

    settings: PaginationSettings
    follows: Follows = Follows.POSITION

    @property
    def position(self) -> str:
        return f"paginationParam {self.settings.param!r}"

    @abstractmethod
    def at(self, anchor: Page, distance: int) -> PageRequest: ...

    @abstractmethod
    def past(self, page: Page, records: int) -> PageRequest: ...

    def followed(self, signs: Sequence[Sign]) -> Sign | None:
        return None

    def following(self, page: Page) -> PageRequest | None:
        return self.at(page, 1)
