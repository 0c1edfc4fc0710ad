"""What the client is asked for, and what it returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Final
from urllib.parse import urlencode

import httpx

NO_BODY: Final = object()
"""A request without a body; None would be the JSON body ``null``."""

Params = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One request: ``params`` are added to the query that ``url`` (absolute) already has. The body
    is ``json`` or ``content``; statuses in ``accepted`` are returned, not raised. A large body of
    the response goes to a file where ``to_file`` allows it."""

    method: str
    url: str | httpx.URL
    params: Params = ()
    headers: Params = ()
    json: Any = NO_BODY
    content: bytes | None = field(default=None, repr=False)
    accepted: frozenset[int] = frozenset()
    to_file: bool = False

    @property
    def target(self) -> httpx.URL:
        """The URL with the parameters in its query; without any it is left as it was written."""
        if not self.params:
            return httpx.URL(self.url)
        # Put together as text, because each step of httpx on a URL reads the whole of it again.
        head, mark, fragment = str(self.url).partition("#")
        query = urlencode(self.params)
        between = "" if head.endswith(("?", "&")) else "&" if "?" in head else "?"
        return httpx.URL(f"{head}{between}{query}{mark}{fragment}")


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response. ``url`` is where it came from, after redirects; ``throttled`` says that
    the API asked to slow down before. ``file`` holds a large body, and ``content`` only its
    beginning then; the caller closes the file."""

    status: int
    headers: httpx.Headers
    content: bytes
    url: str
    throttled: bool = False
    file: IO[bytes] | None = None
