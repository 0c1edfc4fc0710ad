"""What an answer says of its listing outside the items: links, cursors, flags, totals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cli.detect.answers import Answer, ItemsPath
from cli.detect.texts import plain
from pagination.link_header import parse_link_header
from pagination.links import is_link
from pagination.signals import (
    CURSOR_PATTERNS,
    HAS_MORE_PATTERNS,
    NEXT_PATTERNS,
    TOTAL_PATTERNS,
    as_count,
)

KEY = re.compile(r"[\w$@:-]{1,60}", re.ASCII)
DOTTED = re.compile(r"[\w$@:.-]{1,60}", re.ASCII)
PARAM = re.compile(r"[\w$.\[\]:-]{1,60}", re.ASCII)
MAX_DEPTH = 5
MAX_VALUES = 400

CURSOR_NAMES = frozenset((
    "nextcursor", "cursor", "endcursor", "aftercursor", "after", "next", "nexttoken",
    "nextpagetoken", "pagetoken", "nextpage", "continuationtoken", "continuation", "nextmarker",
    "marker", "scrollid", "bookmark", "nextpagekey", "nextkey", "nextid", "skiptoken",
    "lastevaluatedkey", "paginationtoken", "nextpageid", "token", "nextoffset",
))  # fmt: skip
MORE_NAMES = frozenset((
    "hasmore", "hasnext", "hasnextpage", "more", "moreitems", "moreresults", "moreavailable",
    "moredata", "istruncated", "hasmoreitems", "morepages", "hasmorepages", "hasmoreresults",
    "hasmoredata",
))  # fmt: skip
LAST_NAMES = frozenset((
    "last", "islast", "lastpage", "islastpage", "done", "isdone", "isfinalpage", "finished",
))  # fmt: skip
TOTAL_NAMES = frozenset((
    "total", "totalcount", "totalitems", "totalelements", "totalresults", "totalsize",
    "totalrecords", "count", "totalhits", "recordcount", "itemcount", "numfound",
    "totalobjects", "totalentries", "odatacount", "resultcount",
))  # fmt: skip
TOTAL_HEADERS = ("x-total-count", "x-total", "total-count", "x-total-items", "x-total-results")


@dataclass(frozen=True, slots=True)
class Signals:
    """The signs in one answer, each with the dot path (or header) where it stands.

    ``more`` and ``last`` are flags; ``echoes`` are the names of numbers that may repeat the
    request's parameters; ``unnamed_link`` tells of a link that stands where no path leads, and
    ``other_header`` is the name of a header that holds one, other than ``Link``.
    """

    header_next: str | None = None
    links: tuple[tuple[str, str], ...] = ()
    cursors: tuple[tuple[str, str | int], ...] = ()
    more: tuple[tuple[str, bool], ...] = ()
    last: tuple[tuple[str, bool], ...] = ()
    totals: tuple[tuple[str, int], ...] = ()
    echoes: tuple[str, ...] = ()
    unnamed_link: bool = False
    other_header: str | None = None

    @property
    def promises_more(self) -> bool:
        """Whether any sign but a total says that this was not all."""
        flags = any(value for _, value in self.more) or any(not value for _, value in self.last)
        links = self.header_next or self.links or self.unnamed_link or self.other_header
        return bool(links or flags)

    @property
    def link_params(self) -> dict[str, str]:
        """The query parameters of the links to the next page."""
        found: dict[str, str] = {}
        for link in (self.header_next, *(link for _, link in self.links)):
            query = urlsplit(link).query if link else ""
            pairs = parse_qsl(query, keep_blank_values=True)
            found |= {name: value for name, value in pairs if PARAM.fullmatch(name)}
        return found


def read_signals(answer: Answer, path: ItemsPath) -> Signals:
    """The signs in ``answer``, whose items are at ``path``."""
    values = list(_values(answer.body, path.keys))
    # A dot path cannot lead to a key with dots in it; a nextLinkPath can, at the root.
    flat = [(".".join(keys), value) for keys, value in values if "." not in "".join(keys)]
    headers = [(name, as_count(answer.headers.get(name))) for name in TOTAL_HEADERS]
    return Signals(
        header_next=_header_next(answer),
        links=_links([(".".join(keys), value) for keys, value in values]),
        cursors=_cursors(flat),
        more=_flags(flat, MORE_NAMES, HAS_MORE_PATTERNS),
        last=_flags(flat, LAST_NAMES, ()),
        totals=(*_totals(flat), *((name, total) for name, total in headers if total is not None)),
        echoes=tuple(_leaf(name) for name, value in flat if as_count(value) is not None),
        unnamed_link=_unnamed_link(answer.body),
        other_header=_other_header(answer),
    )


def _values(body: Any, items: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The single values in ``body`` with the keys to them, items left out, breadth first."""
    pending: list[tuple[tuple[str, ...], Any]] = [((), body)] if isinstance(body, dict) else []
    told = 0
    while pending and told < MAX_VALUES:
        keys, value = pending.pop(0)
        for key, inner in value.items():
            path: tuple[str, ...] = (*keys, key)
            if path == items:
                continue
            if isinstance(inner, dict) and KEY.fullmatch(key) and len(path) < MAX_DEPTH:
                pending.append((path, inner))
            elif not isinstance(inner, dict | list) and _nameable(path):
                told += 1
                yield path, inner


