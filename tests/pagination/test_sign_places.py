"""The objects in which signs are recognised, what is ignored, and what is no sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pagination.sign import Says, SignKind
from tests.support.strategy_pages import LINK, NEXT, Response, at, full, said, settings, signs

MORE, END = Says.MORE, Says.END
FLAG, TOTAL = SignKind.FLAG, SignKind.TOTAL

PREFIXES = (
    "meta", "pagination", "paging", "page", "pageInfo", "page_info", "_pagination",
    "meta.pagination", "meta.page", "response_metadata",
)  # fmt: skip
"""What the contract lists."""

EACH_KIND: Mapping[str, Any] = {
    "has_more": True, "last": False, "next": NEXT, "next_cursor": "c", "next_page": 2,
    "total_pages": 3, "total": 30,
}  # fmt: skip


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("name", EACH_KIND)
def test_below_each_prefix(prefix: str, name: str) -> None:
    found = said(Response(10, at(f"{prefix}.{name}", EACH_KIND[name])))
    assert {path: says for path, (_, says) in found.items()} == {f"{prefix}.{name}": MORE}


@pytest.mark.parametrize("prefix", ["", *(f"{one}." for one in PREFIXES)])
@pytest.mark.parametrize("name", EACH_KIND)
def test_beside_the_array_of_the_records(prefix: str, name: str) -> None:
    body = at(f"data.users.{prefix}{name}", EACH_KIND[name])
    path = f"data.users.{prefix}{name}"
    beside = signs(Response(10, body, level=("data", "users")))
    assert [(one.name, one.says) for one in beside] == [(path, MORE)]
    assert said(Response(10, body, level=("data",))) == {}
    assert said(Response(10, body, level=None)) == {}


def test_beside_an_array_in_a_list() -> None:
    body = [{"total": 30}, {"results": []}]
    assert said(Response(10, body, level=(1,))) == {"0.total": (TOTAL, MORE)}
    assert said(Response(10, [{"id": 1, "total": 30}], level=None)) == {}


@pytest.mark.parametrize("name", ["HAS_MORE", "Has-More", "hasmore", "has_More_"])
def test_case_hyphens_and_underscores_do_not_matter(name: str) -> None:
    assert said(full(**{name: False})) == {name: (FLAG, END)}
    path = f"Page-Info.{name}"
    assert said(Response(10, at(path, False))) == {path: (FLAG, END)}
    assert said(full({"x-hasnext-page": "no"})) == {"X-Hasnext-Page": (FLAG, END)}


def test_a_header_that_holds_json() -> None:
    there = full({"x-pagination": '{"TotalCount": 30, "HasNext": true}'})
    assert said(there) == {
        "X-Pagination.TotalCount": (TOTAL, MORE),
        "X-Pagination.HasNext": (FLAG, MORE),
    }
    assert said(full({"x-pagination": '{"TotalCount": 30'})) == {}


def test_a_text_at_offset_is_a_cursor() -> None:
    """Airtable calls its cursor so; a number is where the page begins."""
    assert said(full(offset="itrX/recY")) == {"offset": (SignKind.CURSOR, MORE)}
    assert said(full(offset="20")) == {}


@pytest.mark.parametrize(
    ("ignored", "response"),
    [
        ("total", full(total=30)),
        ("TOTAL", full(total=30)),
        ("meta.has_more", full(meta={"has_more": True})),
        ("meta.hasMore", full(meta={"has_more": True})),
        ("x-total-count", full({"x-total-count": "30"})),
        ("Link rel=next", full(LINK)),
        ("Link", full(LINK)),
        ("links rel=next", full(links=[{"rel": "next", "href": NEXT}])),
        ("Content-Range", full({"content-range": "0-9/30"})),
    ],
)
def test_ignored_signs(ignored: str, response: Response) -> None:
    config = settings("offset", ignored_signs=("other", ignored))
    assert len(signs(response)) == 1
    assert signs(response, config=config) == ()
    assert signs(response, full(), config=config) == ()


def test_only_what_is_named_is_ignored() -> None:
    config = settings("offset", ignored_signs=("total", "has_more"))
    response = full(total=30, total_count=30, meta={"total": 30, "has_more": True})
    assert set(said(response, config=config)) == {"total_count", "meta.total", "meta.has_more"}


@pytest.mark.parametrize("type_", ["none", "offset", "page", "next_link", "header_link"])
def test_a_response_that_is_an_item_itself_has_signs_in_its_headers_only(type_: str) -> None:
    body = {**EACH_KIND, "pages": 9, "links": [{"rel": "next", "href": NEXT}]}
    response = Response([body], body, {"x-total-count": "30", **LINK}, whole=True)
    config = settings(type_, next_link_path="nowhere")
    found = said(response, config=config)
    assert set(found) == {"X-Total-Count", "Link rel=next"}


def test_of_an_item_the_cursor_is_read_where_the_type_follows_it() -> None:
    body = {"id": 1, "next_cursor": "c", "next": NEXT, "total": 30, "has_more": True}
    response = Response([body], body, whole=True)
    assert set(said(response, config=settings("cursor"))) == {"next_cursor"}
    assert said(response, config=settings("cursor", cursor_path="meta.next")) == {}
    named = settings("offset", total_path="total")
    assert said(response, config=named) == {"total": (TOTAL, MORE)}


@pytest.mark.parametrize(
    "body",
    [
        {"last": 5},
        {"last": "Miller"},
        {"more": "more of this"},
        {"more": {"fields": 1}},
        {"next": []},
        {"next": {}},
        {"next": False, "data": 1} | {"next": 0},
        {"pages": []},
        {"pages": [{"id": 1}]},
        {"pages": {"first": NEXT}},
        {"page": 1},
        {"page": {"number": 1, "size": 10}},
        {"records": []},
        {"records": [{"id": 1}]},
        {"cursor": {}},
        {"cursor": []},
        {"cursor": True},
        {"links": {"self": NEXT, "prev": None}},
        {"links": []},
        {"links": ["next", {"rel": "next-archive", "href": NEXT}]},
        {"link": NEXT},
        {"offset": 20},
        {"count": 10},
        {"number": 1},
        {"done": True},
        {"nextToken": None},
        {"nextHref": ""},
        {"isTruncated": False},
        {"status": {"has_more": True}},
        {"items": {"total": 30}},
        None,
        "next",
        7,
    ],
)
def test_no_false_signs(body: Any) -> None:
    assert said(Response(10, body)) == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"x-nextjs-cache": "HIT"},
        {"x-nextjs-prerender": "1"},
        {"nextjs-route": "/items"},
        {"x-ratelimit-next-reset": "5"},
        {"x-next-retry": "5"},
        {"cache-control": "no-store"},
        {"content-length": "30"},
        {"x-page": "1"},
        {"x-per-page": "10"},
        {"link": "</style.css>; rel=preload"},
    ],
)
def test_no_false_signs_in_headers(headers: dict[str, str]) -> None:
    assert said(full(headers)) == {}


def test_the_page_size_that_is_sent_back_is_no_total() -> None:
    """``count`` may be a total, too."""
    assert said(Response(7, {"count": 10})) == {}
    assert said(Response(7, {"count": 11})) == {"count": (TOTAL, MORE)}
