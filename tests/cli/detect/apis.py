"""Small APIs that page in the ways of well-known ones, each with the same records."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

Query = dict[str, str]

RECORDS = [
    {"id": f"rec-{number:03d}", "name": f"Record {number}", "rank": number % 4}
    for number in range(1, 48)
]


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back."""

    body: Any
    headers: Query = field(default_factory=dict)
    status: int = 200


def _cut(query: Query, start: int, size: str, default: int, cap: int) -> tuple[list[Any], int]:
    """The records from ``start``, by the size parameter ``size``, and where the next begin."""
    end = start + min(int(query.get(size, default)), cap)
    return RECORDS[start:end], end


def github(url: str, query: Query) -> Reply:
    """A bare array, the ``Link`` header, ``page`` and ``per_page``."""
    page, size = int(query.get("page", 1)), min(int(query.get("per_page", 30)), 100)
    start = (page - 1) * size
    links = [f'<{url}?{urlencode({**query, "page": 1})}>; rel="first"']
    if start + size < len(RECORDS):
        links.insert(0, f'<{url}?{urlencode({**query, "page": page + 1})}>; rel="next"')
    return Reply(RECORDS[start : start + size], {"link": ", ".join(links)})


def slack(url: str, query: Query) -> Reply:
    """``response_metadata.next_cursor``, an empty text at the end; ``cursor`` and ``limit``."""
    start = int(query.get("cursor", "c0")[1:])
    found, end = _cut(query, start, "limit", 20, 200)
    cursor = f"c{end}" if end < len(RECORDS) else ""
    return Reply({"ok": True, "members": found, "response_metadata": {"next_cursor": cursor}})


def odata(url: str, query: Query) -> Reply:
    """``value``, ``@odata.nextLink``, ``$top`` and ``$skip``."""
    found, end = _cut(query, int(query.get("$skip", 0)), "$top", 20, 20)
    body: dict[str, Any] = {"@odata.context": f"{url}/$metadata#records", "value": found}
    if end < len(RECORDS):
        body["@odata.nextLink"] = f"{url}?{urlencode({**query, '$skip': end})}"
    return Reply(body)


def odata_without_links(url: str, query: Query) -> Reply:
    """``value``, ``$top`` and ``$skip`` alone."""
    found, _ = _cut(query, int(query.get("$skip", 0)), "$top", 20, 20)
    return Reply({"value": found})


def spring(url: str, query: Query) -> Reply:
    """Pages from 0, ``content``, ``totalElements`` and ``last``."""
    page = int(query.get("page", 0))
    size = min(int(query.get("size", 20)), 2000)
    found = RECORDS[page * size : (page + 1) * size]
    last = (page + 1) * size >= len(RECORDS)
    told = {"totalElements": len(RECORDS), "last": last, "number": page, "size": size}
    return Reply({"content": found, "pageable": {"sort": {"sorted": False}}, **told})


def stripe(url: str, query: Query) -> Reply:
    """``has_more``; the position is the last item's id in ``starting_after``."""
    ids = [record["id"] for record in RECORDS]
    start = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
    found, end = _cut(query, start, "limit", 10, 20)
    return Reply({"object": "list", "data": found, "has_more": end < len(RECORDS)})


def nothing(url: str, query: Query) -> Reply:
    """All records in one answer; parameters make no difference."""
    return Reply({"records": RECORDS})


def strict(url: str, query: Query) -> Reply:
    """``offset`` and ``limit``; 400 for any other parameter, and for a limit over 40."""
    unknown = query.keys() - {"offset", "limit"}
    if unknown or int(query.get("limit", 10)) > 50:
        return Reply({"error": f"invalid parameter: {', '.join(unknown) or 'limit'}"}, status=400)
    found, _ = _cut(query, int(query.get("offset", 0)), "limit", 10, 50)
    return Reply({"results": found})


def texts(url: str, query: Query) -> Reply:
    """``offset`` and ``limit``; the records are texts, and a total counts them."""
    found, _ = _cut(query, int(query.get("offset", 0)), "limit", 10, 100)
    return Reply({"data": [one["id"] for one in found], "total": len(RECORDS)})


def hubspot(url: str, query: Query) -> Reply:
    """``paging.next.after``, which is not there at the end; its link leads elsewhere."""
    found, end = _cut(query, int(query.get("after", 0)), "limit", 10, 100)
    body: dict[str, Any] = {"results": found}
    if end < len(RECORDS):
        link = f"https://api.elsewhere.example/records?after={end}"
        body["paging"] = {"next": {"after": str(end), "link": link}}
    return Reply(body)


