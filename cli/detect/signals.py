"""The signs in a response as detection uses them: those that a resync reads, each with the path
that a setting would name, and those at places where only a named path leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cli.detect.answers import Answer, ItemsPath
from cli.detect.elsewhere import Values, elsewhere, values_in
from cli.detect.texts import jq_path
from pagination import Page, PageRequest, Progress
from pagination.evidence import signs_of_more
from pagination.links import is_link
from pagination.paths import dig, find
from pagination.sign import LEADS_ON, Says, Sign, SignKind
from pagination.signs import signs_of
from pagination.values import as_count, yes_or_no
from resync.record_path import records_in
from settings import PaginationSettings

PARAM = re.compile(r"[\w$.\[\]:-]{1,60}", re.ASCII)
NAME = re.compile(r"[\w$@:.-]{1,120}", re.ASCII)
LISTED = " rel=next"
"""What the name of a sign ends with that is one of a list of links."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag: ``more`` is what it says, ``turned`` whether true means the last page."""

    path: str
    more: bool
    turned: bool


@dataclass(frozen=True, slots=True)
class Signals:
    """The signs in one response. Links, cursors, flags and counts have the paths that settings
    would name. ``signs`` are all that a resync recognises; ``other_places`` are paths to what says
    more where a resync does not look unasked. ``echoes`` are the names of numbers that may repeat
    the request's parameters."""

    header_next: str | None = None
    links: tuple[tuple[str, str], ...] = ()
    cursors: tuple[tuple[str, str | int], ...] = ()
    flags: tuple[Flag, ...] = ()
    totals: tuple[tuple[str, int], ...] = ()
    pages: tuple[tuple[str, int], ...] = ()
    signs: tuple[Sign, ...] = ()
    other_places: tuple[str, ...] = ()
    echoes: tuple[str, ...] = ()

    @property
    def more(self) -> tuple[Sign, ...]:
        """What a resync would take for a sign of more, totals left out."""
        return tuple(one for one in signs_of_more(self.signs) if one.kind is not SignKind.TOTAL)

    @property
    def promises_more(self) -> bool:
        """Whether any sign but a total says that this was not all."""
        return bool(self.more or self.other_places)

    @property
    def leads_on(self) -> bool:
        """Whether there is a link or a cursor to follow."""
        return bool(self.header_next or self.links or self.cursors)

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
    signs = signs_of(page_of(answer, path), PaginationSettings())
    named = list(_named(signs, answer))
    values = list(values_in(answer.body, path.keys))
    others = elsewhere(values, {name for name, _, _ in named})
    links = [(name, sign.value) for name, sign, _ in named if _is_link(sign)]
    cursors = [(name, value) for name, sign, value in named if _is_cursor(sign)]
    return Signals(
        header_next=next((one.value for one in signs if one.name == f"Link{LISTED}"), None),
        links=(*links, *others.links),
        cursors=tuple(sorted([*cursors, *others.cursors], key=lambda one: isinstance(one[1], int))),
        flags=(*_flags(named), *(Flag(*one) for one in others.flags)),
        totals=(*_counts(named, SignKind.TOTAL), *others.totals),
        pages=(*_counts(named, SignKind.PAGES), *others.pages),
        signs=signs,
        other_places=tuple(_says_more(others)),
        echoes=tuple(keys[-1] for keys, value in values if as_count(value) is not None),
    )


def page_of(answer: Answer, path: ItemsPath) -> Page:
    """``answer`` as the first page of a listing, as a resync would take it."""
    records = records_in(answer.body, path.jq, None)
    count = records.count
    progress = Progress(records=count, page_records=count or 0, first_page=count)
    return Page(
        PageRequest(answer.url),
        list(answer.items),
        records,
        answer.body,
        answer.headers,
        answer.url,
        progress=progress,
    )


def _named(signs: tuple[Sign, ...], answer: Answer) -> Iterator[tuple[str, Sign, Any]]:
    """The signs that a setting can name, with the path that does, and with their values."""
    for sign in signs:
        if sign.name.endswith(LISTED) and not sign.name.startswith("Link "):
            if path := _listed(sign.name.removesuffix(LISTED), answer.body):
                yield path, sign, sign.value
        elif NAME.fullmatch(sign.name):
            value = find(sign.name, answer.body, answer.headers, {})
            if value == sign.value or as_count(value) == sign.value is not None:
                yield sign.name, sign, sign.value


def _listed(path: str, body: Any) -> str | None:
    """The expression that leads to the next page's link in the list of links at ``path``."""
    links = dig(body, path)
    for link in links if isinstance(links, list) and NAME.fullmatch(path) else ():
        rel = next(
            (key for key in ("rel", "relation") if isinstance(link, dict) and link.get(key)), ""
        )
        target = next((key for key in ("href", "url") if rel and link.get(key)), "")
        if target and link[rel] == "next":
            return f'{jq_path(*path.split("."))}[] | select(.{rel} == "next") | .{target}'
        if target and isinstance(link[rel], list) and "next" in link[rel]:
            return f'{jq_path(*path.split("."))}[] | select(.{rel} | index("next")) | .{target}'
    return None


def _is_link(sign: Sign) -> bool:
    """Whether ``sign`` is a link; one at a place of cursors is one, too."""
    if sign.says is Says.END or sign.kind not in LEADS_ON or not isinstance(sign.value, str):
        return False
    return sign.kind is SignKind.LINK or is_link(sign.value)


def _is_cursor(sign: Sign) -> bool:
    if sign.says is Says.END or sign.kind not in (SignKind.CURSOR, SignKind.NEXT_PAGE):
        return False
    return isinstance(sign.value, str | int) and not _is_link(sign)


def _flags(named: list[tuple[str, Sign, Any]]) -> Iterator[Flag]:
    for name, sign, value in named:
        yes = yes_or_no(value, strict=False)
        if sign.kind is SignKind.FLAG and yes is not None:
            more = sign.says is Says.MORE
            yield Flag(name, more, turned=yes is not more)


def _counts(named: list[tuple[str, Sign, Any]], kind: SignKind) -> list[tuple[str, int]]:
    return [(name, int(value)) for name, sign, value in named if sign.kind is kind]


def _says_more(others: Values) -> Iterator[str]:
    yield from (path for path, more, _ in others.flags if more)
    yield from (path for path, _ in others.links)
