"""Items that ``itemsToParse`` cannot take apart: what was made of them is never taken for gone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.canned import CannedApi
from tests.support.core import Core, Outcome, resource

OTHERS = [{"id": f"other-{number}", "name": "same"} for number in range(400)]
ITEMS: list[dict[str, Any]] = [
    {"number": number, "sub": [{"id": f"{number}-{inner}"} for inner in range(2)]}
    for number in range(30)
]


@pytest.fixture
def canned() -> CannedApi:
    api = CannedApi()
    api.json("/others", json.dumps({"items": OTHERS}))
    return api


async def resync(
    core: Core, canned: CannedApi, url: str, items: list[Any], expression: str = ".sub", **port: Any
) -> Outcome:
    """One resync of what is in ``items`` beside the others."""
    canned.json("/items", json.dumps({"items": items}))
    kind = resource("/items", "team", identifier=".item.id")
    kind["port"] |= {"itemsToParse": expression, **port}
    return await core.resync({"baseUrl": url}, kind, resource("/others", "service"))


async def imported(core: Core, canned: CannedApi, url: str) -> None:
    outcome = await resync(core, canned, url, ITEMS)
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("team")) == 60


def with_sub(of_some: Any) -> list[dict[str, Any]]:
    """The items, of which the last ten have something else in the place of their list."""
    return [*ITEMS[:20], *({**item, "sub": of_some} for item in ITEMS[20:])]


@pytest.mark.parametrize(
    ("items", "expression", "told"),
    [
        (ITEMS, ".subs", "'.subs' is null in all of 30 items"),
        (ITEMS, ".sub[]", "leads to what is no list"),
        (ITEMS, ".sub.of", "fails: Cannot index array"),
        (ITEMS, ".sub |", "fails: jq: error: syntax error"),
        (ITEMS, '.sub | if .[0].id == "3-0" then error("no") else . end', "fails: no"),
        (ITEMS, "[.sub[]]", "set itemsToParseTopLevelTransform to false"),
        ([{"my-sub": [{"id": "a"}]}], '."my-sub"', "set itemsToParseTopLevelTransform to false"),
        (with_sub("gone"), ".sub", "leads to what is no list"),
        (with_sub({"id": "a"}), ".sub", "leads to what is no list"),
    ],
)
async def test_items_that_cannot_be_taken_apart_fail_the_kind(
    core: Core, canned: CannedApi, url: str, items: list[Any], expression: str, told: str
) -> None:
    await imported(core, canned, url)
    outcome = await resync(core, canned, url, items, expression)
    assert not outcome.succeeded
    assert "kind /items: the mapping's itemsToParse" in outcome.error
    assert told in outcome.error
    assert len(core.catalog.identifiers("team")) == 60
    assert core.catalog.deletions() == []


async def test_some_items_without_a_list_are_told_with_their_number(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    await imported(core, canned, url)
    outcome = await resync(core, canned, url, with_sub(None))
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("team")) == 40
    assert [line for line in log if "itemsToParse '.sub' is null in 10 of 30 items" in line]


@pytest.mark.parametrize("expression", [".sub // []", ".sub"])
async def test_lists_that_are_all_empty_are_believed(
    core: Core, canned: CannedApi, url: str, expression: str
) -> None:
    await imported(core, canned, url)
    empty: list[Any] | None = None if "//" in expression else []
    items = [{**item, "sub": empty} for item in ITEMS]
    outcome = await resync(core, canned, url, items, expression)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("team") == []


async def test_any_expression_takes_items_apart_without_the_transform(
    core: Core, canned: CannedApi, url: str
) -> None:
    await imported(core, canned, url)
    whole = {"itemsToParseTopLevelTransform": False}
    outcome = await resync(core, canned, url, ITEMS, "[.sub[]]", **whole)
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("team")) == 60
