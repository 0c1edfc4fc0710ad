"""The first pages of listings, to look at an API without importing it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from errors import PaginationError, RequestError
from pagination import Page, PageRequest
from resync.clients import Clients
from resync.first_pages import IMPATIENT, FirstPages, Reading, first_listings
from resync.listing import Listing
from resync.plan import ListingPlan, build_plan
from resync.response_cache import ResponseCache, identity
from sandbox.sample_api import SampleApi
from settings import Settings, parse_settings
from tests.support.core import resource
from tests.support.running import Runs, parsed

Opened = Callable[..., tuple[Settings, Clients]]


@pytest.fixture
async def opened(runs: Runs) -> AsyncIterator[Opened]:
    """Settings, and clients by them."""
    all_clients: list[Clients] = []

    def opened(**raw: str) -> tuple[Settings, Clients]:
        settings = parse_settings({"baseUrl": runs.url, **raw})
        all_clients.append(Clients(settings, IMPATIENT))
        return settings, all_clients[-1]

    yield opened
    for clients in all_clients:
        await clients.aclose()


def cursor(api_url: str) -> dict[str, str]:
    return {"baseUrl": f"{api_url}/none/cursor", "paginationType": "cursor", "pageSize": "7"}


async def read(reader: FirstPages, plan: ListingPlan) -> list[Any]:
    """The items of the first pages of ``plan``, which has one listing."""
    found = await first_listings(plan, reader, 1)
    assert found.error is None
    async with aclosing(reader.pages(found.listings[0])) as pages:
        return [item async for page in pages for item in page.items]


@pytest.mark.parametrize(("limit", "count"), [(1, 7), (2, 14), (8, 56), (9, 60), (10, 60)])
async def test_no_more_pages_are_read_than_are_wanted(
    api: SampleApi, api_url: str, opened: Opened, limit: int, count: int
) -> None:
    settings, clients = opened(**cursor(api_url))
    reader = FirstPages(clients.api, clients.jq, limit)
    found = await read(reader, build_plan(settings, parsed(resource("/services"))))
    assert len(found) == count
    assert len(api.requests()) == min(limit, 9)
    (reading,) = reader.readings
    assert (len(reading.pages), reading.complete) == (min(limit, 9), limit >= 9)
    assert reading.error is None
    assert reading.cut is (reading.following is not None) is (limit < 9)
    assert (reading.followed is not None) is (limit < 9)


async def test_the_user_s_own_limit_of_pages_is_an_error_as_in_a_resync(
    api: SampleApi, api_url: str, opened: Opened
) -> None:
    settings, clients = opened(**cursor(api_url), maxPages="3")
    reader = FirstPages(clients.api, clients.jq, 3)
    with pytest.raises(PaginationError, match="maxPages"):
        await read(reader, build_plan(settings, parsed(resource("/services"))))
    assert isinstance(reader.readings[0].error, PaginationError)


async def test_a_cursor_that_leads_back_is_an_error_although_no_more_is_wanted(
    runs: Runs, opened: Opened
) -> None:
    settings, clients = opened(paginationType="cursor", cursorPath="next", pageSize="1")
    runs.api.json("/items", '{"items": [{"id": 1}], "next": "same"}')
    reader = FirstPages(clients.api, clients.jq, 2)
    plan = build_plan(settings, parsed(resource("/items")))
    with pytest.raises(PaginationError):
        await read(reader, plan)
    assert reader.readings[0].error is not None


async def test_a_page_that_leads_to_one_that_was_read_is_told(runs: Runs, opened: Opened) -> None:
    """Although that page is not asked for."""
    settings, clients = opened(paginationType="next_link", nextLinkPath="next")
    runs.api.json("/items", '{"items": [{"id": 1}], "next": "/items"}')
    reader = FirstPages(clients.api, clients.jq, 1)
    with pytest.raises(PaginationError) as caught:
        await read(reader, build_plan(settings, parsed(resource("/items"))))
    assert str(caught.value) == (
        "kind /items: page 1 leads to a page that was read already: the listing would never end. "
        "Check cursorPath and paginationParam."
    )
    (reading,) = reader.readings
    assert reading.error is caught.value and not reading.cut
    assert runs.api.asked == ["/items"]


async def test_what_a_page_says_and_which_of_it_is_followed(runs: Runs, opened: Opened) -> None:
    settings, clients = opened(paginationType="cursor", pageSize="1")
    runs.api.json("/items", '{"items": [{"id": 1}], "next_cursor": "c2", "total": 5}')
    reader = FirstPages(clients.api, clients.jq, 1)
    await read(reader, build_plan(settings, parsed(resource("/items"))))
    (reading,) = reader.readings
    assert [str(sign) for sign in reading.signs] == ["next_cursor (c2)", "total (5)"]
    assert reading.followed and reading.followed.name == "next_cursor"
    assert reading.will_end == "it ends on a page with no next cursor"


async def test_an_end_with_a_warning_is_not_proven(runs: Runs, opened: Opened) -> None:
    """100 records in one response are a usual page size."""
    settings, clients = opened()
    items = ", ".join(f'{{"id": {number}}}' for number in range(100))
    runs.api.json("/items", f'{{"items": [{items}]}}')
    reader = FirstPages(clients.api, clients.jq, 1)
    await read(reader, build_plan(settings, parsed(resource("/items"))))
    (reading,) = reader.readings
    assert (reading.complete, reading.proven, reading.cut) == (True, False, False)


def test_pieces_of_a_page_are_one_page(opened: Opened) -> None:
    settings, _ = opened()
    plan = build_plan(settings, parsed(resource("/items")))
    reading = Reading(Listing("/items", plan.endpoint))
    request = PageRequest("https://a/items")
    reading.add(Page(request, items=[1, 2], size_bytes=5))
    reading.add(Page(request, items=[3], size_bytes=4))
    (page,) = reading.pages
    assert (page.items, page.size_bytes) == ([1, 2, 3], 4)


async def test_what_goes_wrong_is_kept_beside_what_was_read(
    api: SampleApi, api_url: str, opened: Opened
) -> None:
    api.behave(fault="500", fault_at=2, fault_times=0)
    settings, clients = opened(**cursor(api_url))
    reader = FirstPages(clients.api, clients.jq, 5)
    with pytest.raises(RequestError) as caught:
        await read(reader, build_plan(settings, parsed(resource("/services"))))
    (reading,) = reader.readings
    assert reading.error is caught.value
    assert (len(reading.pages), reading.complete) == (1, False)


async def test_answers_may_be_shared_with_other_readers(
    api: SampleApi, api_url: str, opened: Opened
) -> None:
    settings, clients = opened(**cursor(api_url))
    plan = build_plan(settings, parsed(resource("/services")))
    cache = ResponseCache(clients.api.send, frozenset({identity(plan.endpoint)}))
    for _ in range(2):
        assert len(await read(FirstPages(clients.api, clients.jq, 9, cache), plan)) == 60
    cache.close()
    assert len(api.requests()) == 9


def of_parents(values: dict[str, Any]) -> dict[str, Any]:
    return resource("/of/{parent}", path_parameters={"parent": values})


@pytest.mark.parametrize(("count", "more"), [(1, True), (2, True), (3, False), (4, False)])
async def test_the_first_listings_and_whether_there_are_more(
    opened: Opened, count: int, more: bool
) -> None:
    settings, clients = opened()
    plan = build_plan(settings, parsed(of_parents({"values": ["a", "b", "c"]})))
    found = await first_listings(plan, FirstPages(clients.api, clients.jq, 1), count)
    values = [listing.values["parent"] for listing in found.listings]
    assert (values, found.more, found.error) == (["a", "b", "c"][:count], more, None)


@pytest.mark.parametrize(("limit", "more"), [(1, True), (2, False)])
async def test_a_discovery_that_was_not_read_to_its_end_may_hold_more(
    api: SampleApi, api_url: str, opened: Opened, limit: int, more: bool
) -> None:
    settings, clients = opened(**cursor(api_url))
    teams = {"endpoint": "/teams", "data_path": ".items", "field": ".id"}
    plan = build_plan(settings, parsed(of_parents(teams)))
    found = await first_listings(plan, FirstPages(clients.api, clients.jq, limit), 100)
    assert (len(found.listings), found.more) == (7 if more else 12, more)


async def test_a_discovery_that_fails_is_told(runs: Runs, opened: Opened) -> None:
    settings, clients = opened()
    nowhere = {"endpoint": "/nowhere", "data_path": ".items", "field": ".id"}
    plan = build_plan(settings, parsed(of_parents(nowhere)))
    found = await first_listings(plan, FirstPages(clients.api, clients.jq, 1), 1)
    assert found.listings == []
    assert "/nowhere answered 404" in str(found.error)
