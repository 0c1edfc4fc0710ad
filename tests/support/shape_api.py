"""APIs in the shapes of real ones, as data: what they are asked, what they send, what must come
of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

Record = dict[str, Any]

OTHERS: list[Record] = [{"id": f"other-{n:03d}"} for n in range(400)]
"""The records of another endpoint: with them no resync deletes so much that Ocean would stop it."""


def records(count: int, reading: int) -> list[Record]:
    """What an API has; ``reading`` tells which resync has read it."""
    return [
        {"id": f"r{n:03d}", "name": f"reading {reading}", "active": n % 3 != 1}
        for n in range(count)
    ]


@dataclass(frozen=True)
class Part:
    """A page of ``size`` records at most, from ``start``."""

    records: list[Record]
    start: int
    size: int
    total: int

    @property
    def number(self) -> int:
        """The page's number, counted from 1."""
        return self.start // self.size + 1

    @property
    def pages(self) -> int:
        return -(-self.total // self.size)

    @property
    def end(self) -> int:
        return self.start + self.size

    @property
    def last(self) -> bool:
        return self.end >= self.total


@dataclass(frozen=True)
class Ask:
    """A request; ``records`` is what the API has."""

    url: str
    query: dict[str, str]
    json: Any
    records: Sequence[Record]
    method: str = "GET"

    @property
    def base(self) -> str:
        return self.url[: self.url.index("/", 8)]

    @property
    def path(self) -> str:
        return self.url[len(self.base) :]

    def number(self, name: str, default: int) -> int:
        text = self.query.get(name, "")
        return int(text) if text.isdecimal() else default

    def part(self, start: int, size: int) -> Part:
        return Part(list(self.records[start : start + size]), start, size, len(self.records))

    def page(
        self, param: str = "page", size: str = "per_page", *, first: int = 1, cap: int = 50
    ) -> Part:
        """The page that is asked for by its number; the API's usual size is its largest."""
        each = min(self.number(size, cap), cap)
        return self.part((self.number(param, first) - first) * each, each)

    def offset(
        self, param: str = "offset", size: str = "limit", *, first: int = 0, cap: int = 50
    ) -> Part:
        each = min(self.number(size, cap), cap)
        return self.part(max(self.number(param, first) - first, 0), each)

    def token(self, param: str, size: str = "limit", *, cap: int = 50) -> Part:
        """The page behind a cursor, which is as ``token_of`` writes it."""
        each = min(self.number(size, cap), cap)
        return self.part(int(self.query.get(param, "c0").removeprefix("c")), each)

    def link(self, **changes: object) -> str:
        """The URL of this request, with other parameters."""
        return f"{self.url}?{urlencode({**self.query, **changes})}"


def token_of(part: Part) -> str | None:
    """The cursor to what is behind ``part``."""
    return None if part.last else f"c{part.end}"


@dataclass(frozen=True)
class Reply:
    """A response. ``body`` is sent as it is where it is bytes, else as JSON; a header whose value
    is a list is sent several times."""

    body: Any
    headers: Mapping[str, str | list[str]] = field(default_factory=dict)
    status: int = 200
    content_type: str = "application/json"

    @property
    def content(self) -> bytes:
        if self.status == 204:
            return b""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Shape:
    """An API, the settings that read it, and the outcome.

    ``fails`` is a part of the error that must come, empty where everything must be read. ``warns``
    is a part of a warning. ``count`` is how many records the API has, ``keeps`` which of them
    become entities. ``requests`` is how many one resync sends, where that matters.
    """

    api: Callable[[Ask], Reply]
    data_path: str
    settings: Mapping[str, str]
    selector: Mapping[str, Any] = field(default_factory=dict)
    fails: str = ""
    warns: str = ""
    count: int = 130
    keeps: Callable[[Sequence[Record]], list[Record]] = list
    requests: int | None = None
    kinds: tuple[str, ...] = ("/listing",)
    items_to_parse: str | None = None


NONE = {"paginationType": "none"}


def paged(size_param: str = "per_page", **more: str) -> dict[str, str]:
    return {"paginationType": "page", "sizeParam": size_param, **more}


def by_offset(param: str = "offset", size_param: str = "limit", **more: str) -> dict[str, str]:
    return {
        "paginationType": "offset", "paginationParam": param, "sizeParam": size_param, **more
    }  # fmt: skip


def by_cursor(param: str, path: str = "", size_param: str = "limit", **more: str) -> dict[str, str]:
    found = {"paginationType": "cursor", "paginationParam": param, "sizeParam": size_param, **more}
    return {**found, "cursorPath": path} if path else found


def linked(path: str, size_param: str = "", **more: str) -> dict[str, str]:
    return {
        "paginationType": "next_link", "nextLinkPath": path, "sizeParam": size_param, **more
    }  # fmt: skip


class ShapeApi:
    """An ASGI application: ``/others`` has its records in one response, anything else is as the
    shape says that a test has set."""

    def __init__(self) -> None:
        self.shape: Shape | None = None
        self.reading = 0
        self.asked: list[Ask] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        content = b""
        while (message := await receive()).get("more_body"):
            content += message["body"]
        content += message.get("body", b"")
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        path = scope["raw_path"].decode("ascii")
        reply = Reply({"items": OTHERS})
        if path != "/others":
            assert self.shape is not None
            ask = Ask(
                f"http://{headers['host']}{path}",
                dict(parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True)),
                json.loads(content) if content else None,
                records(self.shape.count, self.reading),
                scope["method"],
            )
            self.asked.append(ask)
            reply = self.shape.api(ask)
        pairs = [("content-type", reply.content_type)]
        for name, value in reply.headers.items():
            pairs += [(name, one) for one in (value if isinstance(value, list) else [value])]
        encoded = [(name.encode(), value.encode()) for name, value in pairs]
        await send({"type": "http.response.start", "status": reply.status, "headers": encoded})
        await send({"type": "http.response.body", "body": reply.content})
