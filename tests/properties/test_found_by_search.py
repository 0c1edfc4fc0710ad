"""Listings that a search once found to be cut short: each is whole, or an error."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settings.model import PARAM_DEFAULTS, PaginationSettings, PaginationType
from tests.support.model_api import ModelApi, read
from tests.support.model_api_signs import Told, What


def fitting(kind: str, page_size: int, api: ModelApi) -> PaginationSettings:
    """Settings of a type, with its default parameter, that count from where the API does."""
    return PaginationSettings(
        type=PaginationType(kind),
        page_size=page_size,
        param=PARAM_DEFAULTS[PaginationType(kind)][0],
        size_param="limit",
        start_page=api.base,
        start_offset=api.base,
    )


def rows(pattern: str) -> tuple[bool, ...]:
    """``x`` is a record that is seen, ``.`` one that is hidden from these credentials."""
    return tuple(one == "x" for one in pattern)


@pytest.mark.parametrize("path", ["nextCursor", "NEXT_CURSOR", "next-cursor"])
async def test_a_cursor_path_in_another_spelling_hides_no_cursor(path: str) -> None:
    cursor = Told(What.CURSOR, ("next_cursor",))
    api = ModelApi(rows("x" * 10), "told", "capped", 4, signs=(cursor,))
    outcome = await read(api, replace(fitting("cursor", 100, api), cursor_path=path), 1)
    assert not outcome.lost(api)


async def test_a_total_path_in_another_spelling_hides_no_total() -> None:
    api = ModelApi(rows("x" * 10), "page", "capped", 4, signs=(Told(What.TOTAL, ("total",)),))
    outcome = await read(api, replace(fitting("none", 100, api), total_path="Total"), 1)
    assert not outcome.lost(api)


async def test_a_path_leads_to_a_key_with_dots_below_another() -> None:
    link = Told(What.LINK, ("meta", "@odata.nextLink"))
    api = ModelApi(rows("x" * 10), "told", "capped", 4, signs=(link,))
    settings = replace(fitting("next_link", 100, api), next_link_path="meta.@odata.nextLink")
    outcome = await read(api, settings, 1)
    assert not outcome.lost(api)
    assert not outcome.error


async def test_a_cursor_below_next_is_found_in_any_spelling() -> None:
    api = ModelApi(rows("x" * 4), "told", signs=(Told(What.CURSOR, ("Paging", "Next", "After")),))
    outcome = await read(
        api, replace(fitting("cursor", 3, api), cursor_path="Paging.Next.After"), 1
    )
    assert outcome.ids == api.seen
    assert not outcome.error


async def test_by_offset_requests_are_no_pages_where_rows_are_hidden() -> None:
    pages = Told(What.PAGES, ("total_pages",))
    api = ModelApi(rows("xxxx.x.xxx"), "offset", signs=(pages,))
    outcome = await read(api, fitting("offset", 5, api), 1)
    assert not outcome.lost(api)


@pytest.mark.parametrize("kind", ["page", "header_link"])
async def test_the_number_of_the_last_page_may_count_from_0(kind: str) -> None:
    last_page = Told(What.PAGES, ("last_page",), form=1)
    api = ModelApi(rows("x" * 10), "page", signs=(last_page, Told(What.LINK_HEADER, ("Link",))))
    settings = replace(fitting(kind, 4, api), total_pages_path="last_page")
    outcome = await read(api, settings, 1)
    assert not outcome.lost(api)


async def test_the_number_of_the_last_page_may_count_from_0_after_a_short_page() -> None:
    last_page = Told(What.PAGES, ("last_page",), form=1)
    api = ModelApi(rows("xxxxxxxx..xxxxx"), "page", signs=(last_page,))
    outcome = await read(api, fitting("page", 5, api), 1)
    assert not outcome.lost(api)


async def test_by_offset_pages_are_alike_where_most_rows_are_hidden() -> None:
    api = ModelApi(rows("x....x.......x"), "offset")
    outcome = await read(api, fitting("offset", 7, api), 1)
    assert not outcome.lost(api)


async def test_an_empty_first_page_does_not_tell_how_far_to_move() -> None:
    api = ModelApi(rows("." * 10 + "x" * 40), "offset", "capped", 10)
    api.signs = (Told(What.FLAG, ("has_more",)),)
    outcome = await read(api, fitting("offset", 50, api), 1)
    assert not outcome.lost(api)


async def test_a_named_total_counts_no_record_twice() -> None:
    total = Told(What.TOTAL, ("total",))
    api = ModelApi(rows("..xxxxxxxx"), "offset", signs=(total,))
    outcome = await read(api, replace(fitting("offset", 5, api), total_path="total"), 1)
    assert not outcome.lost(api)
