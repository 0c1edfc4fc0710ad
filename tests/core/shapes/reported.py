"""Shapes of real APIs of which public reports tell that they were read in part."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from tests.support.shape_api import (
    NONE,
    Ask,
    Record,
    Reply,
    Shape,
    by_cursor,
    by_offset,
    linked,
    paged,
    token_of,
)

UNEVEN = (20, 12, 0, 20, 8)


def aikido(ask: Ask) -> Reply:
    """Short and blank pages in the middle; a header says whether there are more."""
    page = ask.number("page", 1) - 1
    starts = [0, *accumulate(UNEVEN)]
    found = ask.records[starts[page] : starts[page + 1]] if page < len(UNEVEN) else []
    more = page + 1 < len(UNEVEN)
    return Reply(list(found), {"x-has-next-page": str(more).lower()})


def azure_devops(ask: Ask) -> Reply:
    """The continuation is in a header, which the last page does not have."""
    part = ask.token("continuationToken")
    token = token_of(part)
    headers = {"x-ms-continuationtoken": token} if token else {}
    return Reply({"count": len(part.records), "value": part.records}, headers)


def dynatrace(ask: Ask) -> Reply:
    """The key of the next page stands for all other parameters, and may not come with them."""
    if "nextPageKey" in ask.query and len(ask.query) > 1:
        told = "Constraints violated: nextPageKey must not be used with other parameters."
        return Reply({"error": {"code": 400, "message": told}}, status=400)
    if "nextPageKey" not in ask.query and "entitySelector" not in ask.query:
        return Reply({"error": {"code": 400, "message": "entitySelector is required."}}, status=400)
    part = ask.token("nextPageKey", "pageSize")
    body: dict[str, Any] = {"totalCount": part.total, "pageSize": part.size}
    if token := token_of(part):
        body["nextPageKey"] = token
    return Reply({**body, "entities": part.records})


def fhir(ask: Ask) -> Reply:
    """Links in a list; from the second page on, ``previous`` is one of them."""
    part = ask.offset("_getpagesoffset", "_count")
    links = [{"relation": "self", "url": ask.link()}]
    if not part.last:
        links.append({"relation": "next", "url": ask.link(_getpagesoffset=part.end)})
    if part.start:
        before = ask.link(_getpagesoffset=max(part.start - part.size, 0))
        links.append({"relation": "previous", "url": before})
    return Reply({"resourceType": "Bundle", "type": "searchset", "link": links,
                  "entry": part.records})  # fmt: skip


def stripe(ask: Ask) -> Reply:
    """The id of the last record is the position of the next page."""
    after = ask.query.get("starting_after")
    names = [one["id"] for one in ask.records]
    part = ask.part(names.index(after) + 1 if after else 0, ask.number("limit", 10))
    return Reply({"object": "list", "has_more": not part.last, "data": part.records})


def verdaccio(ask: Ask) -> Reply:
    """What it calls a total is how many it sends."""
    part = ask.offset("from", "size", cap=250)
    return Reply({"objects": part.records, "total": len(part.records), "time": "Wed, 25 Nov 2026"})


def rabbitmq(ask: Ask) -> Reply:
    part = ask.page(size="page_size")
    if part.number > max(part.pages, 1):
        reason = f"Page out of range, page: {part.number} page size: {part.size}"
        return Reply({"error": "page_out_of_range", "reason": reason}, status=400)
    return Reply({"items": part.records, "total_count": part.total, "filtered_count": part.total,
                  "item_count": len(part.records), "page": part.number, "page_count": part.pages,
                  "page_size": part.size})  # fmt: skip


def grid(ask: Ask) -> Reply:
    """A jQuery grid: ``total`` counts pages, ``records`` the records."""
    part = ask.page(size="rows", cap=10)
    return Reply({"page": part.number, "total": part.pages, "records": part.total,
                  "rows": part.records})  # fmt: skip


def learnworlds(ask: Ask) -> Reply:
    """The first page alone tells how many there are; behind the last one it refuses."""
    part = ask.page()
    if part.number > part.pages:
        return Reply({"errors": [{"code": 422, "message": "page out of bounds"}]}, status=422)
    meta = {"page": 1, "totalItems": part.total, "totalPages": part.pages, "itemsPerPage": 50}
    return Reply({"data": part.records, **({"meta": meta} if part.number == 1 else {})})


def stays_on_last(ask: Ask) -> Reply:
    """Any page behind the last one is the last one."""
    size = 10
    last = -(-len(ask.records) // size)
    number = min(ask.number("page", 1), last)
    return Reply(ask.part((number - 1) * size, size).records)


def services_with_deps(ask: Ask) -> Reply:
    """Services of two dependencies each; what is paged is services."""
    services = [
        {"id": f"s{n:02d}", "deps": list(ask.records[2 * n : 2 * n + 2])}
        for n in range(len(ask.records) // 2)
    ]
    start, size = ask.number("offset", 0), min(ask.number("limit", 10), 10)
    return Reply({"items": services[start : start + size]})


def two_views(ask: Ask) -> Reply:
    """One path, and a page size that depends on the view."""
    half = len(ask.records) // 2
    slim = ask.query.get("view") == "slim"
    found, cap = (ask.records[:half], 50) if slim else (ask.records[half:], 10)
    start = ask.number("offset", 0)
    return Reply({"items": list(found[start : start + min(ask.number("limit", cap), cap)])})


def until_20(reply: Reply, ask: Ask) -> Reply:
    part = ask.offset(cap=10)
    return reply if part.start == 20 else Reply(part.records)


def try_again(ask: Ask) -> Reply:
    return until_20(Reply({"message": "try again later"}), ask)


def code_500(ask: Ask) -> Reply:
    return until_20(Reply({"code": 500, "msg": "internal error"}), ask)


def accepted(ask: Ask) -> Reply:
    return until_20(Reply({}, status=202), ask)


def problem(ask: Ask) -> Reply:
    body = {"type": "about:blank", "title": "Service Unavailable", "status": 503}
    return until_20(Reply(body, content_type="application/problem+json"), ask)


def of_services(found: Sequence[Record]) -> list[Record]:
    return list(found[: len(found) // 2 * 2])


FHIR_NEXT = '.link[] | select(.relation == "next") | .url'
TOKEN = "x-ms-continuationtoken"
SELECTOR = {"query_params": {"entitySelector": 'type("HOST")', "pageSize": 50}}
ALONE = {**SELECTOR, "pagination": {"cursor_alone": True}}
TENS = by_offset(pageSize="10")
WHEN_NONE = "paginationType is none"

SHAPES = {
    "Aikido: header flag, short and blank pages": Shape(
        aikido, ".", paged(pageSize="20"), count=60
    ),
    "Aikido by none": Shape(aikido, ".", NONE, count=60, fails="X-Has-Next-Page (true)"),
    "Azure DevOps: continuation in a header": Shape(
        azure_devops, ".value", by_cursor("continuationToken", TOKEN)
    ),
    "Azure DevOps, header recognised": Shape(
        azure_devops, ".value", by_cursor("continuationToken")
    ),
    "Azure DevOps by none": Shape(azure_devops, ".value", NONE, fails="X-Ms-Continuationtoken"),
    "Dynatrace: key alone": Shape(dynatrace, ".entities", by_cursor("nextPageKey"), ALONE),
    "Dynatrace: key with other parameters": Shape(
        dynatrace, ".entities", by_cursor("nextPageKey"), SELECTOR, fails="answered 400"
    ),
    "Dynatrace by none": Shape(dynatrace, ".entities", NONE, SELECTOR, fails=WHEN_NONE),
    "FHIR: link in a list": Shape(fhir, ".entry", linked(FHIR_NEXT, "_count")),
    "FHIR by none": Shape(fhir, ".entry", NONE, fails="link rel=next"),
    "Stripe: keyset": Shape(stripe, ".data", by_cursor("starting_after", "data.-1.id")),
    "Stripe by none": Shape(stripe, ".data", NONE, fails="has_more (true)"),
    "verdaccio: total follows the size, by none": Shape(
        verdaccio, ".objects", NONE, {"query_params": {"size": 100}}, count=100,
        warns="100 records came in one response, which is a usual page size",
    ),
    "verdaccio: total follows the size": Shape(verdaccio, ".objects", by_offset("from", "size")),
    "RabbitMQ: one page with a named total": Shape(
        rabbitmq, ".items", paged("page_size", totalPath="total_count"), count=3, requests=1
    ),
    "RabbitMQ: pages and a named total": Shape(
        rabbitmq, ".items", paged("page_size", totalPath="total_count"), requests=3
    ),
    "RabbitMQ: full pages, refused behind": Shape(
        rabbitmq, ".items", paged("page_size"), count=100
    ),
    "jQuery grid: total counts pages": Shape(
        grid, ".rows", paged("size", pageSize="100"), count=200
    ),
    "LearnWorlds: pages told once, refused behind": Shape(
        learnworlds, ".data", paged("size"), count=200
    ),
    "last page served again": Shape(stays_on_last, ".", paged("size", pageSize="10"), count=57),
    "last page served again, full": Shape(
        stays_on_last, ".", paged("size", pageSize="100"), count=60, warns="the last page is full"
    ),
    "nested records": Shape(
        services_with_deps, ".items", TENS, items_to_parse=".deps", count=90, keeps=of_services
    ),
    "two requests of one path": Shape(
        two_views, ".items", by_offset(pageSize="100"), count=170,
        kinds=("/things?view=slim", "/things"),
    ),
    "200 that is no listing: a message": Shape(
        try_again, ".", TENS, fails="an error with a status of success"
    ),
    "200 that is no listing: a code": Shape(
        code_500, ".", TENS, fails="an error with a status of success"
    ),
    "200 that is no listing: accepted": Shape(accepted, ".", TENS, fails="answered 202"),
    "200 that is no listing: a problem": Shape(
        problem, ".", TENS, fails="application/problem+json"
    ),
}  # fmt: skip
