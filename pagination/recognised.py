"""Reads the signs at recognised places of a response."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pagination.header_signs import header_levels, header_signs
from pagination.link_header import parse_link_header
from pagination.links import is_link
from pagination.paginator import Page
from pagination.placement import asked_size
from pagination.places import (
    CURSORS,
    FIRST_FLAGS,
    LAST_FLAGS,
    LINK_OBJECTS,
    MORE_FLAGS,
    NEXT,
    NUMBERS,
    ONLY_MORE,
    PAGES,
    PREVIOUS,
    PREVIOUS_FLAGS,
    TOTALS,
    Level,
    levels,
    plain,
)
from pagination.sign import LEADS_ON, Says, Sign, SignKind
from pagination.values import (
    as_count,
    as_total,
    flag_sign,
    leading_sign,
    pages_sign,
    total_sign,
    yes_or_no,
)
from settings.model import PaginationSettings, PaginationType

INNER_LINKS = ("href", "url", "uri", "link", "path")
INNER_CURSORS = ("after", "cursor", "offset", "token")


def recognised(page: Page, settings: PaginationSettings) -> Iterator[Sign]:
    """The signs at recognised places; of cursors those with the surest names first."""
    signs: list[Sign] = []
    for level in _levels(page):
        signs += _flags(level)
        signs += _leading(level, page)
        signs += _numbers(level, page, settings)
    if page.records.whole and settings.type is PaginationType.CURSOR and not settings.cursor_path:
        # Only what the type itself follows: all else may be a field of the item.
        for level in levels(page.body, page.records.level):
            signs += [one for one in _leading(level, page) if one.kind is SignKind.CURSOR]
    found = [*_without_zeros(signs, settings), *header_signs(page)]
    yield from sorted(found, key=_rank)


def _without_zeros(signs: Sequence[Sign], settings: PaginationSettings) -> Iterator[Sign]:
    """``signs`` without a first cursor of 0 that need not be one: it counts where the type follows
    it, its name is that of a next cursor, and nothing else leads on."""
    follows = settings.type is PaginationType.CURSOR and not settings.cursor_path
    others = any(one.kind in LEADS_ON and not _is_zero(one) for one in signs)
    for sign in signs:
        own = plain(sign.name) == "cursor" or not sign.sure
        if not _is_zero(sign) or (follows and not others and not own):
            yield sign


def _is_zero(sign: Sign) -> bool:
    return sign.kind is SignKind.CURSOR and sign.says is Says.MORE and str(sign.value) == "0"


def page_number(page: Page) -> int | None:
    """The number that a response gives to its page, or None."""
    return next((number for _, number in _page_numbers(page)), None)


def _page_numbers(page: Page) -> Iterator[tuple[str, int]]:
    for level in _levels(page):
        for name in NUMBERS:
            path, value = level.get(name, ("", None))
            number = as_count(value)
            if number is not None and (name != "number" or _numbered(level)):
                yield path, number


def backwards(page: Page, start: int) -> Iterator[Sign]:
    """What says that there is a page before ``page``, or that its number is above ``start``."""
    for level in _levels(page):
        for names, flag in ((FIRST_FLAGS, False), (PREVIOUS_FLAGS, True)):
            for path, value in _at(level, names):
                if yes_or_no(value, strict=True) is flag:
                    yield flag_sign(path, value, True)
        for holder in (level, *filter(None, map(level.below, LINK_OBJECTS))):
            for path, value in _at(holder, PREVIOUS):
                yield from (one for one in _leads_to(path, value, page) if one.says is Says.MORE)
    for link in parse_link_header(page.headers.get("link", "")):
        if link.results and {"prev", "previous"} & set(link.rels):
            yield Sign("Link rel=prev", SignKind.LINK, Says.MORE, link.target)
    for path, number in _page_numbers(page):
        if number > start:
            yield Sign(path, SignKind.PAGES, Says.MORE, number)


def _levels(page: Page) -> Iterator[Level]:
    """Where signs are recognised. A response that is an item itself has none in its body."""
    if not page.records.whole:
        yield from levels(page.body, page.records.level)
    yield from header_levels(page.headers)


def _rank(sign: Sign) -> int:
    """Cursors by how sure their names are; all else stays in its order."""
    leaf = plain(sign.name.rpartition(".")[2])
    if sign.kind is not SignKind.CURSOR:
        return 0
    return CURSORS.index(leaf) if leaf in CURSORS else 3


def _flags(level: Level) -> Iterator[Sign]:
    for names, turned, sure in (
        (MORE_FLAGS, False, True),
        (ONLY_MORE["flags"], False, False),
        (LAST_FLAGS, True, True),
        (ONLY_MORE["last"], True, False),
    ):
        for path, value in _at(level, names):
            flag = yes_or_no(value, strict=turned)
            if flag is not None:
                found = [flag_sign(path, value, flag is not turned)]
                yield from found if sure else _unsure(found)


def _leading(level: Level, page: Page) -> Iterator[Sign]:
    """Links, cursors and next page numbers."""
    for path, value in _at(level, NEXT):
        yield from _leads_to(path, value, page)
    for path, value in _at(level, ONLY_MORE["links"]):
        yield from _unsure(_leads_to(path, value, page))
    for name in LINK_OBJECTS:
        links = level.below(name)
        if links is not None and "next" in links:
            yield from _leads_to(*links["next"], page)
        path, listed = level.get(name, ("", None))
        if isinstance(listed, list):
            yield from _listed_link(path, listed)
    for path, value in _at(level, CURSORS):
        yield from _cursor(path, value, page)
    for path, value in _at(level, ONLY_MORE["cursors"]):
        yield from _unsure(_cursor(path, value, page))
    path, offset = level.get("offset", ("", None))
    if isinstance(offset, str) and offset and not offset.isdecimal():
        # A text at "offset" is a cursor that is called so; a number is an offset.
        yield Sign(path, SignKind.CURSOR, Says.MORE, offset, sure=False)


def _leads_to(path: str, value: Any, page: Page) -> Iterator[Sign]:
    if isinstance(value, dict):
        yield from _parts(path, value, page)
    elif isinstance(value, list):
        if value:
            yield Sign(path, SignKind.LINK, Says.MORE, value)
    elif value is None or value is False or value == "":
        yield Sign(path, SignKind.LINK, Says.END)
    elif value is True:
        yield flag_sign(path, value, True)
    elif as_count(value) is not None:
        if as_count(value) or path in page.progress.earlier:
            says = Says.MORE if as_count(value) else Says.END
            yield Sign(path, SignKind.NEXT_PAGE, says, value)
    elif isinstance(value, str):
        kind = SignKind.LINK if is_link(value) else SignKind.CURSOR
        yield Sign(path, kind, Says.MORE, value)


def _parts(path: str, value: dict[str, Any], page: Page) -> Iterator[Sign]:
    """What an object at a next page's place holds: a link, a cursor, or something else."""
    level = Level.of(path, value)
    links = [level[name] for name in INNER_LINKS if name in level]
    for where, link in links[:1]:
        yield from _leads_to(where, link, page)
    for where, cursor in _at(level, INNER_CURSORS):
        if not isinstance(cursor, dict | list):
            yield from _cursor(where, cursor, page)
    if value and not links and not level.keys() & INNER_CURSORS:
        yield Sign(path, SignKind.LINK, Says.MORE, value)


