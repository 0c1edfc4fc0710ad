"""``paginationType`` cursor: each response names the position of the next page.

``GET /users?limit=100`` -> ``{"users": [...], "next_cursor": "b7"}``, then
``GET /users?limit=100&cursor=b7``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from errors import PaginationError
from pagination.links import is_link_of, linked
from pagination.paginator import Follows, Page, PageRequest
from pagination.placement import placed, with_size
from pagination.sign import Says, Sign, SignKind
from settings.model import Location, PaginationSettings


@dataclass(frozen=True, slots=True)
class CursorPagination:
    """Follows the cursor at ``cursorPath``, or at the first common place that holds one."""

    settings: PaginationSettings
    follows: Follows = Follows.SIGN

    @property
    def position(self) -> str:
        return f"paginationParam {self.settings.param!r}"

    def first(self, request: PageRequest) -> PageRequest:
        request = with_size(request, self.settings)
        if self.settings.first_cursor is None:
            return request
        return placed(request, self.settings, self.settings.param, self.settings.first_cursor)

    def followed(self, signs: Sequence[Sign]) -> Sign | None:
        more = [sign for sign in signs if sign.says is Says.MORE]
        if self.settings.cursor_path:
            return next((one for one in more if one.setting == "cursorPath"), None)
        cursors = [one for one in more if one.kind is SignKind.CURSOR]
        links = [one for one in more if one.kind is SignKind.LINK and _is_pattern(one.name)]
        return next(iter((*cursors, *links)), None)

    def following(self, page: Page) -> PageRequest | None:
        sign = self.followed(page.signs)
        if sign is None:
            return None
        if not isinstance(sign.value, str | int):
            raise PaginationError(f"the cursor at {sign.name!r} is neither text nor a whole number")
        cursor = str(sign.value)
        if is_link_of(cursor, page.request):
            return linked(page, cursor, self.settings)
        request = self._alone(page.request) if self.settings.cursor_alone else page.request
        return placed(request, self.settings, self.settings.param, cursor)

    def _alone(self, request: PageRequest) -> PageRequest:
        """``request`` without what it asks for, which the cursor stands for."""
        if self.settings.location is Location.BODY:
            return replace(request, body={})
        return replace(request, params=())


def _is_pattern(name: str) -> bool:
    """``links.next`` is a common place of cursors, and often holds a link."""
    return name.lower().lstrip("_").endswith("links.next")
