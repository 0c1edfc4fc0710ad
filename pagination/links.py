"""Links from one page to the next."""

from __future__ import annotations

import httpx

from errors import PaginationError
from pagination.paginator import Page, PageRequest


def is_link(text: str) -> bool:
    """Whether a cursor is really a link."""
    return text.startswith(("http://", "https://", "/", "?"))


def linked(page: Page, link: str) -> PageRequest:
    """The request for ``link``, resolved against the page's URL (RFC 3986 section 5).

    Raises ``PaginationError`` if it is no URL. Whether it may be followed is the client's to say.
    """
    try:
        url = httpx.URL(page.url or page.request.url).join(link)
    except httpx.InvalidURL:
        raise PaginationError(f"the link to the next page is not a URL: {link[:100]!r}") from None
    return PageRequest(url=str(url), body=page.request.body)