def _nameable(path: tuple[str, ...]) -> bool:
    """Only a key at the root may hold dots: it can still be a link's, taken literally."""
    pattern = DOTTED if len(path) == 1 else KEY
    return pattern.fullmatch(path[-1]) is not None


def _leaf(name: str) -> str:
    return name.rpartition(".")[2]


def _header_next(answer: Answer) -> str | None:
    links = parse_link_header(answer.headers.get("link", ""))
    return next((link.target for link in links if "next" in link.rels), None)


def _other_header(answer: Answer) -> str | None:
    return next(
        (
            name
            for name, value in answer.headers.items()
            if "next" in name.lower() and is_link(value)
        ),
        None,
    )


def _links(values: list[tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
    found = [
        (name, value)
        for name, value in values
        if isinstance(value, str) and is_link(value) and "next" in name.lower()
    ]
    return tuple(sorted(found, key=lambda one: (one[0] not in NEXT_PATTERNS, len(one[0]))))


def _cursors(values: list[tuple[str, Any]]) -> tuple[tuple[str, str | int], ...]:
    found = [(name, value) for name, value in values if _is_cursor(name, value)]
    return tuple(sorted(found, key=lambda one: (isinstance(one[1], int), _cursor_rank(one[0]))))


def _cursor_rank(name: str) -> tuple[int, int]:
    if name in CURSOR_PATTERNS:
        return CURSOR_PATTERNS.index(name), 0
    return len(CURSOR_PATTERNS), len(name)


def _is_cursor(name: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    if isinstance(value, str) and (not value.strip() or is_link(value)):
        return False
    leaf = plain(_leaf(name))
    # A text at "offset" is a cursor that is called so; a number is an offset.
    opaque = leaf in ("offset", "start") and isinstance(value, str) and not value.isdecimal()
    return name in CURSOR_PATTERNS or leaf in CURSOR_NAMES or opaque


def _flags(
    values: list[tuple[str, Any]], names: frozenset[str], patterns: tuple[str, ...]
) -> tuple[tuple[str, bool], ...]:
    found = [
        (name, str(value).lower() == "true")
        for name, value in values
        if plain(_leaf(name)) in names and str(value).lower() in ("true", "false")
    ]
    return tuple(sorted(found, key=lambda one: (one[0] not in patterns, len(one[0]))))


def _totals(values: list[tuple[str, Any]]) -> list[tuple[str, int]]:
    found = [
        (name, total)
        for name, value in values
        if plain(_leaf(name)) in TOTAL_NAMES and (total := as_count(value)) is not None
    ]
    return sorted(found, key=lambda one: (one[0] not in TOTAL_PATTERNS, len(one[0])))


def _unnamed_link(body: Any) -> bool:
    """A link in a list of links (``{"links": [{"rel": "next", ...}]}``), where no path leads."""
    if not isinstance(body, dict):
        return False
    for name in ("links", "link", "_links"):
        links = body.get(name)
        for one in links if isinstance(links, list) else ():
            if isinstance(one, dict) and "next" in (one.get("rel"), one.get("relation")):
                return True
    return False
