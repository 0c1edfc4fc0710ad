"""``paginationType`` next_link: the body of each response holds the URL of the next page.

``GET /users`` -> ``{"value": [...], "@odata.nextLink": "https://api.example.com/users?skip=100"}``,
then that URL
"""

from __future__ import annotations

from dataclasses import dataclass

from pagination.linked import LinkedPagination
from pagination.signs import DEFAULT_LINK_PATH


@dataclass(frozen=True, slots=True)
class NextLinkPagination(LinkedPagination):
    """Follows the link at ``nextLinkPath``."""

    setting: str = "nextLinkPath"

    @property
    def position(self) -> str:
        return f"nextLinkPath {self.settings.next_link_path or DEFAULT_LINK_PATH!r}"
