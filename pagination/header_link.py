"""``paginationType`` header_link: the ``Link`` header names the next page."""

from __future__ import annotations

from dataclasses import dataclass

from pagination.link_header import parse_link_header
from pagination.linked import LinkedPagination
from pagination.paginator import Page


@dataclass(frozen=True, slots=True)
class HeaderLinkPagination(LinkedPagination):
    """Follows the first link whose relation is ``headerLinkRel``."""

    @property
    def position(self) -> str:
        return f"headerLinkRel {self.settings.header_link_rel!r}"

    def link(self, page: Page) -> str | None:
        rel = self.settings.header_link_rel.lower()
        links = parse_link_header(page.headers.get("link", ""))
        return next((link.target for link in links if rel in link.rels), None)
