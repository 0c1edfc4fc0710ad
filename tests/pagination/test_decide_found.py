"""Settings that users get wrong, and what they must not cost: cases that once lost records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from errors import PaginationError
from pagination import End, build_paginator
from pagination.evidence import Continue, decide
from settings.model import PaginationSettings
from tests.support.readings import part, read
from tests.support.strategy_pages import Response, listed, settings


def decided(config: PaginationSettings, *responses: Response) -> Any:
    return decide(listed(config, *responses), build_paginator(config))


@pytest.mark.parametrize("type_", ["cursor", "offset", "page"])
@pytest.mark.parametrize("setting", ["total_path", "total_pages_path"])
def test_a_count_that_equals_the_first_page_ends_nothing_where_something_says_more(
    type_: str, setting: str
) -> None:
    """``count`` is often that of the page, and ``page`` its own number."""
    config = settings(type_, **{setting: "n"})
    told = 10 if setting == "total_path" else 1
    more = {"next_cursor": "c"} if type_ == "cursor" else {"total": 130}
    assert decided(config, Response(10, {"n": told, **more})) == Continue()
    # So many requests by offset need not be so many pages.
    alone = (type_, setting) != ("offset", "total_pages_path")
    assert isinstance(decided(config, Response(10, {"n": told})), End) is alone


@pytest.mark.parametrize("value", [3, "3", "https://api.example.com/items?page=3", [1]])
def test_a_last_page_flag_must_be_one(value: Any) -> None:
    config = settings("page", last_page_path="last_page")
    with pytest.raises(PaginationError, match="says neither yes nor no"):
        listed(config, Response(10, {"last_page": value}))


@pytest.mark.parametrize("value", [True, "true", 1, "yes"])
def test_words_and_numbers_for_yes_are_flags(value: Any) -> None:
    config = settings("page", last_page_path="last")
    assert isinstance(decided(config, Response(10, {"last": value})), End)


@pytest.mark.parametrize(
    "sign", [{"truncated": True}, {"incomplete_results": True}, {"complete": False}]
)
def test_a_response_that_says_that_it_is_a_part_is_no_listing(sign: dict[str, Any]) -> None:
    with pytest.raises(PaginationError, match="says that there is more"):
        decided(settings("none"), Response(7, sign))
    assert isinstance(decided(settings("none"), Response(7, {"complete": True})), End)


def test_a_total_that_grew_and_is_told_no_more_still_holds() -> None:
    config = settings("offset")
    grown = [Response(10, {"total": 15}), Response(10, {"total": 30}), Response(5), Response(0)]
    assert decided(config, *grown) == Continue(blank=True)


def test_by_offset_empty_pages_are_none_of_those_that_were_told() -> None:
    """An offset that the API takes for a page number finds nothing at 10 and 20."""
    config = settings("offset", total_pages_path="pages")
    told = [Response(count, {"pages": 3}) for count in (10, 0, 0)]
    assert decided(config, *told) == Continue(blank=True)


@pytest.mark.parametrize("asked", [10, 100])
async def test_a_full_page_that_comes_again_in_the_middle_is_an_error(asked: int) -> None:
    """As a cache may serve it: the records of the page in its place would be lost. A page is full
    for an API that caps the size that is asked for, too."""
    config = replace(settings("offset"), page_size=asked)
    reading = await read(
        config, part(0, 10), part(10, 20), part(10, 20), part(30, 40), part(40, 40)
    )
    assert reading.ends == []
    assert "served a page from a cache" in str(reading.error)


async def test_a_size_that_limits_the_whole_listing_is_an_error() -> None:
    """OData's ``$top``: pages of 4 until there were 10, and no link at a smaller size."""
    config = settings("next_link", next_link_path="next", size_param="$top")
    pages = part(0, 4, next="?p=2"), part(4, 8, next="?p=3"), part(8, 10)
    reading = await read(config, *pages, part(0, 2))
    assert "size of the whole listing" in str(reading.error)
    capped = await read(config, *pages, part(0, 2, next="?p=2"))
    assert capped.error is None
    assert len(capped.ends) == 1


@pytest.mark.parametrize("type_", ["offset", "page"])
def test_records_of_which_not_one_is_seen_are_no_empty_listing(type_: str) -> None:
    """As where the credentials have lost their rights."""
    nothing = [Response(0, {"total": 7})] * 3
    assert decided(settings(type_), *nothing[:2]) == Continue(blank=True)
    with pytest.raises(PaginationError, match="3 pages in a row are empty"):
        decided(settings(type_), *nothing)


def test_a_cursor_that_stands_still_beside_one_that_moves_is_no_end() -> None:
    still = {"nextPageToken": "same", "next_cursor": "c2"}
    config = settings("cursor", cursor_path="nextPageToken")
    before = Response(10, {"nextPageToken": "same", "next_cursor": "c1"})
    assert decided(config, before, Response(0, still)) == Continue(blank=True)
    alone = Response(0, {"nextPageToken": "same"})
    assert isinstance(decided(config, Response(10, {"nextPageToken": "same"}), alone), End)
