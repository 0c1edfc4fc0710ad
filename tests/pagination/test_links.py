"""Listings that are followed by links, in the body and in the header; positions in a body."""

from __future__ import annotations

from typing import Any

import pytest

from errors import PaginationError
from pagination import End, Page, PageRequest, Progress, build_paginator
from pagination.link_header import parse_link_header
from settings.model import Location, PaginationSettings, PaginationType

URL = "https://api.example.com/v1/items?page=1"


def page(count: int, body: Any = None, link: str = "", request: PageRequest | None = None) -> Page:
    progress = Progress(1, count, count, count)
    return Page(
        request or PageRequest(URL),
        items=list(range(count)),
        body=body,
        headers={"link": link} if link else {},
        url=URL,
        progress=progress,
    )


def settings(type_: str, **more: Any) -> PaginationSettings:
    return PaginationSettings(type=PaginationType(type_), page_size=3, **more)


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ('<https://h/2>; rel="next"', "https://h/2"),
        ("<https://h/2>; rel=next", "https://h/2"),
        ('<https://h/1>; rel="prev", <https://h/2>; rel="next"', "https://h/2"),
        ('<https://h/2>; rel="prefetch NEXT"', "https://h/2"),
        ('<https://h/2?a=1,2;b>; title="a, b; <c>"; rel="next"', "https://h/2?a=1,2;b"),
        ('<https://h/2>; title="say \\"hi\\", you"; rel=next', "https://h/2"),
        ("<https://h/2>;rel=next,<https://h/3>;rel=last", "https://h/2"),
        ("<?page=2> ; rel = next", "?page=2"),
        ('<https://h/1>; rel=first; rel=next, <https://h/2>; rel="next"', "https://h/2"),
        ('<https://h/1>; rel=next; anchor="#x", <https://h/2>; rel=next', "https://h/2"),
        ('<https://h/1>; rel="previous"', None),
        ('<https://h/1>; rel="nextish"', None),
        ("garbage", None),
        ("<unclosed; rel=next", None),
        ("", None),
    ],
)
def test_the_link_header(header: str, target: str | None) -> None:
    found = [link.target for link in parse_link_header(header) if "next" in link.rels]
    assert (found[0] if found else None) == target


def test_hostile_headers_end_quickly() -> None:
    assert parse_link_header("<a>;" + 'x="' + "\\" * 50_000) is not None
    assert len(parse_link_header(", ".join(["<a>; rel=next"] * 5000))) == 5000


def test_a_header_link_is_followed_until_there_is_none() -> None:
    paginator = build_paginator(settings("header_link"))
    step = paginator.following(page(3, link='<?page=2>; rel="next"'))
    assert step == PageRequest("https://api.example.com/v1/items?page=2")
    assert isinstance(paginator.following(page(3, link='<?page=1>; rel="first"')), End)
    other = build_paginator(settings("header_link", header_link_rel="Following"))
    assert isinstance(other.following(page(3, link="<?page=2>; rel=following")), PageRequest)


@pytest.mark.parametrize(
    ("path", "body", "target"),
    [
        (None, {"@odata.nextLink": "https://api.example.com/x"}, "https://api.example.com/x"),
        ("a.b", {"a.b": "/literal", "a": {"b": "/dotted"}}, "https://api.example.com/literal"),
        ("a.b", {"a": {"b": "/dotted"}}, "https://api.example.com/dotted"),
        (
            "_links.next",
            {"_links": {"next": {"href": "?page=2"}}},
            "https://api.example.com/v1/items?page=2",
        ),
    ],
)
def test_a_link_in_the_body(path: str | None, body: Any, target: str) -> None:
    paginator = build_paginator(settings("next_link", next_link_path=path))
    assert paginator.following(page(3, body)) == PageRequest(target)


@pytest.mark.parametrize("body", [{"next": None}, {"next": ""}, {"next": False}])
def test_no_link_ends(body: Any) -> None:
    paginator = build_paginator(settings("next_link", next_link_path="next"))
    assert isinstance(paginator.following(page(3, body)), End)


def test_a_path_that_is_never_there_is_wrong_if_the_first_page_is_full() -> None:
    paginator = build_paginator(settings("next_link", next_link_path="nxt"))
    with pytest.raises(PaginationError, match="correct nextLinkPath"):
        paginator.following(page(3, {"next": "x"}))
    assert isinstance(paginator.following(page(2, {"next": "x"})), End)
    assert isinstance(build_paginator(settings("next_link")).following(page(3, {})), End)


@pytest.mark.parametrize("type_", ["next_link", "header_link"])
def test_more_without_a_link_is_an_error_and_a_named_end_is_one(type_: str) -> None:
    paginator = build_paginator(settings(type_))
    with pytest.raises(PaginationError, match="there is no link"):
        paginator.following(page(3, {"has_more": True}))
    named = build_paginator(settings(type_, has_more_path="more"))
    body = {"more": False, "@odata.nextLink": "/x"}
    assert isinstance(named.following(page(3, body, link="</x>; rel=next")), End)


def test_a_link_that_is_no_text_is_an_error() -> None:
    paginator = build_paginator(settings("next_link", next_link_path="next"))
    with pytest.raises(PaginationError, match="is no link"):
        paginator.following(page(3, {"next": 7}))


def test_a_position_inside_a_body() -> None:
    config = PaginationSettings(
        type=PaginationType.OFFSET,
        page_size=3,
        param="page.offset",
        size_param="page.limit",
        location=Location.BODY,
    )
    paginator = build_paginator(config)
    body = {"filter": {"x": 1}, "page": {"sort": "id"}}
    first = paginator.first(PageRequest(URL, body=body))
    assert first.body == {"filter": {"x": 1}, "page": {"sort": "id", "limit": 3, "offset": 0}}
    assert first.params == ()
    step = paginator.following(page(3, {}, request=first))
    assert isinstance(step, PageRequest)
    assert step.body["page"] == {"sort": "id", "limit": 3, "offset": 3}
    assert body == {"filter": {"x": 1}, "page": {"sort": "id"}}


def test_a_page_size_that_the_body_sets_wins() -> None:
    config = PaginationSettings(
        type=PaginationType.CURSOR, param="after", size_param="first", location=Location.BODY
    )
    first = build_paginator(config).first(PageRequest(URL, body={"first": 50}))
    assert first.body == {"first": 50}
    step = build_paginator(config).following(page(3, {"next_cursor": "c"}, request=first))
    assert isinstance(step, PageRequest)
    assert step.body == {"first": 50, "after": "c"}
