"""Items that no entity can come of, because their identifier is null: never taken for gone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.canned import CannedApi
from tests.support.core import Core, Outcome, resource

OTHERS = [{"id": f"other-{number}", "name": "same"} for number in range(400)]
"""Unchanged entities of another kind: without them Ocean's own threshold hides what is lost."""

ITEMS = [{"id": f"item-{number}", "name": "n", "use": True} for number in range(30)]


@pytest.fixture
def canned() -> CannedApi:
    api = CannedApi()
    api.json("/others", json.dumps({"items": OTHERS}))
    return api


async def resync(core: Core, canned: CannedApi, url: str, items: list[Any], **how: Any) -> Outcome:
    """One resync of ``items`` beside the others."""
    canned.json("/items", json.dumps({"items": items}))
    kind = resource("/items", "team", identifier=how.pop("identifier", ".id"))
    kind["selector"] |= how
    return await core.resync({"baseUrl": url}, kind, resource("/others", "service"))


async def imported(core: Core, canned: CannedApi, url: str) -> None:
    outcome = await resync(core, canned, url, ITEMS)
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("team")) == 30


@pytest.mark.parametrize(
    ("identifier", "told"),
    [
        (".key", "none of 30 items has an identifier and a blueprint: '.key'"),
        (".id | select(. == null)", "none of 30 items has an identifier"),
        ('""', "none of 30 items has an identifier"),
        (".id.of.it", "fails: "),
        (".id | tonumber", "fails: "),
        ('if .id == "item-7" then halt_error else .id end', "fails: it halts"),
        ('.name | if . == "n" then error("no") else . end', "fails: no"),
    ],
)
async def test_identifiers_that_are_null_for_all_items_fail_the_kind(
    core: Core, canned: CannedApi, url: str, identifier: str, told: str
) -> None:
    await imported(core, canned, url)
    outcome = await resync(core, canned, url, ITEMS, identifier=identifier)
    assert not outcome.succeeded
    assert f"kind /items: {told}" in outcome.error or told in outcome.error
    assert len(core.catalog.identifiers("team")) == 30
    assert core.catalog.deletions() == []


async def test_an_expression_that_fails_for_one_item_fails_the_kind(
    core: Core, canned: CannedApi, url: str
) -> None:
    """Whatever it is, that item is not gone."""
    await imported(core, canned, url)
    items = [*ITEMS[:29], {"id": ["item", 29], "name": "n"}]
    outcome = await resync(core, canned, url, items, identifier='.id | ltrimstr("") | ascii')
    assert not outcome.succeeded
    assert core.catalog.deletions() == []


async def test_an_api_that_renames_the_key_deletes_nothing(
    core: Core, canned: CannedApi, url: str
) -> None:
    await imported(core, canned, url)
    outcome = await resync(core, canned, url, [{"key": one["id"]} for one in ITEMS])
    assert not outcome.succeeded
    assert core.catalog.deletions() == []


async def test_some_null_identifiers_are_reported_with_their_number_and_the_expression(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    await imported(core, canned, url)
    outcome = await resync(core, canned, url, [*ITEMS[:28], {"name": "no id"}, {"id": 0}])
    assert outcome.succeeded, outcome.error
    (line,) = [line for line in log if "become no entities" in line]
    assert "2 of 30 items have no identifier or no blueprint ('.id', '\"team\"')" in line
    table = [line for line in log if "resync done after" in line][-1]
    assert "nameless" in table


async def test_items_that_the_query_leaves_out_need_no_identifier(
    core: Core, canned: CannedApi, url: str
) -> None:
    await imported(core, canned, url)
    unused = [{"name": "no id", "use": False} for _ in range(5)]
    outcome = await resync(core, canned, url, [*ITEMS, *unused], query=".use")
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("team")) == 30


async def test_a_query_that_lets_nothing_pass_is_believed(
    core: Core, canned: CannedApi, url: str
) -> None:
    await imported(core, canned, url)
    outcome = await resync(core, canned, url, ITEMS, query="false")
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("team")) == 0


async def test_null_identifiers_on_every_page_fail_the_kind(
    core: Core, canned: CannedApi, url: str
) -> None:
    """More than one batch: they are counted over all of them."""
    many = [{"key": f"k{number}"} for number in range(1200)]
    outcome = await resync(core, canned, url, many)
    assert not outcome.succeeded
    assert "none of 1,200 items" in outcome.error
