"""For any listing every strategy reads what a plain sequential reading does, and little more."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from errors import PaginationError
from pagination.evidence import USUAL_SIZES
from tests.support.memory_api import MemoryApi

TYPES = ("offset", "page", "cursor", "next_link", "header_link")
FOLLOWING = ("cursor", "next_link", "header_link")
SHAPES = st.fixed_dictionaries(
    {
        "size": st.integers(0, 90),
        "type": st.sampled_from(TYPES),
        "page_size": st.integers(1, 12),
        "cap": st.integers(1, 12) | st.just(1000),
        "has_more": st.booleans(),
        "total": st.booleans(),
    }
)


def is_doubtful(api: MemoryApi) -> bool:
    """Whether the items are as many as one page was asked to hold, or one page of a usual size, and
    no flag says that this is all: the path to the next page, or the size, may be wrong."""
    one_page = api.size <= min(api.page_size, api.cap)
    doubtful = api.size == api.page_size or (one_page and api.size in USUAL_SIZES)
    return doubtful and not api.has_more


@given(shape=SHAPES, permits=st.integers(1, 6))
async def test_a_full_page_that_leads_nowhere_is_whole_only_if_half_of_it_leads_on(
    shape: dict[str, object], permits: int
) -> None:
    shape |= {"size": shape["page_size"], "cap": 1000, "has_more": False}
    api = MemoryApi(**shape)  # type: ignore[arg-type]
    if api.type in FOLLOWING and api.page_size == 1:
        with pytest.raises(PaginationError, match="first page is full"):
            await api.read(permits=permits)
        return
    assert await api.read(permits=permits) == list(range(api.size))
    if api.type in FOLLOWING:
        assert api.asked == [0, 0]


@given(shape=SHAPES, permits=st.integers(1, 12), seed=st.integers(0, 10**6))
async def test_the_same_items_in_the_same_order(
    shape: dict[str, object], permits: int, seed: int
) -> None:
    plain = MemoryApi(**shape)  # type: ignore[arg-type]
    # What follows links and cursors then asks for half of the first page, or raises.
    assume(not (plain.type in FOLLOWING and is_doubtful(plain)))
    expected = await plain.read(permits=1)
    assert expected == list(range(plain.size))
    api = MemoryApi(**shape, delays=random.Random(seed))  # type: ignore[arg-type]
    assert await api.read(permits=permits) == expected
    assert len(api.asked) <= len(plain.asked) + permits - 1
    assert len(api.asked) == len(set(api.asked))
    assert api.most_in_flight <= permits


@given(
    shape=SHAPES,
    permits=st.integers(1, 6),
    removals=st.lists(st.integers(2, 12), max_size=2),
    seed=st.integers(0, 10**6),
)
async def test_nothing_that_stays_is_lost_while_items_are_removed_where_a_total_is_told(
    shape: dict[str, object], permits: int, removals: list[int], seed: int
) -> None:
    shape |= {"total": True, "has_more": False, "size": 40}
    if shape["type"] not in ("offset", "page"):
        return
    api = MemoryApi(**shape, delays=random.Random(seed), remove_at=tuple(removals))  # type: ignore[arg-type]
    try:
        items = await api.read(permits=permits)
    except PaginationError:
        return
    if api.ends[0].warning is None:
        assert set(items) >= set(range(api.removed, 40))
