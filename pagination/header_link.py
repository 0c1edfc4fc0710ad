"""``paginationType`` header_link: the ``Link`` header names the next page.

``GET /users`` -> ``Link: <https://api.example.com/users?page=2>; rel="next"``, then that URL
"""

from __future__ import annotations

from dataclasses import dataclass

from pagination.linked import LinkedPagination


@dataclass(frozen=True, slots=True)
class HeaderLinkPagination(LinkedPagination):
    """Follows the first link whose relation is ``headerLinkRel``."""

    setting: str = "headerLinkRel"

    @property
    def position(self) -> str:
        return f"headerLinkRel {self.settings.header_link_rel!r}"
