"""Throttling is never taken for "nothing here", however it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import Core, resource

STABLE = resource("/stable")
TEAMS = ("t1", "t2", "t3")


@dataclass
class ThrottledApi(CannedApi):
    """Sends ``refusal`` for the members of the second team, ``refusals`` times."""

    refusal: tuple[int, Mapping[str, str], bytes] | None = None
    refusals: int = 1000
    refused: int = field(default=0)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.refusal and "t2" in scope["path"] and self.refused < self.refusals:
            self.refused += 1
            status, headers, body = self.refusal
            pairs = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
            await send({"type": "http.response.start", "status": status, "headers": pairs})
            await send({"type": "http.response.body", "body": body})
            return
        await super().__call__(scope, receive, send)


@pytest.fixture
def canned() -> ThrottledApi:
    api = ThrottledApi()
    api.json("/stable", json.dumps({"items": [{"id": f"s{n}"} for n in range(400)]}))
    for team in TEAMS:
        api.json(f"/teams/{team}/members", json.dumps({"items": [{"id": f"{team}-member"}]}))
    return api


@pytest.fixture
def url(canned: ThrottledApi) -> Iterator[str]:
    with serve(canned) as base_url:
        yield base_url


def members(**selector: Any) -> dict[str, Any]:
    teams = {"values": list(TEAMS)}
    return resource("/teams/{team}/members", "team", path_parameters={"team": teams}, **selector)


THROTTLING = {
    "Retry-After": (403, {"Retry-After": "0"}, b"slow down"),
    "X-RateLimit": (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, b"{}"),
    "RateLimit": (403, {"RateLimit": '"a";r=0;t=0'}, b""),
    "GraphQL": (200, {}, b'{"data": null, "errors": [{"type": "RATE_LIMITED"}]}'),
    "420": (420, {}, b""),
    "404 that says later": (404, {"Retry-After": "0"}, b""),
    "words alone": (403, {}, b'{"message": "You have exceeded a secondary rate limit."}'),
}


@pytest.mark.parametrize("name", THROTTLING)
async def test_throttling_that_stays_keeps_the_catalog_whatever_is_ignored(
    core: Core, canned: ThrottledApi, url: str, name: str
) -> None:
    resources = (STABLE, members(ignore_statuses=[403, 404, 420]))
    outcome = await core.resync({"baseUrl": url}, *resources)
    assert outcome.succeeded, outcome.error
    canned.refusal = THROTTLING[name]
    outcome = await core.resync({"baseUrl": url}, *resources)
    assert not outcome.succeeded
    assert "after 4 attempts" in outcome.error and "Lower maxConcurrentRequests" in outcome.error
    assert core.catalog.identifiers("team") == [f"{team}-member" for team in TEAMS]
    assert core.catalog.deletions() == []
    assert canned.refused == 4


@pytest.mark.parametrize("name", THROTTLING)
async def test_throttling_that_passes_loses_nothing(
    core: Core, canned: ThrottledApi, url: str, name: str
) -> None:
    canned.refusal, canned.refusals = THROTTLING[name], 2
    outcome = await core.resync({"baseUrl": url}, members(ignore_statuses=[403, 404]))
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("team") == [f"{team}-member" for team in TEAMS]


async def test_a_status_that_means_later_is_not_ignored_where_it_stays(
    core: Core, canned: ThrottledApi, url: str
) -> None:
    settings = {"baseUrl": url, "retryStatuses": "[404]", "maxAttempts": "3"}
    resources = (STABLE, members(ignore_statuses=[404]))
    assert (await core.resync(settings, *resources)).succeeded
    canned.refusal = (404, {}, b"")
    outcome = await core.resync(settings, *resources)
    assert not outcome.succeeded
    assert "answered 404" in outcome.error
    assert "ignore_statuses is not about it" in outcome.error
    assert core.catalog.identifiers("team") == [f"{team}-member" for team in TEAMS]
    # Without it the same 404 means that there is nothing.
    outcome = await core.resync({"baseUrl": url}, *resources)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("team") == ["t1-member", "t3-member"]


async def test_a_status_that_means_later_proves_no_end(core: Core, canned: CannedApi) -> None:
    """The page behind a short one is refused: an end, unless that status means "later"."""

    async def api(scope: Any, receive: Any, send: Any) -> None:
        first = b"offset=0" in scope["query_string"]
        body = {"items": [{"id": "a"}, {"id": "b"}]} if first else {"error": "busy"}
        start: dict[str, Any] = {
            "type": "http.response.start",
            "status": 200 if first else 400,
            "headers": [],
        }
        await send(start)
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    with serve(api) as url:
        settings = {"baseUrl": url, "paginationType": "offset", "pageSize": "3"}
        outcome = await core.resync(settings, resource("/records"))
        assert outcome.succeeded, outcome.error
        outcome = await core.resync({**settings, "retryStatuses": "[400]"}, resource("/records"))
    assert not outcome.succeeded
    assert "answered 400 Bad Request after 4 attempts" in outcome.error
    assert core.catalog.identifiers("record") == ["a", "b"]
