"""Pages by their number, and APIs that tell a number of records or of pages."""

from __future__ import annotations

import json
from typing import Any

from tests.support.shape_api import NONE, Ask, Part, Reply, Shape, linked, paged


def links_of(ask: Ask, part: Part, param: str = "page", first: int = 1) -> dict[str, str]:
    """The links that a page has, by relation."""
    number = part.number - 1 + first
    found = {"first": ask.link(**{param: first})}
    if part.start:
        found["prev"] = ask.link(**{param: number - 1})
    if not part.last:
        found["next"] = ask.link(**{param: number + 1})
    return found


def link_header(links: dict[str, str]) -> str:
    return ", ".join(f'<{url}>; rel="{rel}"' for rel, url in links.items())


def gitlab(ask: Ask) -> Reply:
    """All in headers, those of a page that is not there empty."""
    part = ask.page()
    headers: dict[str, str | list[str]] = {
        "X-Next-Page": "" if part.last else str(part.number + 1),
        "X-Page": str(part.number),
        "X-Per-Page": str(part.size),
        "X-Prev-Page": str(part.number - 1) if part.start else "",
        "X-Total": str(part.total),
        "X-Total-Pages": str(part.pages),
        "Link": link_header(links_of(ask, part)),
    }
    return Reply(part.records, headers)


def gitlab_large(ask: Ask) -> Reply:
    """As for more than 10,000 records: without totals."""
    whole = gitlab(ask)
    return Reply(whole.body, {k: v for k, v in whole.headers.items() if "Total" not in k})


def spring(ask: Ask) -> Reply:
    """Spring Data: pages from 0, ``number`` is this one's."""
    part = ask.page("page", "size", first=0)
    return Reply({
        "content": part.records, "empty": not part.records, "first": part.start == 0,
        "last": part.last, "number": part.number - 1, "numberOfElements": len(part.records),
        "pageable": {"offset": part.start, "pageNumber": part.number - 1, "pageSize": part.size},
        "size": part.size, "totalElements": part.total, "totalPages": part.pages,
    })  # fmt: skip


def spring_slice(ask: Ask) -> Reply:
    """A slice, which knows no totals."""
    part = ask.page("page", "size", first=0)
    return Reply({"content": part.records, "number": part.number - 1, "size": part.size,
                  "first": part.start == 0, "last": part.last})  # fmt: skip


def wordpress(ask: Ask) -> Reply:
    """Behind the end it refuses."""
    part = ask.page()
    headers: dict[str, str | list[str]] = {
        "X-WP-Total": str(part.total), "X-WP-TotalPages": str(part.pages),
        "Link": link_header({k: v for k, v in links_of(ask, part).items() if k != "first"}),
    }  # fmt: skip
    if part.number > part.pages:
        told = "The page number requested is larger than the number of pages available."
        body = {"code": "rest_post_invalid_page_number", "message": told, "data": {"status": 400}}
        return Reply(body, status=400)
    return Reply(part.records, headers)


def drf(ask: Ask) -> Reply:
    """Django REST Framework's PageNumberPagination: behind the end 404."""
    part = ask.page(size="page_size")
    if part.number > part.pages:
        return Reply({"detail": "Invalid page."}, status=404)
    links = links_of(ask, part)
    return Reply({"count": part.total, "next": links.get("next"), "previous": links.get("prev"),
                  "results": part.records})  # fmt: skip


def zoom(ask: Ask) -> Reply:
    """Numbers of pages, and the token of another way to page, which is empty then."""
    part = ask.page("page_number", "page_size")
    return Reply({"page_count": part.pages, "page_number": part.number, "page_size": part.size,
                  "total_records": part.total, "next_page_token": "",
                  "users": part.records})  # fmt: skip


def strapi(ask: Ask) -> Reply:
    part = ask.page("pagination[page]", "pagination[pageSize]")
    told = {"page": part.number, "pageSize": part.size, "pageCount": part.pages}
    return Reply({"data": part.records, "meta": {"pagination": {**told, "total": part.total}}})


def directus(ask: Ask) -> Reply:
    part = ask.page(size="limit")
    counts = {"total_count": part.total, "filter_count": part.total}
    return Reply({"data": part.records, "meta": counts})


def eve(ask: Ask) -> Reply:
    """EVE Online: pages of a fixed size, their number in a header, 404 behind the end."""
    part = ask.page()
    if part.number > part.pages:
        return Reply({"error": "Requested page does not exist!"}, status=404)
    return Reply(part.records, {"X-Pages": str(part.pages)})


def asp_net(ask: Ask) -> Reply:
    """All in one header, as JSON."""
    part = ask.page("pageNumber", "pageSize")
    told = {
        "TotalCount": part.total, "PageSize": part.size, "CurrentPage": part.number,
        "TotalPages": part.pages, "HasNext": not part.last, "HasPrevious": part.start > 0,
    }  # fmt: skip
    return Reply(part.records, {"X-Pagination": json.dumps(told)})