def zendesk(url: str, query: Query) -> Reply:
    """``links.next`` that is there on the last page too, where ``meta.has_more`` is false."""
    start = int(query.get("page[after]", "p0")[1:])
    found, end = _cut(query, start, "page[size]", 20, 30)
    after = f"p{end}"
    following = f"{url}?{urlencode({**query, 'page[after]': after})}"
    meta = {"has_more": end < len(RECORDS), "after_cursor": after}
    return Reply({"records": found, "meta": meta, "links": {"next": following, "prev": None}})


def scim(url: str, query: Query) -> Reply:
    """``startIndex`` from 1, ``count``, ``Resources`` and ``totalResults``."""
    start = max(int(query.get("startIndex", 1)), 1)
    found, _ = _cut(query, start - 1, "count", 20, 20)
    told = {"totalResults": len(RECORDS), "startIndex": start, "itemsPerPage": len(found)}
    return Reply({"schemas": ["urn:ietf:params:scim"], **told, "Resources": found})


def google(url: str, query: Query) -> Reply:
    """``nextPageToken``, gone at the end; ``pageToken`` and ``pageSize``."""
    start = int(query.get("pageToken", "t0")[1:])
    found, end = _cut(query, start, "pageSize", 20, 1000)
    more = {"nextPageToken": f"t{end}"} if end < len(RECORDS) else {}
    return Reply({"records": found, **more})


def relay(url: str, query: Query) -> Reply:
    """``pageInfo.endCursor``, there at the end too, and ``pageInfo.hasNextPage``."""
    start = int(query.get("after", "e0")[1:])
    found, end = _cut(query, start, "first", 20, 100)
    info = {"endCursor": f"e{end}", "hasNextPage": end < len(RECORDS)}
    return Reply({"nodes": found, "pageInfo": info})


def fixed_pages(url: str, query: Query) -> Reply:
    """``p``, in pages of 13 that nothing changes."""
    page = int(query.get("p", 1))
    return Reply({"list": RECORDS[(page - 1) * 13 : page * 13]})


def fixed_offset(url: str, query: Query) -> Reply:
    """``skip``, in pages of 13 that nothing changes; no key for items when there are none."""
    start = int(query.get("skip", 0))
    found = RECORDS[start : start + 13]
    return Reply({"list": found} if found else {})


def jira(url: str, query: Query) -> Reply:
    """``startAt``, ``maxResults``, ``total`` and ``isLast``; the key of the items is the path's."""
    found, end = _cut(query, int(query.get("startAt", 0)), "maxResults", 10, 15)
    told = {"startAt": int(query.get("startAt", 0)), "maxResults": 10, "total": len(RECORDS)}
    return Reply({**told, "isLast": end >= len(RECORDS), "jira": found, "labels": [{"a": 1}]})


def limited(url: str, query: Query) -> Reply:
    """``next``, until ``limit`` items of the whole listing have come."""
    end = min(len(RECORDS), int(query.get("limit", len(RECORDS))))
    start = int(query.get("from_token", "f0")[1:])
    found = RECORDS[start : min(start + 20, end)]
    following = f"{url}?{urlencode({**query, 'from_token': f'f{start + 20}'})}"
    return Reply({"items": found, "next": following if start + 20 < end else None})


def limited_pages(url: str, query: Query) -> Reply:
    """``page``, in pages of twelve, of a listing that ``limit`` cuts."""
    start = (int(query.get("page", 1)) - 1) * 12
    return Reply({"items": RECORDS[: int(query.get("limit", 1000))][start : start + 12]})


def mean(url: str, query: Query) -> Reply:
    """Answers 500 to each parameter it does not know."""
    if query.keys() - {"offset", "limit"}:
        return Reply({"error": "oops"}, status=500)
    return strict(url, query)


def reserved(url: str, query: Query) -> Reply:
    """``_page`` and ``_per_page``; any other parameter is a filter that nothing passes."""
    page, size = int(query.get("_page", 1)), min(int(query.get("_per_page", 10)), 20)
    found = [] if query.keys() - {"_page", "_per_page"} else RECORDS
    told = {"next": page + 1 if page * size < len(found) else None, "items": len(found)}
    return Reply({**told, "data": found[(page - 1) * size : page * size]})


def two_shapes(url: str, query: Query) -> Reply:
    """Everything in an array; with ``_page`` a page in an object, as the newest json-server has."""
    return reserved(url, query) if "_page" in query else Reply(RECORDS)


