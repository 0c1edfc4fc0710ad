"""Links from one page to the next."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from errors import PaginationError
from pagination.paginator import Page, PageRequest
from settings.model import PaginationSettings

RELATIVE = re.compile(r"[\w./-]+\?[\w.$%\[\]-]+=")


def is_link(text: str) -> bool:
    """Whether a text looks like a URL or a path, with its host or without."""
    return text.startswith(("http://", "https://", "/", "?")) or bool(RELATIVE.match(text))


def is_link_of(text: str, request: PageRequest) -> bool:
    """Whether a cursor is really a link: an absolute URL, a query, or a path that begins with the
    path of ``request``. Anything else that begins with ``/`` is a value."""
    if text.startswith(("http://", "https://", "?")):
        return True
    path = urlsplit(request.url).path.rstrip("/")
    if not path:
        # Every path begins with the root's: only a query tells a link from a value.
        return text.startswith("/?")
    return text.startswith(path) and text[len(path) :][:1] in ("", "/", "?")


def linked(page: Page, link: str, settings: PaginationSettings) -> PageRequest:
    """The request for ``link``, resolved against the page's URL (RFC 3986 section 5); where
    ``link_keeps_params`` says so, with the parameters of ``page``'s request that it leaves out.

    Raises ``PaginationError`` if it is no URL. Whether it may be followed is the client's to say.
    """
    try:
        url = httpx.URL(page.url or page.request.url).join(link)
    except httpx.InvalidURL:
        raise PaginationError(f"the link to the next page is not a URL: {link[:100]!r}") from None
    target = str(url)
    if settings.link_keeps_params:
        own = {name for name, _ in parse_qsl(url.query.decode(), keep_blank_values=True)}
        before = (*_query(page.request.url), *page.request.params)
        kept = [pair for pair in before if pair[0] not in own]
        if kept:
            target += f"{'&' if url.query else '?'}{urlencode(kept)}"
    return PageRequest(url=target, body=page.request.body)


def _query(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)