def world_bank(ask: Ask) -> Reply:
    """An array of what surrounds the records and of the records."""
    part = ask.page()
    told = {"page": part.number, "pages": part.pages, "per_page": str(part.size),
            "total": part.total}  # fmt: skip
    return Reply([told, part.records])


def hal(ask: Ask) -> Reply:
    """Spring Data REST: HAL, pages from 0."""
    part = ask.page("page", "size", first=0)
    links = {rel: {"href": url} for rel, url in links_of(ask, part, first=0).items()}
    page = {"size": part.size, "totalElements": part.total, "totalPages": part.pages,
            "number": part.number - 1}  # fmt: skip
    return Reply({"_embedded": {"items": part.records}, "_links": links, "page": page})


def json_api(ask: Ask) -> Reply:
    part = ask.page("page[number]", "page[size]")
    links: dict[str, Any] = {"prev": None, "next": None, "self": ask.link()}
    links |= links_of(ask, part, "page[number]")
    return Reply({"data": part.records, "links": links, "jsonapi": {"version": "1.1"}})


def json_api_objects(ask: Ask) -> Reply:
    """Links as objects (JSON:API 1.1, "link objects")."""
    body = json_api(ask).body
    links = {rel: url and {"href": url, "title": rel} for rel, url in body["links"].items()}
    return Reply({**body, "links": links})


JSON_API = paged("page[size]", paginationParam="page[number]")
WHEN_NONE = "paginationType is none"

SHAPES = {
    "GitLab by page": Shape(gitlab, ".", paged()),
    "GitLab by header_link": Shape(
        gitlab, ".", {"paginationType": "header_link", "sizeParam": "per_page"}
    ),
    "GitLab by none": Shape(gitlab, ".", NONE, fails=WHEN_NONE),
    "GitLab without totals, by page": Shape(gitlab_large, ".", paged()),
    "GitLab without totals, last page full": Shape(gitlab_large, ".", paged(), count=100),
    "Spring: pages from 0": Shape(spring, ".content", paged("size", startPage="0")),
    "Spring by none": Shape(spring, ".content", NONE, fails=WHEN_NONE),
    "Spring slice": Shape(
        spring_slice, ".content", paged("size", startPage="0", pageSize="200"), count=150
    ),
    "Spring slice, asked for 1": Shape(
        spring_slice, ".content", paged("size"), fails="Check startPage"
    ),
    "Spring slice by none": Shape(spring_slice, ".content", NONE, fails="last (false)"),
    "WordPress by page": Shape(wordpress, ".", paged()),
    "WordPress by page, last page full": Shape(wordpress, ".", paged(), count=100),
    "WordPress, another size than asked for": Shape(wordpress, ".", paged("size", pageSize="100")),
    "WordPress by none": Shape(wordpress, ".", NONE, fails=WHEN_NONE),
    "Django REST Framework by page": Shape(drf, ".results", paged("page_size")),
    "Django REST Framework by page, last page full": Shape(
        drf, ".results", paged("page_size", pageSize="100"), count=100
    ),
    "Django REST Framework by next_link": Shape(drf, ".results", linked("next")),
    "Django REST Framework by none": Shape(drf, ".results", NONE, fails=WHEN_NONE),
    "Strapi by page": Shape(
        strapi, ".data", paged("pagination[pageSize]", paginationParam="pagination[page]")
    ),
    "Strapi by none": Shape(strapi, ".data", NONE, fails="meta.pagination."),
    "Directus by page": Shape(directus, ".data", paged("limit")),
    "Directus by none": Shape(directus, ".data", NONE, fails="meta.total_count (130)"),
    "Zoom by page": Shape(
        zoom, ".users", paged("page_size", paginationParam="page_number")
    ),
    "EVE by page": Shape(eve, ".", paged("")),
    "EVE by none": Shape(eve, ".", NONE, fails="X-Pages (3)"),
    "ASP.NET by page": Shape(
        asp_net, ".", paged("pageSize", paginationParam="pageNumber")
    ),
    "ASP.NET by none": Shape(asp_net, ".", NONE, fails="X-Pagination."),
    "World Bank by page": Shape(world_bank, ".[1]", paged()),
    "World Bank by none": Shape(world_bank, ".[1]", NONE, fails=WHEN_NONE),
    "HAL by next_link": Shape(hal, "._embedded.items", linked("_links.next.href", "size")),
    "HAL by page": Shape(hal, "._embedded.items", paged("size", startPage="0")),
    "HAL by none": Shape(hal, "._embedded.items", NONE, fails=WHEN_NONE),
    "JSON:API by next_link": Shape(json_api, ".data", linked("links.next", "page[size]")),
    "JSON:API by cursor, a link": Shape(
        json_api, ".data", {"paginationType": "cursor", "sizeParam": "page[size]"}
    ),
    "JSON:API by page": Shape(json_api, ".data", JSON_API),
    "JSON:API by none": Shape(json_api, ".data", NONE, fails="links.next ("),
    "JSON:API link objects": Shape(json_api_objects, ".data", linked("links.next")),
}  # fmt: skip
