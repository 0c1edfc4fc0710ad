"""What each strategy asks for first and next: pure functions of a page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from errors import PaginationError
from pagination import PageRequest, SeekablePaginator, build_paginator
from settings.model import Location, PaginationSettings
from tests.support.strategy_pages import (
    LINK,
    NEXT,
    URL,
    Response,
    empty,
    following,
    full,
    listed,
    settings,
    short,
)

IN_BODY = {"param": "page.at", "size_param": "page.limit", "location": Location.BODY}


def first(config: PaginationSettings, request: PageRequest | None = None) -> PageRequest:
    return build_paginator(config).first(request or PageRequest(URL, (("q", "x"),)))


def asked(config: PaginationSettings, *responses: Response) -> dict[str, str]:
    """The parameters of the request after ``responses``."""
    request = following(config, *responses)
    assert request is not None
    return dict(request.params)


@pytest.mark.parametrize(
    ("config", "params"),
    [
        (settings("none"), {}),
        (settings("offset"), {"limit": "10", "offset": "0"}),
        (settings("offset", start_offset=1), {"limit": "10", "offset": "1"}),
        (settings("page"), {"size": "10", "page": "1"}),
        (settings("page", start_page=0, size_param=""), {"page": "0"}),
        (settings("cursor"), {"limit": "10"}),
        (settings("cursor", first_cursor="*"), {"limit": "10", "cursor": "*"}),
        (settings("next_link"), {}),
        (settings("header_link", size_param="per_page"), {"per_page": "10"}),
    ],
)
def test_first_requests(config: PaginationSettings, params: dict[str, str]) -> None:
    assert dict(first(config).params) == {"q": "x", **params}


def test_what_the_resource_sets_itself_wins() -> None:
    request = PageRequest(URL, (("limit", "50"), ("offset", "200")))
    config = settings("offset", start_offset=1)
    assert dict(first(config, request).params) == {"limit": "50", "offset": "200"}
    request = PageRequest(URL, (("page", "4"),))
    assert dict(first(settings("page"), request).params) == {"size": "10", "page": "4"}


def test_the_offset_moves_by_the_records_received() -> None:
    config = settings("offset", start_offset=1)
    assert asked(config, short()) == {"limit": "10", "offset": "8"}
    assert asked(config, full(), short()) == {"limit": "10", "offset": "18"}
    assert asked(config, Response(12)) == {"limit": "10", "offset": "13"}


def test_the_offset_moves_by_the_page_size_after_an_empty_page() -> None:
    config = settings("offset")
    assert asked(config, empty(has_more=True)) == {"limit": "10", "offset": "10"}
    assert asked(config, full(), empty(has_more=True)) == {"limit": "10", "offset": "20"}
    # As far as the API gives it: it returned 7 where 10 were asked for.
    assert asked(config, short(), empty(has_more=True)) == {"limit": "10", "offset": "14"}


def test_the_offset_leaves_a_record_out_that_came_twice() -> None:
    page_1, page_2 = Response([{"id": 1}, {"id": 2}]), Response([{"id": 2}, {"id": 3}])
    assert asked(settings("offset"), page_1, page_2)["offset"] == "3"


def test_a_page_of_nothing_but_a_record_that_came_twice_is_not_empty() -> None:
    """To move on by a whole page would pass records over."""
    again = Response([{"id": 9}])
    assert asked(settings("offset"), full(), again)["offset"] in ("10", "11")


@pytest.mark.parametrize("response", [full(), short(), empty(has_more=True)])
def test_pages_are_counted_from_the_start_page(response: Response) -> None:
    config = settings("page", start_page=0)
    assert asked(config, response) == {"size": "10", "page": "1"}
    assert asked(config, response, full()) == {"size": "10", "page": "2"}


@pytest.mark.parametrize("type_", ["offset", "page"])
def test_a_page_further_on_is_where_following_leads(type_: str) -> None:
    config = settings(type_)
    paginator = build_paginator(config)
    assert isinstance(paginator, SeekablePaginator)
    page = listed(config, full())
    assert paginator.at(page, 1) == paginator.following(page)
    second = listed(config, full(), full())
    assert paginator.at(page, 2) == paginator.at(second, 1)
    assert paginator.at(page, 3) == paginator.at(second, 2)


@pytest.mark.parametrize("type_", ["none", "cursor", "next_link", "header_link"])
def test_where_nothing_is_to_follow_there_is_no_next_request(type_: str) -> None:
    assert following(settings(type_), full()) is None
    assert not isinstance(build_paginator(settings(type_)), SeekablePaginator)


@pytest.mark.parametrize("type_", ["none", "offset", "page"])
def test_counted_types_follow_no_sign(type_: str) -> None:
    page = listed(settings(type_), full(LINK, next_cursor="c"))
    assert build_paginator(settings(type_)).followed(page.signs) is None


@pytest.mark.parametrize(
    "body",
    [
        {"next_cursor": "c1"},
        {"nextCursor": "c1"},
        {"cursor": "c1"},
        {"meta": {"after_cursor": "c1"}},
        {"meta": {"next_cursor": "c1"}},
        {"links": {"next": "c1"}},
        {"pagination": {"next_cursor": "c1"}},
        {"response_metadata": {"next_cursor": "c1"}},
        {"paging": {"next": {"after": "c1"}}},
        {"next_page_token": "c1"},
        {"nextPageToken": "c1"},
        {"pageInfo": {"endCursor": "c1"}},
        {"next_cursor": None, "nextCursor": "c1"},
        {"cursor": "its own", "next_cursor": "c1"},
        {"scroll_id": "another", "nextPageToken": "c1"},
        {"meta": {"cursor": "its own"}, "after_cursor": "c1"},
    ],
)
def test_cursors_at_common_places(body: Any) -> None:
    assert asked(settings("cursor"), Response(10, body)) == {"limit": "10", "cursor": "c1"}


def test_a_cursor_in_a_header() -> None:
    response = full({"x-ms-continuationtoken": "c1"})
    assert asked(settings("cursor"), response)["cursor"] == "c1"
    named = settings("cursor", cursor_path="x-ms-continuationtoken", param="continuationToken")
    other = full({"x-ms-continuationtoken": "c1"}, next_cursor="other")
    assert asked(named, other) == {"limit": "10", "continuationToken": "c1"}


def test_a_named_cursor_alone_is_followed() -> None:
    config = settings("cursor", cursor_path="data.-1.id")
    body = {"data": [{"id": "a"}, {"id": "b"}], "next_cursor": "other"}
    assert asked(config, Response(10, body))["cursor"] == "b"
    assert following(config, Response(10, {"data": [], "next_cursor": "other"})) is None


def test_a_whole_number_is_a_cursor() -> None:
    config = settings("cursor", cursor_path="c")
    assert asked(config, full(c=2**70))["cursor"] == str(2**70)


def test_a_recognised_cursor_that_is_an_object_is_an_error() -> None:
    """DynamoDB's key is an object: nothing can be sent as ``cursor`` for it."""
    with pytest.raises(PaginationError, match="'LastEvaluatedKey' is neither text nor"):
        following(settings("cursor"), full(LastEvaluatedKey={"id": {"S": "x"}}))


