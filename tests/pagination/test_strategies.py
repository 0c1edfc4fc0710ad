"""What each strategy asks for next, and by which evidence it ends: pure functions of a page."""

from __future__ import annotations

from typing import Any

import pytest

from errors import PaginationError
from pagination import End, PageRequest, build_paginator
from pagination.signals import MISSING, dig
from settings.model import PaginationSettings
from tests.support.strategy_pages import URL, ends, following, page, settings

COUNTED = [settings("offset"), settings("page")]


def test_the_first_requests() -> None:
    def first(config: PaginationSettings) -> dict[str, str]:
        return dict(build_paginator(config).first(PageRequest(URL, (("q", "x"),))).params)

    assert first(settings("none")) == {"q": "x"}
    assert first(settings("offset")) == {"q": "x", "limit": "10", "offset": "0"}
    assert first(settings("page", start_page=0)) == {"q": "x", "size": "10", "page": "0"}
    assert first(settings("cursor")) == {"q": "x", "limit": "10"}


def test_the_offset_moves_by_what_was_received() -> None:
    config = settings("offset")
    step = following(config, page(config, 7, before=20, first=10, largest=7, offset="20"))
    assert isinstance(step, PageRequest)
    assert step.param("offset") == "27"


def test_pages_are_counted_from_the_start_page() -> None:
    config = settings("page", start_page=0)
    step = following(config, page(config, 10))
    assert isinstance(step, PageRequest)
    assert step.param("page") == "1"


@pytest.mark.parametrize("config", COUNTED)
def test_a_short_page_proves_nothing_until_a_larger_one_was_seen(
    config: PaginationSettings,
) -> None:
    assert not ends(config, page(config, 7))
    assert not ends(config, page(config, 7, before=7, first=7))
    assert ends(config, page(config, 7, before=10, first=10))
    assert ends(config, page(config, 7, largest=9))


@pytest.mark.parametrize("config", COUNTED)
def test_an_empty_page_ends(config: PaginationSettings) -> None:
    assert ends(config, page(config, 0))
    assert ends(config, page(config, 0, before=10, first=10))


@pytest.mark.parametrize("config", COUNTED)
@pytest.mark.parametrize(
    ("body", "end"),
    [
        ({"has_more": False}, True),
        ({"has_more": True}, False),
        ({"hasMore": "false"}, True),
        ({"meta": {"hasMore": True}}, False),
        ({"pagination": {"has_more": False}}, True),
        ({"next": None}, True),
        ({"next": "https://x/2"}, False),
        ({"links": {"next": None}}, True),
        ({"next_page": 3}, False),
        ({"next_page": None}, True),
        ({"next": None, "has_more": True}, False),
        ({"next": []}, False),
    ],
)
def test_recognised_signs(config: PaginationSettings, body: Any, end: bool) -> None:
    assert ends(config, page(config, 10, body)) is end


@pytest.mark.parametrize("config", COUNTED)
def test_a_next_field_that_has_gone_is_the_end(config: PaginationSettings) -> None:
    assert ends(config, page(config, 10, {}, before=10, seen=("next", "next!")))
    assert not ends(config, page(config, 10, {}, before=10))


@pytest.mark.parametrize("type_", ["offset", "page", "cursor"])
def test_a_named_flag_outweighs_everything(type_: str) -> None:
    config = settings(type_, has_more_path="more", last_page_path="last")
    body = {"more": "yes", "last": True, "next": None, "next_cursor": "c"}
    assert not ends(config, page(config, 10, body))
    assert ends(config, page(config, 10, {**body, "more": "false"}))
    assert ends(config, page(config, 10, {"last": True, "next_cursor": "c"}))
    assert not ends(config, page(config, 10, {"last": False, "next_cursor": "c"}))


def test_a_message_names_the_path_that_answered() -> None:
    config = settings("offset", has_more_path="more", last_page_path="last")
    with pytest.raises(PaginationError, match=r"^'last' says that there are more"):
        following(config, page(config, 0, {"last": False}))
    with pytest.raises(PaginationError, match=r"^'more' says that there are more"):
        following(config, page(config, 0, {"more": True, "last": True}))


@pytest.mark.parametrize("type_", ["offset", "page", "cursor"])
@pytest.mark.parametrize("body", [{"has_more": True, "next_cursor": "c"}])
def test_more_of_nothing_is_an_error(type_: str, body: Any) -> None:
    config = settings(type_)
    with pytest.raises(PaginationError, match="is empty"):
        following(config, page(config, 0, body, before=10, first=10))


@pytest.mark.parametrize("config", COUNTED)
def test_a_total_ends_only_when_it_is_reached_and_above_the_first_page(
    config: PaginationSettings,
) -> None:
    assert ends(config, page(config, 10, {"total": 20}, before=10, first=10))
    assert not ends(config, page(config, 10, {"total": 10}))
    assert not ends(config, page(config, 10, {"total": 15}, before=10, first=10))
    assert not ends(config, page(config, 5, {"total": 99}, before=10, first=10))
    assert ends(config, page(config, 10, before=10, first=10, headers={"x-total-count": "20"}))