def other_header(url: str, query: Query) -> Reply:
    """A link to the next page in a header of its own, as Kinto has; unknown ones are filters."""
    start = int(query.get("_token", 0))
    found = [] if query.keys() - {"_token"} else RECORDS[start : start + 10]
    more = start + 10 < len(RECORDS)
    return Reply({"data": found}, {"next-page": f"{url}?_token={start + 10}"} if more else {})


def fhir(url: str, query: Query) -> Reply:
    """Links in a list, with one to the page before, too; ``_count``, and no position to guess."""
    start = int(query.get("_state", "s0")[1:])
    found, end = _cut(query, start, "_count", 10, 20)
    links = [{"relation": "self", "url": f"{url}?{urlencode(query)}"}]
    if end < len(RECORDS):
        following = urlencode({**query, "_state": f"s{end}"})
        links.append({"relation": "next", "url": f"{url}?{following}"})
    if start:
        links.append({"relation": "previous", "url": url})
    return Reply({"resourceType": "Bundle", "link": links, "entry": found})


def azure(url: str, query: Query) -> Reply:
    """A continuation in a header, gone on the last page; ``continuationToken`` and ``$top``."""
    start = int(query.get("continuationToken", "t0")[1:])
    found, end = _cut(query, start, "$top", 20, 20)
    more = {"x-ms-continuationtoken": f"t{end}"} if end < len(RECORDS) else {}
    return Reply({"count": len(found), "value": found}, more)


def last_item(url: str, query: Query) -> Reply:
    """A bare array; ``since_id`` is the last item's own, and only an empty page ends it."""
    ids = [record["id"] for record in RECORDS]
    start = ids.index(query["since_id"]) + 1 if "since_id" in query else 0
    return Reply(_cut(query, start, "limit", 20, 20)[0])


def pages_told(url: str, query: Query) -> Reply:
    """``meta.totalPages``, and 422 behind the last page."""
    page, size = int(query.get("page", 1)), min(int(query.get("size", 10)), 20)
    pages = -(-len(RECORDS) // size)
    if page > pages:
        return Reply({"message": "no such page"}, status=422)
    found = RECORDS[(page - 1) * size : page * size]
    return Reply({"data": found, "meta": {"page": page, "totalPages": pages, "size": size}})


def null_next(url: str, query: Query) -> Reply:
    """``next`` is always null, and pages are smaller than they were asked to be."""
    page, size = int(query.get("page", 1)), min(int(query.get("size", 10)), 12)
    return Reply({"items": RECORDS[(page - 1) * size : page * size], "next": None})


def verdaccio(url: str, query: Query) -> Reply:
    """``total`` is what was asked for, whatever there is; ``size``, and no way to the rest."""
    found = RECORDS[: int(query.get("size", 20))]
    return Reply({"objects": found, "total": len(found), "time": "now"})


def only_a_flag(url: str, query: Query) -> Reply:
    """More than comes, and a flag that says so where nobody looks; nothing leads there."""
    told = {"state": {"inner": {"more_available": True}}}
    return Reply({**told, "rows": RECORDS[:20]})


def always_more(url: str, query: Query) -> Reply:
    """``offset`` and ``limit``; ``has_more`` is true at the end, too."""
    found, _ = _cut(query, int(query.get("offset", 0)), "limit", 10, 50)
    return Reply({"results": found, "has_more": True})


SHAPES: dict[str, Callable[[str, Query], Reply]] = {
    one.__name__: one
    for one in (
        github, slack, odata, odata_without_links, spring, stripe, nothing, strict, hubspot,
        zendesk, scim, google, relay, fixed_pages, fixed_offset, jira, limited, limited_pages, mean,
        reserved, two_shapes, other_header, fhir, azure, last_item, pages_told, null_next,
        verdaccio, only_a_flag, always_more, texts,
    )
}  # fmt: skip


@dataclass
class PagingApis:
    """An ASGI application: the shape is named by the path. ``asked`` holds all queries."""

    asked: list[Query] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {key.decode(): value.decode() for key, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        self.asked.append(query)
        url = f"http://{headers['host']}{scope['path']}"
        try:
            reply = SHAPES[scope["path"].strip("/")](url, query)
        except (ValueError, KeyError) as error:
            reply = Reply({"error": str(error)}, status=400)
        told = {"content-type": "application/json", **reply.headers}
        pairs = [(key.encode(), value.encode()) for key, value in told.items()]
        start = {"type": "http.response.start", "status": reply.status, "headers": pairs}
        await send(start)
        await send({"type": "http.response.body", "body": json.dumps(reply.body).encode()})
