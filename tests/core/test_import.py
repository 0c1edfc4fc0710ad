"""Every record is imported exactly once, however the API pages and authenticates."""

from __future__ import annotations

import json

import pytest

from tests.support.core import Core, resource

AUTHS = ("none", "bearer_token", "basic", "api_key")
PAGINATIONS = ("none", "offset", "page", "cursor")


def expect_everything(core: Core, name: str = "teams", blueprint: str = "record") -> None:
    assert core.catalog.identifiers(blueprint) == sorted(r["id"] for r in core.api.records(name))


@pytest.mark.parametrize("auth", AUTHS)
@pytest.mark.parametrize("pagination", PAGINATIONS)
async def test_each_pagination_with_each_authentication(
    core: Core, pagination: str, auth: str
) -> None:
    settings = core.settings(pagination, auth, pageSize="7")
    outcome = await core.resync(settings, resource("/services"))
    assert outcome.succeeded, outcome.error
    expect_everything(core, "services")
    items = sum(note["n"] for note in core.catalog._store.history("upserts"))
    assert items == 60


@pytest.mark.parametrize("pagination", PAGINATIONS)
async def test_one_permit_is_enough(core: Core, pagination: str) -> None:
    settings = core.settings(pagination, pageSize="7", maxConcurrentRequests="1")
    nested = resource(
        "/teams/{team}/members",
        identifier='.__team + "/" + .id',
        path_parameters={"team": {"endpoint": "/teams", "data_path": ".items", "field": ".id"}},
    )
    outcome = await core.resync(settings, resource("/services", "service"), nested)
    assert outcome.succeeded, outcome.error
    expect_everything(core, "services", "service")
    assert len(core.catalog.identifiers("record")) == sum(
        len(core.api.records(f"teams/{team['id']}/members")) for team in core.api.records("teams")
    )
    assert core.api.max_in_flight() == 1


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 19, 20, 21])
@pytest.mark.parametrize("pagination", ["offset", "page", "cursor"])
async def test_listings_around_the_page_size(core: Core, pagination: str, count: int) -> None:
    core.api.behave(count=count, total="none", has_more="none")
    outcome = await core.resync(core.settings(pagination, pageSize="10"), resource("/teams"))
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("record")) == count


@pytest.mark.parametrize("pagination", ["offset", "page", "cursor"])
@pytest.mark.parametrize("total", ["none", "body", "header"])
async def test_a_server_that_caps_the_page_size(core: Core, pagination: str, total: str) -> None:
    core.api.behave(cap=4, total=total, has_more="none")
    outcome = await core.resync(core.settings(pagination, pageSize="50"), resource("/services"))
    assert outcome.succeeded, outcome.error
    expect_everything(core, "services")


@pytest.mark.parametrize(
    ("pagination", "switches"),
    [
        ("offset", {"has_more": "flag"}),
        ("page", {"has_more": "flag"}),
        ("offset", {"has_more": "next"}),
        ("page", {"has_more": "next"}),
        ("offset", {"total": "header"}),
        ("page", {"total": "body"}),
        ("cursor", {"cursor_style": "url"}),
        ("cursor", {"cursor_style": "path"}),
        ("cursor", {"cursor_style": "query"}),
        ("cursor", {"cursor_style": "nested"}),
        ("cursor", {"cursor_style": "after"}),
        ("cursor", {"cursor_style": "missing_key", "has_more": "none"}),
    ],
)
async def test_every_sign_of_more_pages(
    core: Core, pagination: str, switches: dict[str, str]
) -> None:
    core.api.behave(**switches)
    outcome = await core.resync(core.settings(pagination, pageSize="9"), resource("/services"))
    assert outcome.succeeded, outcome.error
    expect_everything(core, "services")


async def test_many_listings_of_one_kind(core: Core) -> None:
    nested = resource(
        "/teams/{team}/members",
        identifier='.__team + "/" + .id',
        path_parameters={"team": {"endpoint": "/teams", "data_path": ".items", "field": ".id"}},
    )
    outcome = await core.resync(core.settings("offset", pageSize="5"), nested)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == sorted(
        f"{team['id']}/{member['id']}"
        for team in core.api.records("teams")
        for member in core.api.records(f"teams/{team['id']}/members")
    )


async def test_an_api_that_is_read_by_post(core: Core) -> None:
    search = resource("/services/search", method="POST", body={})
    outcome = await core.resync(core.settings("offset", pageSize="25"), search)
    assert outcome.succeeded, outcome.error
    expect_everything(core, "services")
    assert {seen.method for seen in core.api.requests()} == {"POST"}


async def test_the_query_string_of_a_kind_is_kept_and_merged(core: Core) -> None:
    one = resource("/teams?count=3&total=none", query_params={"total": "body", "tag": ["a", "b"]})
    outcome = await core.resync(core.settings("offset"), one)
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("record")) == 3
    query = core.api.requests()[0].query
    assert [value for name, value in query if name == "total"] == ["body"]
    assert [value for name, value in query if name == "tag"] == ["a", "b"]


async def test_a_resource_may_set_its_own_page_size(core: Core) -> None:
    outcome = await core.resync(
        core.settings("offset", pageSize="100"), resource("/services", query_params={"limit": 20})
    )
    assert outcome.succeeded, outcome.error
    expect_everything(core, "services")
    limits = {value for s in core.api.requests() for name, value in s.query if name == "limit"}
    assert limits == {"20"}


async def test_no_size_parameter_is_sent_where_it_is_empty(core: Core) -> None:
    outcome = await core.resync(core.settings("offset", sizeParam=""), resource("/services"))
    assert outcome.succeeded, outcome.error
    expect_everything(core, "services")
    assert all("limit" not in dict(seen.query) for seen in core.api.requests())


@pytest.mark.parametrize(
    ("shape", "data_path"),
    [("list", None), ("items", ".items"), ("data", ".data.results"), ("data", ".data | .results")],
)
async def test_items_are_found_wherever_they_are(
    core: Core, shape: str, data_path: str | None
) -> None:
    core.api.behave(shape=shape)
    outcome = await core.resync(core.settings("offset"), resource("/services", data_path=data_path))
    assert outcome.succeeded, outcome.error
    expect_everything(core, "services")


async def test_raw_examples_are_sent_and_can_be_switched_off(core: Core) -> None:
    await core.resync(core.settings("offset"), resource("/teams"), send_raw_data_examples=False)
    assert core.catalog.examples() == {}
    await core.resync(core.settings("offset"), resource("/teams"), send_raw_data_examples=True)
    assert [item["id"] for item in core.catalog.examples()["/teams"]] == [
        record["id"] for record in core.api.records("teams")[:5]
    ]


async def test_a_search_that_pages_inside_its_body(core: Core) -> None:
    search = resource(
        "/services/search",
        method="POST",
        body={},
        pagination={
            "type": "offset",
            "location": "body",
            "pagination_param": "page.offset",
            "size_param": "page.limit",
            "page_size": 9,
        },
    )
    outcome = await core.resync(core.settings("offset"), search)
    assert outcome.succeeded, outcome.error
    expect_everything(core, "services")
    bodies = sorted(json.loads(seen.body)["page"]["offset"] for seen in core.api.requests())
    assert bodies == [0, 9, 18, 27, 36, 45, 54]
    assert all(seen.query == [] for seen in core.api.requests())
