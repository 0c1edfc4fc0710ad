"""Path parameters: several at once, dependent and independent, fixed, and failing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.canned import CannedApi
from tests.support.core import Core, resource

ORGS = {"endpoint": "/orgs", "data_path": ".items", "field": ".id"}
REPOS = {"endpoint": "/orgs/{org}/repos", "data_path": ".items", "field": ".id"}


@pytest.fixture
def canned() -> CannedApi:
    """Two organisations with repositories, which have issues."""
    api = CannedApi()
    items(
        api, "/orgs", {"id": "o1", "plan": {"name": "free"}}, {"id": "o2", "plan": {"name": "pro"}}
    )
    items(api, "/orgs/o1/repos", {"id": "r1"}, {"id": "r2"})
    items(api, "/orgs/o2/repos", {"id": "r1"})
    for path, name in (("o1/r1", "a"), ("o1/r2", "b"), ("o2/r1", "c")):
        items(api, f"/repos/{path}/issues", {"id": name})
    return api


def items(api: CannedApi, path: str, *found: dict[str, Any]) -> None:
    api.json(path, json.dumps({"items": found}))


ISSUES = resource(
    "/repos/{org}/{repo}/issues",
    identifier='[.__org, .__repo, .id] | join("/")',
    path_parameters={"repo": REPOS, "org": ORGS},
)


@pytest.mark.parametrize("permits", ["1", "10"])
async def test_parent_then_child(core: Core, canned: CannedApi, url: str, permits: str) -> None:
    outcome = await core.resync({"baseUrl": url, "maxConcurrentRequests": permits}, ISSUES)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == ["o1/r1/a", "o1/r2/b", "o2/r1/c"]
    assert sorted(canned.asked) == sorted(canned.answers)


async def test_independent_parameters_form_the_product_and_are_read_once(
    core: Core, canned: CannedApi, url: str
) -> None:
    for org in ("o1", "o2"):
        for year in ("2024", "2025"):
            items(canned, f"/stats/{org}/{year}", {"id": "s"})
    stats = resource(
        "/stats/{org}/{year}",
        identifier='[.__org, .__year, .id] | join("/")',
        path_parameters={"year": {"values": [2024, "2025"]}, "org": ORGS},
    )
    outcome = await core.resync({"baseUrl": url}, stats)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == [
        "o1/2024/s",
        "o1/2025/s",
        "o2/2024/s",
        "o2/2025/s",
    ]
    assert canned.asked.count("/orgs") == 1


async def test_items_carry_the_parent_s_fields(core: Core, url: str) -> None:
    repos = resource(
        "/orgs/{org}/repos",
        identifier='[.__org, .__org_plan, .id] | join("/")',
        path_parameters={"org": {**ORGS, "include": {"plan": ".plan.name"}}},
    )
    outcome = await core.resync({"baseUrl": url}, repos)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == ["o1/free/r1", "o1/free/r2", "o2/pro/r1"]


async def test_a_parent_that_is_gone_meanwhile_may_be_ignored(
    core: Core, canned: CannedApi, url: str
) -> None:
    del canned.answers["/orgs/o2/repos"], canned.answers["/repos/o1/r2/issues"]
    outcome = await core.resync({"baseUrl": url}, ISSUES)
    assert not outcome.succeeded
    assert "/orgs/o2/repos answered 404" in outcome.error
    assert "/repos/o1/r2/issues answered 404" in outcome.error
    tolerant = json.loads(json.dumps(ISSUES))
    tolerant["selector"]["ignore_statuses"] = [404]
    outcome = await core.resync({"baseUrl": url}, tolerant)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == ["o1/r1/a"]


async def test_a_discovery_that_is_not_there_is_never_ignored(
    core: Core, canned: CannedApi, url: str
) -> None:
    del canned.answers["/orgs"]
    tolerant = json.loads(json.dumps(ISSUES))
    tolerant["selector"]["ignore_statuses"] = [404]
    outcome = await core.resync({"baseUrl": url}, tolerant)
    assert not outcome.succeeded
    assert "/orgs answered 404" in outcome.error


async def test_an_ignored_status_where_more_was_promised_is_an_error(core: Core) -> None:
    core.api.behave(fault="404", fault_at=3, fault_times=0)
    services = resource("/services", ignore_statuses=[404])
    outcome = await core.resync(core.settings("cursor", pageSize="8"), services)
    assert not outcome.succeeded
    assert "page 3 answered 404, although the page before says that there is more" in outcome.error


async def test_a_discovery_has_its_own_pagination(core: Core) -> None:
    members = resource(
        "/teams/{team}/members",
        identifier='.__team + "/" + .id',
        pagination={"type": "offset", "page_size": 4},
        path_parameters={
            "team": {
                "endpoint": "/teams",
                "data_path": ".items",
                "field": ".id",
                "pagination": {"type": "offset", "page_size": 5},
            }
        },
    )
    outcome = await core.resync({**core.settings("offset"), "paginationType": "none"}, members)
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("record")) == sum(
        len(core.api.records(f"teams/{team['id']}/members")) for team in core.api.records("teams")
    )
    limits = {dict(s.query)["limit"] for s in core.api.requests() if s.path.endswith("/teams")}
    assert limits == {"5"}


async def test_a_thousand_parents(core: Core, canned: CannedApi, url: str) -> None:
    items(canned, "/many", *({"id": f"p{n}"} for n in range(1000)))
    for n in range(1000):
        items(canned, f"/many/p{n}", {"id": f"c{n}"})
    discovery = {"endpoint": "/many", "data_path": ".items", "field": ".id"}
    outcome = await core.resync(
        {"baseUrl": url}, resource("/many/{p}", path_parameters={"p": discovery})
    )
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("record")) == 1000
    assert len(canned.asked) == 1001


async def test_a_discovery_by_post_with_everything_that_a_request_may_have(core: Core) -> None:
    members = resource(
        "/teams/{team}/members",
        identifier='.__team + "/" + .id',
        path_parameters={
            "team": {
                "endpoint": "/teams/search",
                "method": "POST",
                "query_params": {"tag": ["a", "b"]},
                "headers": {"X-Asked-By": "test"},
                "body": {"id": "team-0002"},
                "data_path": ".items",
                "field": ".id",
            }
        },
    )
    outcome = await core.resync(core.settings("offset"), members)
    assert outcome.succeeded, outcome.error
    (search, *_) = [s for s in core.api.requests() if s.path.endswith("/search")]
    assert (search.method, json.loads(search.body)) == ("POST", {"id": "team-0002"})
    assert search.headers["x-asked-by"] == "test"
    assert [value for name, value in search.query if name == "tag"] == ["a", "b"]
    read = {s.path.split("/")[4] for s in core.api.requests() if s.path.endswith("/members")}
    assert read == {"team-0002"}


async def test_a_value_that_is_found_under_two_parents_or_twice_is_read_once(
    core: Core, canned: CannedApi, url: str
) -> None:
    items(canned, "/orgs/o1/repos", {"id": "r1"}, {"id": "r2"}, {"id": "r1"})
    for name in ("r1", "r2"):
        items(canned, f"/repos/{name}/tags", {"id": "latest"})
    tags = resource(
        "/repos/{repo}/tags",
        identifier='.__repo + "/" + .id',
        path_parameters={"org": ORGS, "repo": REPOS},
    )
    outcome = await core.resync({"baseUrl": url}, tags)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == ["r1/latest", "r2/latest"]
    assert len(canned.asked) == len(set(canned.asked))
