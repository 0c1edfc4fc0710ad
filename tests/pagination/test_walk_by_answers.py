"""The loop over answers that a test makes up one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from errors import PaginationError
from pagination import Page, PageRequest, PageSizes, build_paginator, walk
from settings.model import Location

MakeApi = Any


async def read_pages(
    config: Any,
    answers: Callable[[PageRequest], Page],
    first: PageRequest,
    restarts: list[int],
    permits: int = 2,
) -> list[Any]:
    async def fetch(request: PageRequest, known: Any = None) -> Page:
        return answers(request)

    async def restart() -> None:
        restarts.append(1)

    pages = walk(
        build_paginator(config),
        first,
        fetch,
        permits=permits,
        sizes=PageSizes(),
        template="t",
        on_end=lambda end: None,
        on_restart=restart,
    )
    return [item async for page in pages for item in page.items]


def body_settings(memory_api: MakeApi) -> Any:
    settings = memory_api(size=1, type="cursor").settings()
    return replace(settings, location=Location.BODY, param="page.after", size_param="")


async def test_positions_in_the_body_tell_requests_apart(memory_api: MakeApi) -> None:
    """The URL is the same for all of them, and so is a body whose keys are in another order."""

    def answers(request: PageRequest) -> Page:
        number = int(request.body.get("page", {}).get("after", 0))
        following = number + 1 if number < 3 else None
        return Page(request, items=[number], body={"next_cursor": following})

    first = PageRequest("https://api.example.com/search", body={"b": 1, "a": {"d": 1, "c": 2}})
    assert await read_pages(body_settings(memory_api), answers, first, []) == [0, 1, 2, 3]


async def test_the_same_position_in_a_body_is_a_loop(memory_api: MakeApi) -> None:
    def answers(request: PageRequest) -> Page:
        answers.count += 1  # type: ignore[attr-defined]
        cursor = {"1": 2, "2": 1}[str(request.body.get("page", {}).get("after", 2))]
        return Page(request, items=[answers.count], body={"next_cursor": cursor})  # type: ignore[attr-defined]

    answers.count = 0  # type: ignore[attr-defined]
    first = PageRequest("https://api.example.com/search", body={})
    with pytest.raises(PaginationError, match="read already"):
        await read_pages(body_settings(memory_api), answers, first, [])


async def test_a_status_that_is_ignored_ends_a_listing_only_where_no_more_was_promised(
    memory_api: MakeApi,
) -> None:
    def gone(promised: bool) -> Callable[[PageRequest], Page]:
        def answers(request: PageRequest) -> Page:
            if request.param("offset") == "0":
                return Page(request, items=[1, 2], body={"has_more": True} if promised else {})
            return Page(request, items=[], ignored=404)

        return answers

    config = memory_api(size=1).settings()
    first = PageRequest("https://api.example.com/items")
    assert await read_pages(config, gone(promised=False), first, []) == [1, 2]
    with pytest.raises(PaginationError, match="page 2 answered 404, although the page before says"):
        await read_pages(config, gone(promised=True), first, [])
    assert (
        await read_pages(config, lambda request: Page(request, items=[], ignored=404), first, [])
        == []
    )


async def test_a_total_that_only_some_pages_tell_is_compared_all_the_same(
    memory_api: MakeApi,
) -> None:
    totals = {"0": 9, "3": None, "6": 8}

    def answers(request: PageRequest) -> Page:
        start = int(request.param("offset") or 0)
        total = totals.get(str(start))
        body = {} if total is None else {"total": total}
        return Page(request, items=list(range(start, min(start + 3, 9))), body=body)

    restarts: list[int] = []
    config = replace(memory_api(size=1).settings(), page_size=3)
    await read_pages(config, answers, PageRequest("https://api.example.com/items"), restarts)
    assert len(restarts) == 2
    totals["6"] = 0
    restarts.clear()
    await read_pages(config, answers, PageRequest("https://api.example.com/items"), restarts)
    assert restarts == []


@pytest.mark.parametrize("named", [False, True])
async def test_a_total_that_is_the_size_of_the_page_does_not_shrink(
    memory_api: MakeApi, named: bool
) -> None:
    asked: list[int] = []

    def answers(request: PageRequest) -> Page:
        start = int(request.param("offset") or 0)
        asked.append(start)
        items = list(range(start, min(start + 3, 8)))
        return Page(request, items=items, body={"total": len(items)})

    restarts: list[int] = []
    config = replace(memory_api(size=1).settings(), page_size=3)
    if named:
        # What a setting calls the total is taken at its word.
        config = replace(config, total_path="total")
    try:
        await read_pages(config, answers, PageRequest("https://api.example.com/items"), restarts)
    except PaginationError:
        assert named
    assert asked.count(0) == 1 + len(restarts) == (3 if named else 1)


@pytest.mark.parametrize("total", [False, True])
async def test_pages_of_uneven_sizes_are_not_fetched_ahead_in_vain(
    memory_api: MakeApi, total: bool
) -> None:
    """By offset, each page is where the one before ends, which nobody knows in advance."""
    ends = {start: min(start + 4 + start // 7 % 3, 400) for start in range(400)}
    asked: list[int] = []

    def answers(request: PageRequest) -> Page:
        start = int(request.param("offset") or 0)
        asked.append(start)
        end = ends.get(start, 400)
        body = {"has_more": end < 400, **({"total": 400} if total else {})}
        return Page(request, items=list(range(start, end)), body=body)

    config = replace(memory_api(size=1).settings(), page_size=6)
    first = PageRequest("https://api.example.com/items")
    assert await read_pages(config, answers, first, [], permits=10) == list(range(400))
    pages = [0]
    while ends[pages[-1]] < 400:
        pages.append(ends[pages[-1]])
    assert len(asked) <= 2 * len(pages)
