"""Links to the next page: the Link header, links in a body, and where they lead."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from errors import PaginationError
from pagination import Page, PageRequest, build_paginator
from pagination.link_header import parse_link_header
from settings.model import PaginationSettings
from tests.support.strategy_pages import (
    LINK,
    NEXT,
    URL,
    Response,
    following,
    full,
    listed,
    settings,
)

BY_LINK = settings("next_link", next_link_path="next")


def led(config: PaginationSettings, page: Page) -> PageRequest | None:
    return build_paginator(config).following(page)


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
        ("; rel=next", None),
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


@pytest.mark.parametrize(
    ("header", "results"),
    [
        ("<u>; rel=next", True),
        ('<u>; rel="next"; results="true"; cursor="0:100:0"', True),
        ('<u>; rel="next"; results="false"; cursor="0:100:0"', False),
        ("<u>; results=FALSE; rel=next", False),
    ],
)
def test_a_link_that_says_whether_anything_is_behind_it(header: str, results: bool) -> None:
    assert [link.results for link in parse_link_header(header)] == [results]


@pytest.mark.parametrize(
    ("path", "body", "target"),
    [
        (None, {"@odata.nextLink": "https://api.example.com/x"}, "https://api.example.com/x"),
        ("a.b", {"a.b": "/literal", "a": {"b": "/dotted"}}, "https://api.example.com/literal"),
        ("a.b", {"a": {"b": "/dotted"}}, "https://api.example.com/dotted"),
        ("_links.next", {"_links": {"next": {"href": "?page=2"}}}, NEXT),
        ("links.-1", {"links": ["/first", "?page=2"]}, NEXT),
        ("X-Next", {}, f"{URL}?page=9"),
        ("@odata.nextLink", {"@odata.nextLink": "?a=b c&d=%2F"}, f"{URL}?a=b%20c&d=%2F"),
    ],
)
def test_a_link_at_a_path(path: str | None, body: Any, target: str) -> None:
    config = settings("next_link", next_link_path=path)
    response = Response(10, body, {"x-next": "?page=9"})
    assert following(config, response) == PageRequest(target)


def test_only_the_named_link_is_followed() -> None:
    assert following(BY_LINK, full(LINK, links={"next": NEXT})) is None
    assert following(settings("header_link"), full(next=NEXT)) is None
    named = settings("header_link", header_link_rel="Following")
    assert following(named, full(LINK)) is None
    assert following(named, full({"link": "<?page=2>; rel=following"})) == PageRequest(NEXT)


@pytest.mark.parametrize("type_", ["next_link", "header_link"])
def test_a_link_is_resolved_against_where_the_response_came_from(type_: str) -> None:
    config = settings(type_, next_link_path="next")
    page = listed(config, full({"link": "<?page=2>; rel=next"}, next="?page=2"))
    moved = replace(page, url="https://api.example.com/moved/here")
    assert led(config, moved) == PageRequest("https://api.example.com/moved/here?page=2")
    assert led(config, replace(page, url="")) == PageRequest(NEXT)


def test_a_link_is_asked_for_by_the_same_body() -> None:
    page = listed(BY_LINK, full(next=NEXT), request=PageRequest(URL, body={"q": 1}))
    assert led(BY_LINK, page) == PageRequest(NEXT, body={"q": 1})


def test_a_link_that_is_no_url_is_shown_in_part() -> None:
    link = "http://x:" + "y" * 200
    with pytest.raises(PaginationError) as caught:
        following(BY_LINK, full(next=link))
    assert f"is not a URL: {link[:100]!r}" in str(caught.value)


@pytest.mark.parametrize("type_", ["next_link", "header_link", "cursor"])
@pytest.mark.parametrize(
    ("link", "target"),
    [
        (f"{URL}?page=2", f"{URL}?page=2&view=slim&tag=a&tag=b"),
        (f"{URL}?page=2&view=full", f"{URL}?page=2&view=full&tag=a&tag=b"),
        (f"{URL}?page=2&tag=c", f"{URL}?page=2&tag=c&view=slim"),
        (f"{URL}?page=2&view=", f"{URL}?page=2&view=&tag=a&tag=b"),
        (f"{URL}/2", f"{URL}/2?view=slim&tag=a&tag=b"),
    ],
)
def test_a_link_keeps_the_parameters_that_it_leaves_out(type_: str, link: str, target: str) -> None:
    request = PageRequest(f"{URL}?view=slim", (("tag", "a"), ("tag", "b")))
    response = full({"link": f"<{link}>; rel=next"}, next=link, next_cursor=link)
    for keeps, expected in ((True, target), (False, link)):
        more = {"next_link_path": "next"} if type_ == "next_link" else {}
        config = settings(type_, link_keeps_params=keeps, size_param="", **more)
        assert led(config, listed(config, response, request=request)) == PageRequest(expected)


def test_a_link_keeps_the_parameters_on_every_page() -> None:
    config = replace(BY_LINK, link_keeps_params=True)
    request = PageRequest(URL, (("view", "slim"),))
    second = listed(config, full(next="?page=2"), full(next="?page=3"), request=request)
    assert second.request == PageRequest(f"{URL}?page=2&view=slim")
    assert led(config, second) == PageRequest(f"{URL}?page=3&view=slim")
