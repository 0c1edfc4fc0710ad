"""What a model of an API says about further pages: its signs, their places and their forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pagination.paths import MISSING

URL = "https://api.example.com/v1/items"
GONE: Final = object()
"""The value of a sign that is left out."""


LISTED: Final = '.links[] | select(.rel == "next") | .href'
"""The path to a link in a list, in any of its spellings: what it leads to comes with the page."""


class What(StrEnum):
    """What a sign tells."""

    FLAG = "more pages exist"
    LAST = "this is the last page"
    LINK = "the URL of the next page"
    LINK_LIST = "a list of links"
    LINK_HEADER = "the Link header"
    CURSOR = "the next cursor"
    NEXT_PAGE = "the number of the next page"
    NUMBER = "the number of this page"
    PAGES = "the number of pages"
    TOTAL = "the number of records"
    RANGE = "the Content-Range header"


COUNTS = frozenset({What.TOTAL, What.PAGES, What.RANGE})
LINKS = frozenset({What.LINK, What.LINK_LIST, What.LINK_HEADER})
LEADS_ON = LINKS | {What.CURSOR, What.NEXT_PAGE}


class Lie(StrEnum):
    """How one sign is wrong."""

    STUCK_TRUE = "always true"
    STUCK_FALSE = "always false"
    TOO_LOW = "too low"
    TOO_HIGH = "too high"
    PAGE_SIZE = "equal to the size of the page"
    ASKED = "equal to the size that was asked for"
    NULL = "always null"
    SAME = "always the same"
    MISSING = "never there"


@dataclass(frozen=True, slots=True)
class Told:
    """One sign. ``path`` are the keys that lead to it, or the name of a header. ``ends`` is what
    stands there on the last page: ``null``, ``empty``, ``gone``, or ``kept`` for a cursor that
    leads to an empty page. ``form`` picks how a value is written, ``by`` is how far a lie goes."""

    what: What
    path: tuple[str, ...]
    header: bool = False
    first_only: bool = False
    ends: str = "null"
    form: int = 0
    lie: Lie | None = None
    by: int = 1


@dataclass(frozen=True, slots=True)
class View:
    """The truth of one page. ``start`` and ``end`` are rows, ``number`` counts from ``base``."""

    start: int
    end: int
    count: int
    size: int
    asked: int
    more: bool
    total: int
    pages: int
    number: int
    base: int
    first: bool


def value_of(told: Told, view: View) -> Any:
    """What stands at ``told.path``, or ``GONE``."""
    if told.first_only and not view.first:
        return GONE
    if told.lie is Lie.MISSING:
        return GONE
    match told.what:
        case What.FLAG:
            return _flag(_lied_flag(told, view.more), told)
        case What.LAST:
            return _flag(_lied_flag(told, not view.more), told, strict=True)
        case What.TOTAL:
            return _number(_lied(told, view, view.total), told)
        case What.RANGE:
            last = max(view.start, view.start + view.count - 1)
            return f"items {view.start}-{last}/{_lied(told, view, view.total)}"
        case What.PAGES:
            return _number(_pages(told, view), told)
        case What.NUMBER:
            return _number(view.number, told)
        case What.NEXT_PAGE:
            return _leading(told, view, view.number + 1, view.base + 1)
        case What.CURSOR:
            return _leading(told, view, _cursor(told, view.end), _cursor(told, view.size))
        case _:
            return _links(told, view)


def listed_link(told: Sequence[Told], view: View) -> Any:
    """What ``LISTED`` leads to."""
    for one in told:
        links = value_of(one, view)
        for link in links if isinstance(links, list) else ():
            if "next" in link.values():
                return link.get("href", link.get("url"))
    return MISSING


def cursor_position(text: str) -> int | None:
    """The row that a cursor stands for, or None for what is none of this API's cursors."""
    digits = text.removeprefix("c").removeprefix("/+").removesuffix("==")
    return int(digits) if digits.isdecimal() else None


def _cursor(told: Told, row: int) -> str | int:
    return (f"c{row}", row, str(row), f"/+{row}==")[0 if told.header else told.form % 4]


def _leading(told: Told, view: View, value: Any, same: Any) -> Any:
    """A cursor, a link or a number that leads on, or how its absence is written."""
    if told.lie is Lie.SAME:
        return same
    if told.lie is not Lie.NULL and (view.more or told.ends == "kept"):
        return str(value) if told.header else value
    if told.ends == "gone":
        return GONE
    return "" if told.ends == "empty" or told.header else None


def _links(told: Told, view: View) -> Any:
    def url(row: int) -> str:
        query = f"?at={row}&limit={view.asked}"
        return (URL + query, f"/v1/items{query}", query)[told.form % 3]

    target = _leading(told, view, url(view.end), url(view.size))
    if told.what is What.LINK_HEADER:
        if not target or target is GONE:
            empty = f'<{URL}?at=0>; rel="next"; results="false"'
            return empty if told.ends == "null" and told.lie is None else GONE
        return f'<{URL}?at=0>; rel="first", <{target}>; rel="next"; results="true"'
    if told.what is What.LINK:
        return {"href": target} if target and target is not GONE and told.form > 2 else target
    relation, key = ("rel", "href") if told.form % 2 else ("relation", "url")
    links = [{relation: "self", key: url(view.start)}]
    if target is not GONE:
        links.append({relation: "next", key: target})
    if view.start:
        links.append({relation: "previous", key: url(max(0, view.start - view.size))})
    return links


def _flag(value: bool, told: Told, *, strict: bool = False) -> Any:
    forms: list[tuple[Any, Any]] = [(True, False), ("true", "false"), ("True", "False")]
    if not strict:
        forms += [(1, 0), ("1", "0"), ("yes", "no"), ("Y", "N")]
    if told.header:
        forms = forms[1:3]
    return forms[told.form % len(forms)][0 if value else 1]


def _lied_flag(told: Told, truth: bool) -> bool:
    return truth if told.lie is None else told.lie is Lie.STUCK_TRUE


def _number(value: int, told: Told) -> Any:
    return str(value) if told.header or told.form % 3 == 1 else value


def _pages(told: Told, view: View) -> int:
    pages = _lied(told, view, view.pages)
    is_last_page = told.path[-1].lower().replace("_", "").replace("-", "") == "lastpage"
    # The number of the last page, where pages count from 0.
    return max(0, pages - 1) if is_last_page and view.base == 0 and told.form % 2 else pages


def _lied(told: Told, view: View, truth: int) -> int:
    match told.lie:
        case Lie.TOO_LOW:
            return max(0, truth - told.by)
        case Lie.TOO_HIGH:
            return truth + told.by
        case Lie.PAGE_SIZE:
            return view.count
        case Lie.ASKED:
            return min(truth, view.asked)
        case _:
            return truth
