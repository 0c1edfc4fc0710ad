"""APIs in the shapes of well-known ones, each with 25 records in pages of 10 at most."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

RECORDS = [{"id": f"r{n:02d}", "name": f"record {n}", "active": n % 2 == 0} for n in range(25)]

Query = dict[str, str]
Answer = tuple[Any, dict[str, str]]


def odata(url: str, query: Query) -> Answer:
    """Microsoft Graph: ``value`` and an absolute ``@odata.nextLink`` until the last page."""
    start = int(query.get("$skiptoken", 0))
    body: dict[str, Any] = {"value": RECORDS[start : start + 10]}
    if start + 10 < len(RECORDS):
        body["@odata.nextLink"] = f"{url}?$skiptoken={start + 10}"
    return body, {}


def github(url: str, query: Query) -> Answer:
    """GitHub: a bare list and a ``Link`` header."""
    page, size = int(query.get("page", 1)), min(int(query.get("per_page", 5)), 10)
    links = [f'<{url}?page=1&per_page={size}>; rel="first"']
    if page * size < len(RECORDS):
        links.insert(0, f'<{url}?page={page + 1}&per_page={size}>; rel="next"')
    return RECORDS[(page - 1) * size : page * size], {"link": ", ".join(links)}


def spring(url: str, query: Query) -> Answer:
    """Spring Data and Harness: pages from 0, ``data.last`` true on the last."""
    page, size = int(query.get("page", 0)), int(query.get("size", 20))
    content = RECORDS[page * size : (page + 1) * size]
    last = (page + 1) * size >= len(RECORDS)
    return {"data": {"content": content, "last": last, "number": page}}, {}


def slack(url: str, query: Query) -> Answer:
    """Slack: ``response_metadata.next_cursor``, an empty text at the end."""
    start = int(query.get("cursor", 0))
    end = start + min(int(query.get("limit", 10)), 10)
    cursor = str(end) if end < len(RECORDS) else ""
    metadata = {"next_cursor": cursor}
    return {"ok": True, "members": RECORDS[start:end], "response_metadata": metadata}, {}


def hubspot(url: str, query: Query) -> Answer:
    """HubSpot: ``paging.next.after``, which is not there at the end."""
    start = int(query.get("after", 0))
    end = start + min(int(query.get("limit", 10)), 10)
    body: dict[str, Any] = {"results": RECORDS[start:end]}
    if end < len(RECORDS):
        body["paging"] = {"next": {"after": str(end), "link": f"{url}?after={end}"}}
    return body, {}


def plain(url: str, query: Query) -> Answer:
    """Offset and limit, filtered by ``active``."""
    records = [r for r in RECORDS if query.get("active") in (None, str(r["active"]).lower())]
    start, size = int(query.get("offset", 0)), min(int(query.get("limit", 10)), 10)
    return {"data": {"records": records[start : start + size]}}, {}


def children(url: str, query: Query) -> Answer:
    """Two children of the record that the path names."""
    name = url.rstrip("/").split("/")[-2]
    return {"items": [{"id": f"{name}-a"}, {"id": f"{name}-b"}]}, {}


@dataclass
class ShapedApi:
    """An ASGI application: ``/<shape>`` answers in that shape, ``/login`` with a token."""

    shapes: dict[str, Callable[[str, Query], Answer]] = field(
        default_factory=lambda: {
            f.__name__: f for f in (odata, github, spring, slack, hubspot, plain, children)
        }
    )
    wants: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, Query]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        path = scope["path"]
        self.asked.append((path, query))
        url = f"http://{headers['host']}{path}"
        body, extra = self._answer(path, url, query, headers)
        status = 200 if body is not None else 401
        content = [(b"content-type", b"application/json")]
        content += [(k.encode(), v.encode()) for k, v in extra.items()]
        await send({"type": "http.response.start", "status": status, "headers": content})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def _answer(self, path: str, url: str, query: Query, headers: dict[str, str]) -> Answer:
        if path == "/login":
            return {"accessToken": "token-of-the-day"}, {}
        if any(headers.get(name) != value for name, value in self.wants.items()):
            return None, {}
        return self.shapes[path.strip("/").split("/")[-1]](url, query)
