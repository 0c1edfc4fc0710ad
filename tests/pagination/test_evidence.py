"""What a page says of further pages, and how it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from errors import PaginationError
from pagination import End, Page, PageRequest, build_paginator
from pagination.signals import evidence_in, truthy
from settings.model import PaginationSettings
from tests.support.strategy_pages import URL, following, page, settings

NEXT = f"{URL}?page=2"
LINKS = {"link": f'<{NEXT}>; rel="next"'}


def linked_settings(type_: str, **more: Any) -> PaginationSettings:
    return settings(type_, next_link_path="next", **more)


def expects_more(config: PaginationSettings, the_page: Page) -> bool:
    return build_paginator(config).expects_more(the_page)


@pytest.mark.parametrize(
    ("type_", "body", "headers", "more"),
    [
        ("none", {}, {}, False),
        ("none", {"has_more": True}, {}, True),
        ("none", {"total": 11}, {}, True),
        ("offset", {}, {}, False),
        ("offset", {"next": NEXT}, {}, True),
        ("page", {"total": 10}, {}, False),
        ("page", {"total": 11}, {}, True),
        ("cursor", {}, {}, False),
        ("cursor", {"next_cursor": "c"}, {}, True),
        ("cursor", {"total": 11}, {}, True),
        ("cursor", {"has_more": False, "next_cursor": "c"}, {}, False),
        ("cursor", {"has_more": True}, {}, True),
        ("cursor", {"next": NEXT}, {}, False),
        ("next_link", {}, {}, False),
        ("next_link", {"next": NEXT}, {}, True),
        ("next_link", {"next": None, "total": 11}, {}, True),
        ("header_link", {}, {}, False),
        ("header_link", {}, LINKS, True),
        ("header_link", {"total": 11}, {}, True),
    ],
)
def test_signs_of_more(type_: str, body: Any, headers: dict[str, str], more: bool) -> None:
    config = linked_settings(type_)
    assert expects_more(config, page(config, 10, body, headers=headers)) is more


@pytest.mark.parametrize("type_", ["cursor", "next_link", "header_link"])
@pytest.mark.parametrize("said", [True, False])
def test_a_named_flag_decides_what_is_expected(type_: str, said: bool) -> None:
    config = linked_settings(type_, has_more_path="more")
    body = {"more": said, "next": None if said else NEXT}
    assert expects_more(config, page(config, 10, body, headers={} if said else LINKS)) is said


@pytest.mark.parametrize("word", ["", " ", "false", "False", "NO", "no", "0", "null", "None", 0])
def test_words_for_no(word: Any) -> None:
    assert not truthy(word)


@pytest.mark.parametrize("word", ["true", "yes", "1", "next", 1, {"href": "x"}])
def test_words_for_yes(word: Any) -> None:
    assert truthy(word)


@pytest.mark.parametrize(
    ("type_", "body", "count", "evidence"),
    [
        ("offset", {"total": 30}, 10, "the total is reached"),
        ("offset", {}, 0, "an empty page"),
        ("offset", {}, 4, "a page of 4 items where 10 can come"),
        ("page", {"has_more": False}, 10, "the has-more sign in the answer says"),
        ("cursor", {"next_cursor": None}, 10, "no next cursor"),
        ("next_link", {"next": None}, 10, "no link to a next page"),
        ("header_link", {}, 4, "no link to a next page"),
    ],
)
def test_the_end_is_told_by_its_evidence(type_: str, body: Any, count: int, evidence: str) -> None:
    config = linked_settings(type_)
    before = 30 - count if "total" in (body or {}) else 20
    seen = ("link",) if type_ == "header_link" else ()
    end = following(config, page(config, count, body, before=before, first=10, seen=seen))
    assert isinstance(end, End)
    assert end.evidence.startswith(evidence)
    assert end.warning is None


def test_a_full_page_is_no_short_one_however_large_others_were() -> None:
    config = settings("offset")
    assert not isinstance(following(config, page(config, 10, {}, largest=40)), End)


@pytest.mark.parametrize("type_", ["next_link", "header_link"])
def test_a_named_flag_that_promises_more_than_an_empty_page_is_an_error(type_: str) -> None:
    config = linked_settings(type_, has_more_path="more")
    empty = page(config, 0, {"more": True, "next": NEXT}, headers=LINKS, before=10, first=10)
    with pytest.raises(PaginationError, match="'more' says that there are more items, but page 2"):
        following(config, empty)


@pytest.mark.parametrize("type_", ["next_link", "header_link"])
def test_a_link_is_asked_for_by_the_same_body_from_where_the_answer_came(type_: str) -> None:
    config = linked_settings(type_)
    here = page(config, 10, {"next": "?page=2"}, headers={"link": '<?page=2>; rel="next"'})
    moved = replace(
        here, request=replace(here.request, body={"q": 1}), url="https://api.example.com/moved"
    )
    assert following(config, moved) == PageRequest(
        "https://api.example.com/moved?page=2", body={"q": 1}
    )
    unmoved = replace(moved, url="")
    assert following(config, unmoved) == PageRequest(NEXT, body={"q": 1})


def test_a_link_that_is_no_url_is_shown_in_part() -> None:
    config = linked_settings("next_link")
    link = "http://x:" + "y" * 200
    with pytest.raises(PaginationError) as caught:
        following(config, page(config, 10, {"next": link}))
    assert f"is not a URL: {link[:100]!r}" in str(caught.value)


@pytest.mark.parametrize("path", ["has_more_path", "last_page_path", "total_path"])
def test_one_request_is_an_error_where_a_setting_watches_and_there_is_more(path: str) -> None:
    body = {"has_more_path": {"x": True}, "last_page_path": {"x": False}, "total_path": {"x": 11}}
    watching = settings("none", **{path: "x"})
    with pytest.raises(PaginationError, match=r"tells of more items, .*: set paginationType"):
        following(watching, page(watching, 10, body[path]))
    plain = settings("none")
    end = following(plain, page(plain, 10, {"has_more": True}))
    assert isinstance(end, End)
    assert (end.evidence, end.warning) == (
        "paginationType is none",
        "the answer tells of more items, but paginationType is none",
    )
    quiet = following(plain, page(plain, 10, {}))
    assert quiet == End("paginationType is none")


@pytest.mark.parametrize("type_", ["offset", "page", "cursor", "next_link", "header_link"])
def test_a_named_flag_that_has_gone_is_the_end(type_: str) -> None:
    config = linked_settings(type_, has_more_path="more")
    full = page(config, 10, {"next": NEXT, "next_cursor": "c"}, before=10, headers=LINKS)
    assert not isinstance(following(config, full), End)
    gone = page(config, 10, full.body, before=10, headers=LINKS, seen=("more", "more!"))
    end = following(config, gone)
    assert isinstance(end, End)
    assert end.evidence == "'more' says that this was the last page"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"more": True}, {"more", "more!"}),
        ({"more": None}, {"more"}),
        ({"more": ""}, {"more"}),
        ({"next": NEXT, "other": 1}, {"next", "next!"}),
        ({}, set()),
    ],
)
def test_what_a_page_holds_is_remembered_by_name(body: Any, names: set[str]) -> None:
    config = settings("offset", has_more_path="more")
    assert set(evidence_in(page(config, 1, body), config)) == names