def _listed_link(path: str, links: Iterable[Any]) -> Iterator[Sign]:
    for link in links:
        if isinstance(link, dict) and "next" in _rels(link):
            target = link.get("href", link.get("url"))
            yield leading_sign(f"{path} rel=next", SignKind.LINK, target or None)
            return


def _rels(link: Mapping[str, Any]) -> list[Any]:
    rel = link.get("rel", link.get("relation"))
    return rel if isinstance(rel, list) else [rel]


def _cursor(path: str, value: Any, page: Page) -> Iterator[Sign]:
    if value is None or value is False or value == "":
        yield Sign(path, SignKind.CURSOR, Says.END)
    elif value in (0, "0") and path in page.progress.earlier:
        yield Sign(path, SignKind.CURSOR, Says.END, value)
    elif isinstance(value, dict) and Level.of(path, value).keys() & INNER_CURSORS:
        for where, inner in _at(Level.of(path, value), INNER_CURSORS):
            yield from _cursor(where, inner, page)
    elif (value or value == 0) and value is not True:
        yield Sign(path, SignKind.CURSOR, Says.MORE, value)


def _numbers(level: Level, page: Page, settings: PaginationSettings) -> Iterator[Sign]:
    asked = asked_size(page.request, settings)
    number = next((as_count(level[name][1]) for name in NUMBERS if name in level), None)
    for names, sure in ((PAGES, True), (ONLY_MORE["pages"], False)):
        for path, value in _at(level, names):
            count = as_count(value)
            sign = None if count is None else pages_sign(path, count, page, settings, number=number)
            if sign:
                yield from [sign] if sure else _unsure([sign])
    for names, sure in ((TOTALS, True), (ONLY_MORE["totals"], False)):
        for path, value in _at(level, names):
            count, exact = as_total(value)
            # Under a name that is less sure, the page size is that, sent back.
            if count is None or (not sure and count == asked):
                continue
            if sign := total_sign(path, count, page, exact=exact):
                yield from [sign] if sure else _unsure([sign])


def _unsure(signs: Iterable[Sign]) -> Iterator[Sign]:
    """Those of ``signs`` that say more, as less sure ones."""
    return (replace(sign, sure=False) for sign in signs if sign.says is Says.MORE)


def _at(level: Level, names: Collection[str]) -> Iterator[tuple[str, Any]]:
    """The paths and values at ``names``, in the order of the response."""
    return (level[name] for name in level if name in names)


def _numbered(level: Level) -> bool:
    """Whether ``number`` at ``level`` counts pages."""
    return bool((PAGES | ONLY_MORE["pages"] | FIRST_FLAGS | LAST_FLAGS) & level.keys())
