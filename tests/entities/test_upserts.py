"""What is read of Port's responses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from port_ocean.core.models import Entity

from entities import upserts as module
from entities.upserts import Refused, Upserts, watch

PORT = "https://api.example/v1/blueprints"


@pytest.fixture
def upserts(monkeypatch: pytest.MonkeyPatch) -> Upserts:
    """Those of the present event."""
    present = Upserts()
    monkeypatch.setattr(module, "current_upserts", lambda: present)
    return present


@pytest.fixture
def resources(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The last of them is the present resource."""
    places = [0]
    monkeypatch.setattr(module, "resource_index", lambda: places[-1])
    yield places


def entity(identifier: Any, blueprint: str = "team") -> Entity:
    return Entity.parse_obj({"identifier": identifier, "blueprint": blueprint})


async def post(url: str, body: Any, status: int, response: Any) -> None:
    """Sends ``body`` as Ocean's client does; Port responds with ``response``."""
    content = response if isinstance(response, bytes) else json.dumps(response).encode()
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=content))
    async with httpx.AsyncClient(transport=transport) as client:
        watch(client)
        watch(client)
        assert len(client.event_hooks["response"]) == 1
        await client.post(url, json=body)


async def bulk(upserts: Upserts, status: int, response: Any, *identifiers: Any) -> None:
    upserts.sent([entity(identifier) for identifier in identifiers])
    body = {"entities": [{"identifier": one, "blueprint": "team"} for one in identifiers]}
    await post(f"{PORT}/team/entities/bulk", body, status, response)


@pytest.mark.usefixtures("resources")
async def test_a_batch_of_which_some_are_refused(upserts: Upserts) -> None:
    response = {
        "entities": [{"identifier": "a", "index": 0, "created": True}],
        "errors": [{"identifier": "b", "index": 1, "statusCode": 422, "message": "wrong type"}],
    }
    await bulk(upserts, 207, response, "a", "b", "c")
    assert upserts.refused_keys == {("b", "team"), ("c", "team")}
    assert upserts.by_resource() == {0: Refused(2, "b", "team", "wrong type (status 422)")}
    assert upserts.created("team") == 1


@pytest.mark.usefixtures("resources")
@pytest.mark.parametrize(
    ("status", "response", "reason"),
    [
        (404, {"ok": False, "error": "not_found", "message": "no blueprint"}, "no blueprint"),
        (422, {"error": "invalid_request"}, "invalid_request"),
        (502, b"<html>bad gateway", "<html>bad gateway"),
        (500, [], "no reason is given"),
        (422, {"message": "some", "errors": [{"index": 0, "message": "this one"}]}, "this one"),
        (422, {"message": "all", "entities": [{"index": 0, "identifier": "a"}]}, "all"),
    ],
)
async def test_a_batch_that_is_refused_whole(
    upserts: Upserts, status: int, response: Any, reason: str
) -> None:
    await bulk(upserts, status, response, "a")
    assert upserts.by_resource()[0].reason.startswith(reason)


@pytest.mark.usefixtures("resources")
async def test_a_page_of_a_proxy_is_not_kept_for_each_entity(upserts: Upserts) -> None:
    for number in range(50):
        await bulk(upserts, 502, b"<html>" + b"." * 100_000, number)
    kept = sum(len(text) for reasons in upserts._waiting.values() for text in reasons.values())
    assert kept < 50 * 3000
    assert upserts.by_resource()[0].reason.startswith("<html>...")


@pytest.mark.usefixtures("resources")
async def test_identifiers_that_are_no_texts(upserts: Upserts) -> None:
    search = {"rules": [{"property": "name", "value": 1}], "combinator": "and"}
    await bulk(upserts, 200, {"entities": [{"index": 0, "identifier": "7"}]}, 7, search)
    assert upserts.unknown_blueprints == {"team"}
    assert upserts.by_resource()[0].count == 1


async def test_each_resource_is_counted_for_itself(upserts: Upserts, resources: list[int]) -> None:
    await bulk(upserts, 422, {"message": "first"}, "a")
    resources.append(1)
    await bulk(upserts, 422, {"message": "second"}, "a", "b")
    found = upserts.by_resource()
    assert (found[0].count, found[0].reason) == (1, "first (status 422)")
    assert (found[1].count, found[1].reason) == (2, "second (status 422)")
    await bulk(upserts, 200, {"entities": [{"index": 0, "identifier": "a"}]}, "a")
    assert {place: one.count for place, one in upserts.by_resource().items()} == {0: 1, 1: 1}


async def test_what_the_last_attempt_brings_counts_for_all(
    upserts: Upserts, resources: list[int]
) -> None:
    for place in (0, 1):
        resources.append(place)
        await bulk(upserts, 422, {"message": "too early"}, "a", "b")
    resources.append(-1)
    one = {"identifier": "a", "blueprint": "team"}
    await post(f"{PORT}/team/entities", one, 201, {"ok": True, "entity": one})
    other = {"identifier": "b", "blueprint": "team"}
    await post(f"{PORT}/team/entities", other, 404, {"message": "still not there"})
    reason = "still not there (status 404)"
    assert upserts.by_resource() == {n: Refused(1, "b", "team", reason) for n in (0, 1)}


@pytest.mark.usefixtures("resources")
async def test_what_is_sent_and_gets_no_response(upserts: Upserts) -> None:
    upserts.sent([entity("a")])
    assert upserts.by_resource()[0].reason == "there was no response from Port"


@pytest.mark.usefixtures("resources")
@pytest.mark.parametrize(
    "path", ["entities/datasource-entities", "team/bulk/entities/delete", "../entities/search"]
)
async def test_other_requests_are_not_read(upserts: Upserts, path: str) -> None:
    upserts.sent([entity("a")])
    await post(f"{PORT}/{path}", {"entities": ["a"]}, 200, {"ok": True})
    assert upserts.refused_keys == {("a", "team")}


@pytest.mark.usefixtures("resources")
async def test_texts_are_masked(upserts: Upserts) -> None:
    upserts.mask_by(lambda text: text.replace("secret", "***"))
    await bulk(upserts, 422, {"message": "not a secret"}, "secret-1")
    assert upserts.by_resource()[0] == Refused(1, "***-1", "team", "not a *** (status 422)")
