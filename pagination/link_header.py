"""The ``Link`` header, RFC 8288 section 3."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINK = re.compile(r"\s*,*\s*<([^>]*)>")
_PARAM = re.compile(
    r"""\s*;\s*([!#$&+\-.^_`|~0-9A-Za-z*%']*)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]*))?"""
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link: its target as it was written, and its relation types in lower case. ``results`` is
    False where the link says that nothing is behind it (Sentry's ``results="false"``)."""

    target: str
    rels: tuple[str, ...]
    results: bool = True


def parse_link_header(value: str) -> list[Link]:
    """The links in a header's value; several headers of the name are joined by commas.

    Of a parameter that comes twice the first counts (section 3.3). Links whose context is another
    resource (``anchor``) are left out, since they say nothing of this page. What cannot be read
    ends the list.
    """
    links: list[Link] = []
    position = 0
    while match := _LINK.match(value, position):
        position = match.end()
        params: dict[str, str] = {}
        while (param := _PARAM.match(value, position)) and param.end() > position:
            position = param.end()
            params.setdefault(param.group(1).lower(), _unquoted(param.group(2) or ""))
        if "anchor" not in params:
            rels = tuple(params.get("rel", "").lower().split())
            results = params.get("results", "").lower() != "false"
            links.append(Link(match.group(1).strip(), rels, results))
    return links


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text