def test_the_cursor_replaces_the_one_before() -> None:
    config = settings("cursor", first_cursor="*")
    assert asked(config, full(next_cursor="a"), full(next_cursor="b")) == {
        "limit": "10",
        "cursor": "b",
    }


@pytest.mark.parametrize(
    ("cursor", "url"),
    [
        ("https://api.example.com/items?c=2", "https://api.example.com/items?c=2"),
        ("http://api.example.com/items?c=2", "http://api.example.com/items?c=2"),
        ("https://evil.example/x", "https://evil.example/x"),
        ("?c=2", f"{URL}?c=2"),
        ("/items?c=2", f"{URL}?c=2"),
        ("/items/next/2", f"{URL}/next/2"),
    ],
)
def test_a_cursor_that_is_a_link_is_followed_as_one(cursor: str, url: str) -> None:
    assert following(settings("cursor"), full(next_cursor=cursor)) == PageRequest(url)
    named = settings("cursor", cursor_path="c")
    assert following(named, full(c=cursor)) == PageRequest(url)


@pytest.mark.parametrize(
    "cursor", ["/+8AAA==", "/other?c=2", "/", "//host/items", "ftp://x/items", "/itemsA=="]
)
def test_a_cursor_that_only_looks_like_a_path_is_sent_as_a_value(cursor: str) -> None:
    for config, body in (
        (settings("cursor"), {"next_cursor": cursor}),
        (settings("cursor", cursor_path="c"), {"c": cursor}),
    ):
        assert asked(config, Response(10, body)) == {"limit": "10", "cursor": cursor}


