"""``paginationType`` none: one request is the whole listing.

``GET /teams`` -> ``[{"id": 1}, {"id": 2}]``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pagination.paginator import Follows, Page, PageRequest
from pagination.sign import Sign
from settings.model import PaginationSettings


@dataclass(frozen=True, slots=True)
class NoPagination:
    """Reads one page, and follows nothing."""

    settings: PaginationSettings
    follows: Follows = Follows.NOTHING
    position: str = "paginationType"

    def first(self, request: PageRequest) -> PageRequest:
        return request

    def followed(self, signs: Sequence[Sign]) -> Sign | None:
        return None

    def following(self, page: Page) -> PageRequest | None:
        return None
