"""Reads all that a response says about further pages, for every pagination type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from errors import PaginationError
from pagination.header_signs import EMPTY, header_link
from pagination.paginator import Page, PageRequest
from pagination.paths import MISSING, find
from pagination.placement import value_in
from pagination.places import plain
from pagination.recognised import backwards, page_number, recognised
from pagination.sign import LEADS_ON, Says, Sign, SignKind
from pagination.values import (
    NO,
    as_count,
    as_total,
    flag_sign,
    leading_sign,
    pages_sign,
    total_sign,
    yes_or_no,
)
from settings.model import PaginationSettings, PaginationType

DEFAULT_LINK_PATH = "@odata.nextLink"


def signs_of(page: Page, settings: PaginationSettings) -> tuple[Sign, ...]:
    """Every sign of ``page``: those that settings name first, then the recognised ones.

    What an earlier page told of totals and named flags still holds where this one is silent; a
    link, cursor or next page number that is gone says that this was the last page. Raises
    ``PaginationError`` where a named path leads to what it cannot mean.
    """
    named = list(_named(page, settings))
    taken = {plain(sign.name) for sign in named}
    taken |= {plain(path) for path in _paths(settings) if _leads_somewhere(path, page)}
    ignored = frozenset(map(plain, settings.ignored_signs))
    found = {sign.name: sign for sign in named}
    for sign in recognised(page, settings):
        if not _is_ignored(sign.name, ignored) and plain(sign.name) not in taken:
            found.setdefault(sign.name, sign)
    for sign in page.progress.earlier.values():
        if sign.name not in found and (held := _held(sign, page, settings)):
            found[sign.name] = held
    return tuple(_without_echoes(found.values(), sent(page.request, settings)))


def not_first(page: Page, settings: PaginationSettings, start: int) -> Sign | None:
    """What says that ``page``, the first that was asked for, is not the listing's first; ``start``
    is the page number that was asked for."""
    ignored = frozenset(map(plain, settings.ignored_signs))
    for sign in backwards(page, start):
        if not _is_ignored(sign.name, ignored):
            return sign
    return None


def sent(request: PageRequest, settings: PaginationSettings) -> str | None:
    """The position that was sent with ``request``, as text, or None."""
    return value_in(request, settings, settings.param) if settings.param else None


def truthy(value: Any) -> bool:
    """Whether a named flag means yes; APIs write false as text and as 0, too."""
    if isinstance(value, str):
        return value.strip().lower() not in (*NO, *EMPTY)
    return bool(value)


def _named(page: Page, settings: PaginationSettings) -> Iterator[Sign]:
    flag = _at(page, settings.has_more_path)
    if flag is not MISSING:
        yield flag_sign(settings.has_more_path, flag, truthy(flag), "hasMorePath")
    last = _at(page, settings.last_page_path)
    answered = flag is not MISSING or settings.has_more_path in page.progress.earlier
    if last not in (MISSING, None) and not answered:
        if yes_or_no(last, strict=False) is None and last != "":
            raise PaginationError(
                f"lastPagePath {settings.last_page_path!r} leads to {last!r:.60}, which says "
                "neither yes nor no"
            )
        yield flag_sign(settings.last_page_path, last, not truthy(last), "lastPagePath")
    if settings.total_path:
        yield from _named_total(settings.total_path, page)
    if settings.total_pages_path:
        yield from _named_pages(settings.total_pages_path, page, settings)
    yield from _own(page, settings)


def _leads_somewhere(path: str, page: Page) -> bool:
    """Whether a named path leads somewhere on this page or led on one before: only then is what is
    there not recognised, too."""
    return path in page.progress.earlier or _at(page, path) is not MISSING


def _at(page: Page, path: str | None) -> Any:
    """What a named path leads to on this page, or ``MISSING``."""
    if path is None:
        return MISSING
    return find(path, page.body, page.headers, page.evaluated)


def _named_total(path: str, page: Page) -> Iterator[Sign]:
    value, holder = _at(page, path), _at(page, path.rpartition(".")[0] or None)
    if isinstance(holder, dict) and "relation" in holder and not isinstance(value, dict):
        # Elasticsearch counts up to 10,000 exactly, and says beside the number whether it did.
        value = {**holder, "value": value}
    if value is MISSING or value is None:
        return
    number, exact = as_total(value)
    if number is None:
        raise _no_number("totalPath", path, value)
    if sign := total_sign(path, number, page, "totalPath", exact=exact):
        yield sign


def _named_pages(path: str, page: Page, settings: PaginationSettings) -> Iterator[Sign]:
    value = _at(page, path)
    if value is MISSING or value is None:
        return
    pages, number = as_count(value), page_number(page)
    if pages is None:
        raise _no_number("totalPagesPath", path, value)
    if sign := pages_sign(path, pages, page, settings, "totalPagesPath", number=number):
        yield sign


def _no_number(setting: str, path: str, value: Any) -> PaginationError:
    return PaginationError(f"{setting} {path!r} leads to {value!r:.60}, which is no number")


def _own(page: Page, settings: PaginationSettings) -> Iterator[Sign]:
    """What the type itself follows, where a setting says where that is."""
    match settings.type:
        case PaginationType.CURSOR if settings.cursor_path:
            yield from _named_cursor(settings.cursor_path, _at(page, settings.cursor_path), page)
        case PaginationType.NEXT_LINK:
            path = settings.next_link_path or DEFAULT_LINK_PATH
            yield from _named_link(path, _at(page, path))
        case PaginationType.HEADER_LINK:
            yield from header_link(page.headers, settings.header_link_rel, "headerLinkRel")


def _paths(settings: PaginationSettings) -> Iterator[str]:
    paths = [settings.has_more_path, settings.last_page_path, settings.total_path]
    paths.append(settings.total_pages_path)
    if settings.type is PaginationType.CURSOR:
        paths.append(settings.cursor_path)
    if settings.type is PaginationType.NEXT_LINK:
        paths.append(settings.next_link_path or DEFAULT_LINK_PATH)
    yield from filter(None, paths)


def _named_cursor(path: str, value: Any, page: Page) -> Iterator[Sign]:
    if value is MISSING:
        return
    if isinstance(value, list | dict | float) or value is True:
        raise PaginationError(f"the cursor at {path!r} is neither text nor a whole number")
    # After others, 0 is their end; the first one is a value like any other.
    zero = value in (0, "0") and path in page.progress.earlier
    empty = zero or value is None or value is False or value == ""
    yield leading_sign(path, SignKind.CURSOR, None if empty else value, "cursorPath")


def _named_link(path: str, value: Any) -> Iterator[Sign]:
    if value is MISSING:
        return
    if isinstance(value, dict):
        # HAL and JSON:API write links as objects.
        value = next((value[key] for key in ("href", "url") if key in value), value)
    empty = not value and (value is False or value != 0)
    if not empty and not isinstance(value, str):
        raise PaginationError(f"what is at nextLinkPath {path!r} is no link")
    yield leading_sign(path, SignKind.LINK, None if empty else value, "nextLinkPath")


def _held(sign: Sign, page: Page, settings: PaginationSettings) -> Sign | None:
    """What an earlier sign means on a page that is silent about it."""
    if sign.kind is SignKind.TOTAL:
        held = total_sign(sign.name, sign.value, page, sign.setting)
    elif sign.kind is SignKind.PAGES:
        number = page_number(page)
        held = pages_sign(sign.name, sign.value, page, settings, sign.setting, number=number)
    elif sign.kind in LEADS_ON or not _is_flag(sign.value):
        held = replace(sign, says=Says.END, value=None)
    else:
        held = sign
    if held is None or (held.says is Says.END and not sign.sure):
        return None
    return replace(held, gone=True)


def _is_flag(value: Any) -> bool:
    """Whether a named flag is one, and not a link, which is gone at the end."""
    return isinstance(value, int | float) or yes_or_no(value, strict=False) is not None


def remembered(page: Page) -> Mapping[str, Sign]:
    """By name, what the pages after ``page`` must know of it and of those before it: what leads
    on, how much there is, and what named flags say."""
    found = dict(page.progress.earlier)
    for sign in page.signs:
        counts = sign.kind in (SignKind.TOTAL, SignKind.PAGES)
        leads_on = sign.kind in LEADS_ON and sign.says is Says.MORE
        if sign.kind is SignKind.TOTAL and not sign.gone:
            before = found.get(sign.name)
            lowest = before.least if before and before.least is not None else sign.value
            sign = replace(sign, least=min(lowest, sign.value))
        if not sign.gone and (counts or leads_on or (sign.named and sign.kind is SignKind.FLAG)):
            found[sign.name] = sign
    return found


def _without_echoes(signs: Iterable[Sign], position: str | None) -> Iterator[Sign]:
    """Beside a next cursor that is null, a response may repeat the cursor it was asked by."""
    found = list(signs)
    ended = any(one.kind in LEADS_ON and one.says is Says.END for one in found)
    for sign in found:
        echo = sign.kind is SignKind.CURSOR and str(sign.value) == position and not sign.named
        if not (echo and ended):
            yield sign


def _is_ignored(name: str, ignored: frozenset[str]) -> bool:
    return plain(name) in ignored or (name.startswith("Link ") and "link" in ignored)
