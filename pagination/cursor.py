"""``paginationType`` cursor: each answer names the position of the next page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from errors import PaginationError
from pagination.links import is_link, linked
from pagination.paginator import End, Page, PageRequest
from pagination.placement import first_page_was_full, found, placed, with_size
from pagination.signals import (
    CURSOR_PATTERNS,
    MISSING,
    dig,
    ended,
    has_more_sign,
    last_page,
    refuse_empty,
    short_of_total,
)
from settings.model import PaginationSettings


@dataclass(frozen=True, slots=True)
class CursorPagination:
    """Follows the cursor at ``cursorPath``, or at the first common pattern that holds one."""

    settings: PaginationSettings

    @property
    def position(self) -> str:
        return f"paginationParam {self.settings.param!r}"

    def first(self, request: PageRequest) -> PageRequest:
        return with_size(request, self.settings)

    def following(self, page: Page) -> PageRequest | End:
        cursor = self._cursor(page)
        sign = has_more_sign(page, self.settings, next_fields=False)
        if sign.more is False:
            return last_page(page, self.settings, sign)
        if sign.more:
            refuse_empty(page, sign)
        if cursor is None:
            if sign.more:
                raise PaginationError(
                    f"{sign.name} says that there is more, but {self._no_cursor()}"
                )
            self._refuse_wrong_path(page)
            return ended(page, self.settings, "no next cursor")
        if is_link(cursor):
            return linked(page, cursor)
        return placed(page.request, self.settings, self.settings.param, cursor)

    def expects_more(self, page: Page) -> bool:
        sign = has_more_sign(page, self.settings, next_fields=False)
        if sign.more is not None:
            return sign.more
        return self._cursor(page) is not None or short_of_total(page, self.settings) is not None

    def _paths(self) -> tuple[str, ...]:
        return (self.settings.cursor_path,) if self.settings.cursor_path else CURSOR_PATTERNS

    def _cursor(self, page: Page) -> str | None:
        current = found(page.request, self.settings, self.settings.param)
        ended = False
        for path in self._paths():
            value = dig(page.body, path)
            text = _as_text(value, path)
            # Beside a next_cursor that is null, an answer may repeat the cursor it was asked by.
            if text is not None and not (ended and text == current):
                return text
            ended = ended or value is None
        return None

    def _refuse_wrong_path(self, page: Page) -> None:
        """A full first page and no trace of a cursor: more likely a wrong path than the end."""
        present = any(dig(page.body, path) is not MISSING for path in self._paths())
        full = first_page_was_full(page, self.settings)
        if not present and full and not page.progress.seen.intersection(self._paths()):
            raise PaginationError(
                f"the first page is full and {self._no_cursor()}; set cursorPath to where it is"
            )

    def _no_cursor(self) -> str:
        if self.settings.cursor_path:
            return f"no cursor is at cursorPath {self.settings.cursor_path!r}"
        return f"no cursor is at any common place ({', '.join(CURSOR_PATTERNS)})"


def _as_text(value: Any, path: str) -> str | None:
    """A cursor as a parameter's value, or None where there is none. Raises for what is neither."""
    if value is MISSING or value is None or value == "" or value is False:
        return None
    if isinstance(value, bool | list | dict | float):
        raise PaginationError(f"the cursor at {path!r} is neither text nor a whole number")
    return str(value)
