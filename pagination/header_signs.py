"""Reads what the headers of a response say of further pages."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from pagination.link_header import parse_link_header
from pagination.links import is_link
from pagination.paginator import Page
from pagination.places import CURSORS, HEADER_WORDS, MORE_FLAGS, NEXT, ONLY_MORE, Level
from pagination.sign import Sign, SignKind
from pagination.values import leading_sign, total_sign

HEADER_CURSOR = re.compile(
    r"(?:^|[-_])next(?:$|[-_]|page|cursor|token|link|key|url|marker|offset)|cursor|continuation"
)
TOKEN = re.compile(r"cursor|token|continuation")
NOT_A_CURSOR = re.compile(r"rate-?limit|retry|cache|policy")
CONTENT_RANGE = re.compile(
    r"\s*(?!bytes\b)[\w-]*\s*(?:\d+\s*-\s*\d+|\*)\s*/\s*(\d+)\s*", re.IGNORECASE
)
EMPTY = frozenset(("", "null", "none", "nil", "undefined"))
"""What headers hold where a body would hold null."""


def header_signs(page: Page) -> Iterator[Sign]:
    """The signs that are read in another way than those of a body."""
    yield from header_link(page.headers, "next")
    yield from _cursors(page)
    yield from _content_range(page.headers, page)


def header_link(headers: Mapping[str, str], rel: str, setting: str = "") -> Iterator[Sign]:
    """The sign of the first link of that relation in the ``Link`` header (RFC 8288)."""
    links = parse_link_header(headers.get("link", ""))
    name = f"Link rel={rel}"
    for link in links:
        if rel.lower() in link.rels:
            yield leading_sign(name, SignKind.LINK, link.target if link.results else None, setting)
            return


def header_levels(headers: Mapping[str, str]) -> Iterator[Level]:
    """The headers as an object, and objects that headers hold as JSON (``X-Pagination``)."""
    level = Level()
    for name, value in headers.items():
        words, _ = _header_name(name)
        if "pagination" in name.lower() and value.lstrip().startswith("{"):
            with suppress(ValueError):
                yield Level.of(name.title(), json.loads(value))
        elif words:
            level[words] = (name.title(), _or_none(value))
    yield level


def _or_none(value: str) -> str | None:
    return None if value.strip().lower() in EMPTY else value


def _cursors(page: Page) -> Iterator[Sign]:
    """Headers whose names tell of a next page or a cursor. After others, 0 is a cursor's end."""
    for name, value in page.headers.items():
        if not _header_name(name)[1]:
            continue
        # A token may begin as a path does, in base64 for example.
        path = value.startswith("/") and TOKEN.search(name.lower()) is not None
        kind = SignKind.LINK if is_link(value) and not path else SignKind.CURSOR
        ended = value == "0" and name.title() in page.progress.earlier
        yield leading_sign(name.title(), kind, None if ended else _or_none(value))


def _content_range(headers: Mapping[str, str], page: Page) -> Iterator[Sign]:
    """``Content-Range: items 0-24/319``, RFC 9110 section 14.4."""
    found = CONTENT_RANGE.fullmatch(headers.get("content-range", ""))
    if found and (sign := total_sign("Content-Range", int(found.group(1)), page)):
        yield sign


@functools.lru_cache(maxsize=4096)
def _header_name(name: str) -> tuple[str, bool]:
    """What a header is called without the words that say nothing, and whether it may hold a
    cursor that is recognised by a part of its name alone."""
    lower = name.lower()
    words = "".join(word for word in lower.split("-") if word not in HEADER_WORDS)
    known = words in MORE_FLAGS | NEXT | frozenset(CURSORS) | ONLY_MORE["cursors"]
    named = HEADER_CURSOR.search(lower) and not NOT_A_CURSOR.search(lower)
    return ("" if words == "link" else words), bool(named) and not known