def test_every_cursor_that_begins_with_a_slash_is_a_value_where_the_path_is_the_root() -> None:
    config = settings("cursor")
    page = listed(config, full(next_cursor="/abc"), request=PageRequest("https://h.example/"))
    step = build_paginator(config).following(page)
    assert step == PageRequest("https://h.example/", (("limit", "10"), ("cursor", "/abc")))


def test_a_cursor_alone_goes_without_any_other_parameter() -> None:
    config = settings("cursor", cursor_alone=True, param="nextPageKey", cursor_path="nextPageKey")
    request = PageRequest(f"{URL}", (("entitySelector", "type(HOST)"),))
    page = listed(config, full(nextPageKey="k1"), request=request)
    assert page.request.params == (("entitySelector", "type(HOST)"), ("limit", "10"))
    step = build_paginator(config).following(page)
    assert step == PageRequest(URL, (("nextPageKey", "k1"),))


def test_a_cursor_alone_in_a_body() -> None:
    config = settings("cursor", cursor_alone=True, **IN_BODY)
    page = listed(config, full(next_cursor="k1"), request=PageRequest(URL, body={"query": "x"}))
    assert page.request.body == {"query": "x", "page": {"limit": 10}}
    step = build_paginator(config).following(page)
    assert step == PageRequest(URL, body={"page": {"at": "k1"}})


def test_a_position_inside_a_body() -> None:
    config = settings("offset", **IN_BODY)
    body = {"filter": {"x": 1}, "page": {"sort": "id"}}
    page = listed(config, full(), request=PageRequest(URL, body=body))
    assert page.request.params == ()
    assert page.request.body == {
        "filter": {"x": 1},
        "page": {"sort": "id", "limit": 10, "at": 0},
    }
    step = build_paginator(config).following(page)
    assert step == replace(
        page.request, body={"filter": {"x": 1}, "page": {"sort": "id", "limit": 10, "at": 10}}
    )
    assert body == {"filter": {"x": 1}, "page": {"sort": "id"}}


def test_a_first_cursor_and_a_page_size_inside_a_body() -> None:
    config = settings("cursor", first_cursor="*", **IN_BODY)
    request = first(config, PageRequest(URL, body={"page": {"limit": 50}}))
    assert request == PageRequest(URL, body={"page": {"limit": 50, "at": "*"}})


def test_whole_numbers_are_numbers_in_a_body() -> None:
    page_config = settings("page", **IN_BODY)
    page = listed(page_config, full(), request=PageRequest(URL, body={}))
    assert page.request.body == {"page": {"limit": 10, "at": 1}}
    step = build_paginator(page_config).following(page)
    assert step == PageRequest(URL, body={"page": {"limit": 10, "at": 2}})


@pytest.mark.parametrize(
    ("type_", "response"),
    [("next_link", full(**{"@odata.nextLink": NEXT})), ("header_link", full(LINK))],
)
def test_the_strategies_that_follow_links(type_: str, response: Response) -> None:
    assert following(settings(type_), response) == PageRequest(NEXT)
    # A link holds all that the next request needs, the page size included.
    assert following(settings(type_, size_param="size"), response) == PageRequest(NEXT)
