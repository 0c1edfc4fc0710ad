"""What the strategies that follow links have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from pagination.links import linked
from pagination.paginator import Follows, Page, PageRequest
from pagination.placement import with_size
from pagination.sign import Says, Sign
from settings.model import PaginationSettings


@dataclass(frozen=True, slots=True)
class LinkedPagination:
    """Follows the link that ``setting`` names."""

    settings: PaginationSettings
    follows: Follows = Follows.SIGN
    setting: str = ""

    @property
    @abstractmethod
    def position(self) -> str: ...

    def first(self, request: PageRequest) -> PageRequest:
        return with_size(request, self.settings)

    def followed(self, signs: Sequence[Sign]) -> Sign | None:
        more = (sign for sign in signs if sign.says is Says.MORE)
        return next((sign for sign in more if sign.setting == self.setting), None)

    def following(self, page: Page) -> PageRequest | None:
        sign = self.followed(page.signs)
        return None if sign is None else linked(page, str(sign.value), self.settings)
