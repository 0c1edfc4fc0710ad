"""Combinations of parameters: streamed, whatever the order in which they were written."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from pagination import Page, PageRequest
from resync.fan_out import Failures
from resync.jq import Jq
from resync.listing import Listing
from resync.path_parameters import independent_groups, listings
from resync.plan import ListingPlan, build_plan
from settings import parse_settings
from tests.support.core import resource
from tests.support.running import parsed

SETTINGS = parse_settings({"baseUrl": "https://h"})
PAGE = 100


class Records:
    """Stands for a reader: ``counts`` are the records of each discovery, in pages of ``PAGE``."""

    def __init__(self, **counts: int) -> None:
        self.jq = Jq(lambda text: text.decode())
        self.counts = counts
        self.pages_read: list[str] = []
        self.warnings: list[str] = []

    async def pages(self, listing: Listing) -> AsyncGenerator[Page]:
        name = listing.endpoint.url.rpartition("/")[2]
        count = self.counts[name]
        for start in range(0, count, PAGE):
            self.pages_read.append(name)
            found = [{"id": f"{name}{n}"} for n in range(start, min(start + PAGE, count))]
            yield Page(PageRequest(""), list(found))

    def warn_once(self, subject: str, message: str, level: str = "WARNING") -> None:
        self.warnings.append(message)


def planned(*names: str, **more: Any) -> ListingPlan:
    """A plan whose parameters are discovered independently, in the order of ``names``."""
    entries = {name: {"endpoint": f"/{name}", "field": ".id"} for name in names} | more
    path = "/" + "/".join(f"{{{name}}}" for name in entries)
    return build_plan(SETTINGS, parsed(resource(path, path_parameters=entries)))


async def combined(plan: ListingPlan, reader: Any, workers: int = 3) -> AsyncGenerator[Listing]:
    failures = Failures(plan.kind)
    async with aclosing(listings(plan, reader, workers, failures)) as found:
        async for listing in found:
            yield listing
    failures.raise_any()


@pytest.mark.parametrize("names", [("many", "few"), ("few", "many")])
async def test_memory_is_flat_whatever_the_order(names: tuple[str, ...]) -> None:
    """10,000 values of one parameter and three of the other, each pair once."""
    reader = Records(many=10_000, few=3)
    await anext(combined(planned("few"), reader))
    tracemalloc.start()
    try:
        count = 0
        seen: set[int] = set()
        async for listing in combined(planned(*names), reader):
            count += 1
            if count % 100 == 0:
                seen.add(hash(tuple(sorted(listing.values.values()))))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (count, len(seen)) == (30_000, 300)
    # A hash of each value is kept, and that is nearly all.
    assert peak < 3_000_000


@pytest.mark.parametrize("names", [("many", "few"), ("few", "many")])
async def test_no_listing_waits_for_the_last_page_of_values(names: tuple[str, ...]) -> None:
    reader = Records(many=5_000, few=3)
    async with aclosing(combined(planned(*names), reader)) as found:
        await anext(found)
    assert reader.pages_read.count("many") < 5_000 // PAGE


@pytest.mark.parametrize("workers", [1, 10])
async def test_each_discovery_is_read_once_and_no_pair_comes_twice(workers: int) -> None:
    reader = Records(a=250, b=30, c=4)
    plan = planned(*"abc")
    found = [tuple(sorted(one.values.values())) async for one in combined(plan, reader, workers)]
    assert len(found) == len(set(found)) == 250 * 30 * 4
    assert sorted(reader.pages_read) == ["a", "a", "a", "b", "c"]


async def test_two_chains_are_each_read_once() -> None:
    """The second one's children are not asked for again for each binding of the first."""
    chains = {
        "x": {"endpoint": "/x", "field": ".id"},
        "y": {"endpoint": "/{x}/y", "field": ".id"},
        "v": {"endpoint": "/v", "field": ".id"},
        "w": {"endpoint": "/{v}/w", "field": ".id"},
    }
    reader = Records(x=20, y=5, v=20, w=5)
    found = [
        tuple(sorted(one.values.values())) async for one in combined(planned(**chains), reader)
    ]
    assert len(found) == 20 * 5 * 20 * 5
    assert {name: reader.pages_read.count(name) for name in "xyvw"} == {
        "x": 1,
        "y": 20,
        "v": 1,
        "w": 20,
    }


def test_groups_are_what_needs_each_other_and_fixed_lists_come_last() -> None:
    more = {
        "of": {"endpoint": "/{one}/of", "field": ".id"},
        "both": {"endpoint": "/both", "field": ".id", "body": ["{two}", "{of}"]},
    }
    plan = planned("one", "two", "three", year={"values": [1]}, **more)
    names = [[one.name for one in group] for group in independent_groups(plan.parameters)]
    assert [sorted(group) for group in names] == [["both", "of", "one", "two"], ["three"], ["year"]]
    assert names[0].index("one") < names[0].index("of") < names[0].index("both")


async def test_siblings_are_remembered_for_their_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {
        "p": {"endpoint": "/p", "field": ".id"},
        "a": {"endpoint": "/{p}/a", "field": ".id"},
        "b": {"endpoint": "/{p}/b", "field": ".id"},
    }
    for remembered, most in ((256, 6), (1, 18)):
        monkeypatch.setattr("resync.path_parameters.SHARED_DISCOVERIES", remembered)
        reader = Records(p=6, a=3, b=2)
        found = [one.values async for one in combined(planned(**entries), reader)]
        assert len({tuple(sorted(one.values())) for one in found}) == len(found) == 6 * 3 * 2
        assert 6 <= reader.pages_read.count("b") <= most


async def test_a_value_is_read_once_for_each_field_that_its_placeholders_need() -> None:
    class Users(Records):
        async def pages(self, listing: Listing) -> AsyncGenerator[Page]:
            pairs = [("u1", "g1"), ("u1", "g2"), ("u1", "g1"), ("u2", "g1"), ("u3", None)]
            records = [
                {"id": user, "group": group, "n": n} for n, (user, group) in enumerate(pairs)
            ]
            yield Page(PageRequest(""), list(records))

    include = {"group": ".group", "n": ".n"}
    user = {"endpoint": "/users", "field": ".id", "include": include}
    plan = planned(u=user)
    found = [one.values async for one in combined(plan, Users())]
    assert found == [{"u": "u1"}, {"u": "u2"}, {"u": "u3"}]
    both = build_plan(
        SETTINGS,
        parsed(resource("/x?u={u}&g={u.group}", path_parameters={"u": user})),
    )
    reader = Users()
    found = [one.values async for one in combined(both, reader)]
    assert [(one["u"], one["u.group"]) for one in found] == [
        ("u1", "g1"),
        ("u1", "g2"),
        ("u2", "g1"),
    ]
    assert "1 discovered values of {u.group} were null or empty" in "".join(reader.warnings)
    # Where the group alone is needed, each is read once.
    alone = replace(both, endpoint=replace(both.endpoint, params=(("g", "{u.group}"),)))
    assert [one.values["u.group"] async for one in combined(alone, Users())] == ["g1", "g2"]
