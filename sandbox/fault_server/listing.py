"""The right answers: one listing of twelve records for each cell of the matrix."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

PAGE_SIZE = 4
PAGES = 3
PAGINATIONS = ("offset", "page", "cursor", "next_link", "header_link")

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """A fault, the pagination it meets, and the page (from 1) where it happens.

    With ``once`` only the first request for that page meets it.
    """

    fault: str
    pagination: str
    position: int
    once: bool = False

    @classmethod
    def of(cls, path: str) -> Cell:
        """The cell that a path names. Raises ``ValueError`` for any other path."""
        fault, pagination, position, often, _ = path.strip("/").split("/")
        return cls(fault, pagination, int(position), often == "once")

    @property
    def path(self) -> str:
        often = "once" if self.once else "always"
        return f"/{self.fault}/{self.pagination}/{self.position}/{often}/records"

    @property
    def name(self) -> str:
        """Part of the identifiers of the cell's records."""
        return self.path.strip("/").replace("/", ".").removesuffix(".records")

    def record(self, number: int) -> Document:
        """The record ``number`` (from 0)."""
        return {"id": f"{self.name}.{number:02d}", "name": f"record {number}"}

    @property
    def identifiers(self) -> list[str]:
        return [self.record(number)["id"] for number in range(PAGES * PAGE_SIZE)]


def page_number(cell: Cell, query: dict[str, str]) -> int:
    """The page (from 1) that a request asks for."""
    if cell.pagination == "offset":
        return int(query.get("offset", 0)) // PAGE_SIZE + 1
    if cell.pagination == "cursor":
        cursor = query.get("cursor")
        return int(base64.b64decode(cursor.split("|")[0])) if cursor else 1
    return int(query.get("page", 1))


def answer(
    cell: Cell, query: dict[str, str], url: str, records: list[Document] | None = None
) -> tuple[list[tuple[str, str]], Document]:
    """Headers and body of the page that ``query`` asks for; ``url`` is the listing's own,
    ``records`` what it holds now where that has changed."""
    if records is None:
        records = [cell.record(one) for one in range(PAGES * PAGE_SIZE)]
    number = page_number(cell, query)
    start = (number - 1) * PAGE_SIZE
    if cell.pagination == "offset":
        start = int(query.get("offset", 0))
    body: Document = {"items": records[start : start + PAGE_SIZE]}
    if start + PAGE_SIZE >= len(records):
        return [], body
    headers, following = leading_to(cell, number + 1, url)
    return headers, body | following


def leading_to(cell: Cell, number: int, url: str) -> tuple[list[tuple[str, str]], Document]:
    """The headers and the keys of a body that lead to page ``number``."""
    following = f"{url}?{urlencode({'page': number})}"
    match cell.pagination:
        case "cursor":
            return [], {"next_cursor": cursor_to(number)}
        case "next_link":
            return [], {"next": following}
        case "header_link":
            return [("Link", f'<{following}>; rel="next"')], {}
    return [], {}


def cursor_to(number: int, suffix: str = "") -> str:
    """A cursor to page ``number``; what follows ``|`` is passed over when it comes back."""
    return base64.b64encode(str(number).encode()).decode() + (f"|{suffix}" if suffix else "")


def dump(body: Document) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