@pytest.mark.parametrize("config", COUNTED)
@pytest.mark.parametrize(
    "body", [{"total": True}, {"total": -4}, {"total": "many"}, {"total": 2.5}, {"total": [20]}]
)
def test_rubbish_is_no_total(config: PaginationSettings, body: Any) -> None:
    assert not ends(config, page(config, 10, body, before=10, first=10))


@pytest.mark.parametrize("type_", ["offset", "page", "cursor"])
def test_an_end_below_a_total(type_: str) -> None:
    body = {"has_more": False, "total": 40}
    named = settings(type_, total_path="total")
    with pytest.raises(PaginationError, match="10 of 40 items were read"):
        following(named, page(named, 10, body))
    end = following(settings(type_), page(settings(type_), 10, body))
    assert isinstance(end, End)
    assert "10 of 40" in (end.warning or "")


def test_a_total_path_may_name_a_header_and_must_lead_to_a_number() -> None:
    config = settings("offset", total_path="X-Count")
    assert ends(config, page(config, 10, before=10, first=10, headers={"x-count": "20"}))
    config = settings("offset", total_path="meta.n")
    with pytest.raises(PaginationError, match=r"totalPath 'meta\.n'"):
        following(config, page(config, 10, {"meta": {"n": "lots"}}))


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
        {"next_cursor": None, "nextCursor": "c1"},
    ],
)
def test_cursors_at_common_places(body: Any) -> None:
    config = settings("cursor")
    step = following(config, page(config, 10, body))
    assert isinstance(step, PageRequest)
    assert step.param("cursor") == "c1"
    assert step.param("limit") == "10"


def test_a_cursor_with_has_more_false_ends() -> None:
    config = settings("cursor")
    assert ends(config, page(config, 10, {"next_cursor": "c", "has_more": False}))


@pytest.mark.parametrize("body", [{"next_cursor": None}, {"next_cursor": ""}])
def test_no_cursor_ends(body: Any) -> None:
    assert ends(settings("cursor"), page(settings("cursor"), 10, body))


def test_a_cursor_beside_an_ended_one_may_be_the_current_position() -> None:
    config = settings("cursor")
    body = {"next_cursor": None, "cursor": "c9"}
    assert ends(config, page(config, 10, body, before=10, cursor="c9"))


def test_has_more_without_a_cursor_is_an_error() -> None:
    config = settings("cursor")
    with pytest.raises(PaginationError, match="there is more, but no cursor"):
        following(config, page(config, 10, {"has_more": True}))


@pytest.mark.parametrize("path", [None, "meta.nxt"])
def test_a_full_first_page_without_a_trace_of_a_cursor_is_a_wrong_path(path: str | None) -> None:
    config = settings("cursor", cursor_path=path)
    with pytest.raises(PaginationError, match="set cursorPath"):
        following(config, page(config, 10, {"items": []}))
    assert ends(config, page(config, 9, {"items": []}))


@pytest.mark.parametrize("cursor", [{"a": 1}, ["x"], 1.5, True])
def test_a_cursor_that_is_no_text_is_an_error(cursor: Any) -> None:
    config = settings("cursor", cursor_path="c")
    with pytest.raises(PaginationError, match="the cursor at 'c'"):
        following(config, page(config, 10, {"c": cursor}))


def test_a_whole_number_is_a_cursor() -> None:
    config = settings("cursor", cursor_path="c")
    step = following(config, page(config, 10, {"c": 2**70}))
    assert isinstance(step, PageRequest)
    assert step.param("cursor") == str(2**70)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("https://api.example.com/items?c=2", "https://api.example.com/items?c=2"),
        ("/other?c=2", "https://api.example.com/other?c=2"),
        ("?c=2", "https://api.example.com/items?c=2"),
        ("https://evil.example/x", "https://evil.example/x"),
    ],
)
def test_a_cursor_that_is_a_link_is_followed_as_one(link: str, target: str) -> None:
    config = settings("cursor")
    assert following(config, page(config, 10, {"next_cursor": link})) == PageRequest(target)


def test_no_pagination_is_one_request_and_says_so_if_there_is_more() -> None:
    config = settings("none")
    assert following(config, page(config, 10)) == End("paginationType is none")
    end = following(config, page(config, 10, {"has_more": True}))
    assert isinstance(end, End)
    assert "paginationType is none" in (end.warning or "")
    watching = settings("none", total_path="total")
    with pytest.raises(PaginationError, match="set paginationType"):
        following(watching, page(watching, 10, {"total": 11}))


def test_dot_paths() -> None:
    body = {"a": {"b": [{"c": 1}, None]}, "x": None}
    assert dig(body, "a.b.0.c") == 1
    assert dig(body, "x") is None
    assert all(dig(body, path) is MISSING for path in ("y", "x.y", "a.b.2", "a.b.c", "a.b.-1"))
    assert dig(None, "a") is MISSING


def test_a_key_that_is_written_like_the_path_comes_first() -> None:
    assert dig({"@odata.count": 5, "@odata": {"count": 6}}, "@odata.count") == 5
    assert dig({"@odata": {"count": 6}}, "@odata.count") == 6
