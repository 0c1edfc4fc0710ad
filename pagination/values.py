"""From a value at a sign's place to the sign."""

from __future__ import annotations

from typing import Any

from pagination.paginator import Page
from pagination.places import plain
from pagination.sign import Says, Sign, SignKind
from settings.model import PaginationSettings, PaginationType

YES, NO = frozenset(("true", "yes", "y", "1")), frozenset(("false", "no", "n", "0"))


def flag_sign(name: str | None, value: Any, more: bool, setting: str = "") -> Sign:
    """The sign of a flag."""
    return Sign(name or "", SignKind.FLAG, Says.MORE if more else Says.END, value, setting)


def leading_sign(name: str, kind: SignKind, value: Any, setting: str = "") -> Sign:
    """The sign of a link or cursor, whose ``value`` is None where there is none."""
    return Sign(name, kind, Says.END if value is None else Says.MORE, value, setting)


def total_sign(
    name: str, value: int, page: Page, setting: str = "", *, exact: bool = True
) -> Sign | None:
    """The sign of a total; one that was passed is no evidence, but may tell that it shrinks. One
    that is not ``exact`` is the least that there is: it never ends a listing."""
    read = page.progress.records
    if read is None:
        # What cannot be counted is no evidence of an end; of more it may be.
        less = value <= page.progress.items
        return None if less else Sign(name, SignKind.TOTAL, Says.MORE, value, setting, sure=False)
    more = value > read or (value == read and not exact)
    return Sign(name, SignKind.TOTAL, Says.MORE if more else Says.END, value, setting, sure=exact)


def pages_sign(
    name: str,
    value: int,
    page: Page,
    settings: PaginationSettings,
    setting: str = "",
    *,
    number: int | None = None,
) -> Sign | None:
    """The sign of a number of pages; ``number`` is the one that the response gives to its page."""
    read, pages, first = page.progress.pages, value, _first_number(page, settings, number)
    if settings.type is PaginationType.OFFSET:
        # An empty page may be the fault of an offset that means something else.
        read -= page.progress.blank_pages
    if number is not None:
        read = number + 1 - (first or 0)
    is_last = "last" in plain(name)
    if is_last and first == 0:
        # It is the number of the last page, not how many there are.
        pages += 1
    if pages > read:
        return Sign(name, SignKind.PAGES, Says.MORE, value, setting)
    if is_last and first is None and pages == read:
        # Where pages are counted from 0 there is one more.
        return None
    # Offsets move by what was received: so many requests need not be so many pages.
    sure = number is not None or settings.type is not PaginationType.OFFSET
    return Sign(name, SignKind.PAGES, Says.END, value, setting, sure=sure)


def _first_number(page: Page, settings: PaginationSettings, number: int | None) -> int | None:
    """The number of the first page, 0 or 1, or None where nothing tells."""
    if number is not None:
        told = number if page.progress.first_number is None else page.progress.first_number
        return 0 if told == 0 else 1
    if settings.type is PaginationType.PAGE:
        return 0 if settings.start_page == 0 else 1
    return None


def yes_or_no(value: Any, *, strict: bool) -> bool | None:
    """``strict`` takes no numbers: ``last`` may also count pages."""
    text = str(value).strip().lower()
    if isinstance(value, bool) or (isinstance(value, str) and text in ("true", "false")):
        return text == "true"
    if strict or not isinstance(value, str | int):
        return None
    return True if text in YES else False if text in NO else None


def as_total(value: Any) -> tuple[int | None, bool]:
    """A total, and whether it is exact: ``{"value": 10000, "relation": "gte"}`` is not."""
    if not isinstance(value, dict):
        return as_count(value), True
    exact = str(value.get("relation", "eq")).lower() in ("eq", "exact", "equal")
    return as_count(value.get("value", value.get("count"))), exact


def as_count(value: Any) -> int | None:
    """A number of records or pages, also one written as text; else None."""
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None
