"""The local Port API takes what Port takes and refuses what Port refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.port_api import PortApi
from sandbox.serving import serve
from tests.support.port_client import signed_in

TEAM = {
    "identifier": "team",
    "schema": {"properties": {"size": {"type": "number"}, "tags": {"type": "array"}}},
    "relations": {},
}
SERVICE = {
    "identifier": "service",
    "schema": {"properties": {"lang": {"type": "string"}}, "required": ["lang"]},
    "relations": {"team": {"target": "team", "many": False, "required": False}},
}
UPSERT = {"upsert": "true", "merge": "true", "create_missing_related_entities": "true"}


@pytest.fixture
def port(catalog: PortApi) -> Iterator[httpx.Client]:
    """A client with a token, as the integration "mine" would be."""
    with serve(catalog.app) as url, signed_in(url) as client:
        for blueprint in (TEAM, SERVICE):
            assert client.post("/blueprints", json=blueprint).status_code == 201
        yield client


def upsert(port: httpx.Client, blueprint: str, *entities: Any, **params: str) -> dict[str, Any]:
    answer = port.post(
        f"/blueprints/{blueprint}/entities/bulk",
        json={"entities": list(entities)},
        params={**UPSERT, **params},
    )
    result: dict[str, Any] = answer.json()
    return result


def test_a_wrong_secret_and_a_missing_token_are_refused(port: httpx.Client) -> None:
    wrong = {"clientId": "sandbox", "clientSecret": "guess"}
    assert port.post("/auth/access_token", json=wrong).status_code == 401
    assert port.get("/blueprints", headers={"Authorization": "Bearer guess"}).status_code == 401


@pytest.mark.parametrize(
    ("entity", "told"),
    [
        ({}, "identifier"),
        ({"identifier": ""}, "identifier"),
        ({"identifier": None}, "identifier"),
        ({"identifier": 7}, "identifier"),
        ({"identifier": "a", "properties": {"size": "big"}}, '"size" must be a number'),
        ({"identifier": "a", "properties": {"tags": "x"}}, '"tags" must be a array'),
        ({"identifier": "a", "properties": {"nope": 1}}, 'no property "nope"'),
        ({"identifier": "a", "relations": {"nope": "x"}}, 'no relation "nope"'),
    ],
)
def test_a_wrong_entity_is_refused_beside_the_right_ones(
    port: httpx.Client, catalog: PortApi, entity: Any, told: str
) -> None:
    result = upsert(port, "team", entity, {"identifier": "right", "properties": {"size": 3}})
    assert [error["index"] for error in result["errors"]] == [0]
    assert told in result["errors"][0]["message"]
    assert [stored["identifier"] for stored in result["entities"]] == ["right"]
    assert catalog.identifiers("team") == ["right"]


def test_an_unknown_blueprint_and_too_many_entities_are_refused(port: httpx.Client) -> None:
    unknown = port.post("/blueprints/nope/entities/bulk", json={"entities": []})
    assert (unknown.status_code, unknown.json()["error"]) == (404, "not_found")
    many = port.post("/blueprints/team/entities/bulk", json={"entities": [{}] * 21})
    assert many.status_code == 413


def test_a_required_property_and_a_missing_relation(port: httpx.Client, catalog: PortApi) -> None:
    bare = upsert(port, "service", {"identifier": "s"})
    assert "lang" in bare["errors"][0]["message"]
    related = {"identifier": "s", "properties": {"lang": "go"}, "relations": {"team": "t9"}}
    refused = upsert(port, "service", related, create_missing_related_entities="false")
    assert refused["errors"][0]["statusCode"] == 404
    assert upsert(port, "service", related)["entities"][0]["created"] is True
    assert catalog.identifiers("team") == ["t9"]


def test_merge_keeps_and_replace_forgets(port: httpx.Client, catalog: PortApi) -> None:
    upsert(port, "team", {"identifier": "t", "properties": {"size": 1, "tags": ["a"]}})
    upsert(port, "team", {"identifier": "t", "properties": {"size": 2}})
    assert catalog.entities("team")[0]["properties"] == {"size": 2, "tags": ["a"]}
    upsert(port, "team", {"identifier": "t", "properties": {"size": 3}}, merge="false")
    assert catalog.entities("team")[0]["properties"] == {"size": 3}


def test_search(port: httpx.Client) -> None:
    upsert(port, "team", *[{"identifier": f"t{n}", "properties": {"size": n}} for n in range(5)])

    def found(*rules: dict[str, Any], combinator: str = "and") -> list[str]:
        query = {"combinator": combinator, "rules": list(rules)}
        answer = port.post("/entities/search", json=query, params={"include": ["identifier"]})
        return [entity["identifier"] for entity in answer.json()["entities"]]

    team = {"property": "$blueprint", "operator": "=", "value": "team"}
    assert found(
        team, {"property": "$identifier", "operator": "in", "value": ["t1", "t4", "x"]}
    ) == [
        "t1",
        "t4",
    ]
    one = {"property": "$identifier", "operator": "=", "value": "t1"}
    two = {"property": "size", "operator": "=", "value": 2}
    assert found(one, two) == []
    assert found(one, two, combinator="or") == ["t1", "t2"]
    nested = {"combinator": "or", "rules": [one, two]}
    source = {"property": "$datasource", "operator": "contains", "value": "/mine/exporter"}
    assert found(nested, source) == ["t1", "t2"]
    wrong = {"combinator": "and", "rules": [{"property": "x", "operator": "like", "value": 1}]}
    assert port.post("/entities/search", json=wrong).status_code == 422


def test_entities_of_a_datasource_come_in_pages_and_before_a_moment(port: httpx.Client) -> None:
    upsert(port, "team", *[{"identifier": f"old{n}"} for n in range(5)])
    moment = port.get("/integration/none")  # a round trip, so that time has passed
    assert moment.status_code == 404
    old = port.post("/entities/search", json={"combinator": "and", "rules": []}).json()["entities"]
    before = max(entity["updatedAt"] for entity in old) + "9"
    upsert(port, "team", {"identifier": "new"})
    query = {"datasource_prefix": "port-ocean/custom/", "datasource_suffix": "/mine/exporter"}
    pages, start = [], None
    while True:
        body = {**query, "limit": 2, "from": start, "before": before}
        answer = port.post("/blueprints/entities/datasource-entities", json=body).json()
        pages.append([entity["identifier"] for entity in answer["entities"]])
        start = answer["next"]
        if not start:
            break
    assert pages == [["old0", "old1"], ["old2", "old3"], ["old4"]]
    other = {**query, "datasource_suffix": "/other/exporter"}
    answer = port.post("/blueprints/entities/datasource-entities", json=other).json()
    assert answer["entities"] == []


def test_deletion_with_and_without_dependents(port: httpx.Client, catalog: PortApi) -> None:
    for team, service in (("t1", "s1"), ("t2", "s2")):
        entity = {"identifier": service, "properties": {"lang": "go"}, "relations": {"team": team}}
        upsert(port, "service", entity)
    deleted = port.post(
        "/blueprints/team/bulk/entities/delete",
        json={"entities": ["t1", "absent"]},
        params={"delete_dependents": "true"},
    )
    assert deleted.json()["deletedEntities"] == ["t1"]
    assert catalog.identifiers("service") == ["s2"]
    assert port.delete("/blueprints/team/entities/t2").status_code == 200
    assert catalog.identifiers("service") == ["s2"]
    assert port.delete("/blueprints/team/entities/t2").status_code == 404
    assert catalog.deletions() == [("team", "t1"), ("service", "s1"), ("team", "t2")]


def test_an_integration_s_life(port: httpx.Client, catalog: PortApi) -> None:
    assert port.get("/integration/mine").status_code == 404
    made = port.post("/integration", json={"installationId": "mine", "config": {"resources": []}})
    assert made.status_code == 201
    assert port.post("/integration", json={"installationId": "mine"}).status_code == 409
    state = port.patch("/integration/mine/resync-state", json={"status": "running"})
    assert state.json()["integration"]["resyncState"]["updatedAt"]
    assert [note["status"] for note in catalog.resync_states()] == ["running"]
    kind = "/integration/mine/kinds/%2Fapi%2Fv1%2Fusers/examples"
    assert port.post(kind, json={"examples": [{"id": 1}]}).status_code == 200
    assert catalog.examples() == {"/api/v1/users": [{"id": 1}]}
    ingest = port.get("/integration/mine").json()["integration"]["logAttributes"]["ingestUrl"]
    assert port.post(ingest, json={"logs": [{"message": "hello"}]}).status_code == 200
    assert [line["message"] for line in catalog.logs()] == ["hello"]


def test_people_can_see_what_it_holds(port: httpx.Client) -> None:
    upsert(port, "team", {"identifier": "t1"})
    summary = port.get("/../sandbox/summary", headers={"Authorization": ""}).json()
    assert summary["entities"] == {"team": 1}
    assert summary["requests"]["POST /v1/blueprints/*/entities/bulk"] == 1
