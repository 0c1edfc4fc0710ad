"""What looks like a sign at a place where a resync does not look, unless a setting names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pagination.links import is_link
from pagination.places import CURSORS, LAST_FLAGS, MORE_FLAGS, ONLY_MORE, PAGES, TOTALS, plain
from pagination.values import as_count

KEY = re.compile(r"[\w$@:-]{1,60}", re.ASCII)
DOTTED = re.compile(r"[\w$@:.-]{1,60}", re.ASCII)
MAX_DEPTH = 5
MAX_VALUES = 400

MORE_NAMES = MORE_FLAGS | ONLY_MORE["flags"]
LAST_NAMES = LAST_FLAGS | ONLY_MORE["last"]
TOTAL_NAMES = TOTALS | ONLY_MORE["totals"] | {"itemcount", "odatacount"}
PAGES_NAMES = PAGES | ONLY_MORE["pages"]
CURSOR_NAMES = frozenset(CURSORS) | ONLY_MORE["cursors"] | {
    "after", "next", "pagetoken", "nextpage", "marker", "bookmark", "skiptoken", "nextpageid",
    "token",
}  # fmt: skip
"""The names that a resync recognises at its places, and of cursors some that are too usual for
that: here a request shows what they are."""

Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """By their paths: links, cursors, flags (with whether they say more, and whether true means
    the last page), totals and numbers of pages."""

    links: tuple[tuple[str, str], ...]
    cursors: tuple[tuple[str, str | int], ...]
    flags: tuple[tuple[str, bool, bool], ...]
    totals: tuple[tuple[str, int], ...]
    pages: tuple[tuple[str, int], ...]


def values_in(body: Any, items: Keys) -> Iterator[tuple[Keys, Any]]:
    """The single values in ``body`` with the keys to them, items left out, breadth first."""
    pending: list[tuple[Keys, Any]] = [((), body)] if isinstance(body, dict) else []
    told = 0
    while pending and told < MAX_VALUES:
        keys, value = pending.pop(0)
        for key, inner in value.items():
            path: Keys = (*keys, key)
            if path == items:
                continue
            if isinstance(inner, dict) and KEY.fullmatch(key) and len(path) < MAX_DEPTH:
                pending.append((path, inner))
            elif not isinstance(inner, dict | list) and _nameable(path):
                told += 1
                yield path, inner


def elsewhere(values: Iterable[tuple[Keys, Any]], known: set[str]) -> Values:
    """What looks like a sign in ``values`` and is not ``known`` by its path."""
    links: list[tuple[str, str]] = []
    found: list[tuple[str, str, Any]] = []
    for keys, value in values:
        path, leaf = ".".join(keys), plain(keys[-1])
        if path in known:
            continue
        if isinstance(value, str) and is_link(value):
            if "next" in path.lower():
                links.append((path, value))
        # A dot path cannot lead to a key with dots in it; as a link's it is taken literally.
        elif "." not in "".join(keys):
            found.append((path, leaf, value))
    return Values(
        links=tuple(sorted(links, key=lambda one: len(one[0]))),
        cursors=tuple((path, value) for path, leaf, value in found if _is_cursor(leaf, value)),
        flags=tuple(_flags(found)),
        totals=tuple(_counts(found, TOTAL_NAMES)),
        pages=tuple(_counts(found, PAGES_NAMES)),
    )


def _nameable(path: Keys) -> bool:
    """Only a key at the root may hold dots: it can still be a link's, taken literally."""
    pattern = DOTTED if len(path) == 1 else KEY
    return pattern.fullmatch(path[-1]) is not None


def _is_cursor(leaf: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        return False
    # A text at "offset" is a cursor that is called so; a number is an offset.
    opaque = leaf in ("offset", "start") and isinstance(value, str) and not value.isdecimal()
    return leaf in CURSOR_NAMES or opaque


def _flags(found: Iterable[tuple[str, str, Any]]) -> Iterator[tuple[str, bool, bool]]:
    for path, leaf, value in found:
        turned = leaf in LAST_NAMES
        if (turned or leaf in MORE_NAMES) and str(value).lower() in ("true", "false"):
            yield path, (str(value).lower() == "true") is not turned, turned


def _counts(
    found: Iterable[tuple[str, str, Any]], names: frozenset[str]
) -> Iterator[tuple[str, int]]:
    for path, leaf, value in found:
        number = as_count(value)
        if leaf in names and number is not None:
            yield path, number
