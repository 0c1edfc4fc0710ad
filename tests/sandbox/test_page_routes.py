"""What the catalog's page asks for: right, small, and honest about what it leaves out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from cli.sail import sail
from sandbox.port_api import PortApi
from sandbox.port_api.store import now
from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.support.core import resource
from tests.support.port_client import report, signed_in

TEAM = {
    "identifier": "team",
    "title": "Team",
    "schema": {"properties": {"name": {}, "size": {}, "tags": {}}},
    "relations": {},
}
SERVICE = {
    "identifier": "service",
    "schema": {"properties": {}},
    "relations": {"teams": {"target": "team", "many": True}},
}


@pytest.fixture
def url(catalog: PortApi) -> Iterator[str]:
    """The base URL of a catalog with two blueprints."""
    catalog.add_blueprint(TEAM)
    catalog.add_blueprint(SERVICE)
    with serve(catalog.app) as served:
        yield served


@pytest.fixture
def port(url: str) -> Iterator[httpx.Client]:
    with signed_in(url) as client:
        yield client


def put(port: httpx.Client, blueprint: str, *entities: dict[str, Any]) -> None:
    for start in range(0, len(entities), 20):
        body = json.dumps({"entities": entities[start : start + 20]})
        assert port.post(f"/blueprints/{blueprint}/entities/bulk", content=body).json()["ok"]


def page(url: str, **query: Any) -> tuple[int, list[str]]:
    answer = httpx.get(f"{url}/sandbox/page", params=query).json()
    return answer["total"], [entity["identifier"] for entity in answer["entities"]]


def resyncs(url: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = httpx.get(f"{url}/sandbox/state").json()["resyncs"]
    return told


def test_only_what_the_page_needs_is_open(url: str) -> None:
    for path in ("/", "/sandbox/state", "/sandbox/page", "/sandbox/static/main.js"):
        assert httpx.get(url + path).status_code == 200, path
    for path in ("/v1/blueprints", "/v1/integration/mine", "/favicon.ico", "//v1/blueprints"):
        assert httpx.get(url + path).status_code == 401, path
    outside = "/sandbox/static/..%2fapp.py"
    assert httpx.get(url + outside).status_code == 404


def test_nothing_from_elsewhere_is_allowed_to_the_page(url: str) -> None:
    for path in ("/", "/sandbox/static/main.js", "/sandbox/static/vendor/dagre.esm.js"):
        headers = httpx.get(url + path).headers
        rules = headers["content-security-policy"].split("; ")
        assert "default-src 'none'" in rules
        assert {rule.split()[1] for rule in rules} <= {"'none'", "'self'"}
        assert headers["x-content-type-options"] == "nosniff"


def test_the_state_is_sent_again_only_after_a_change(url: str, port: httpx.Client) -> None:
    put(port, "team", {"identifier": "t1"})
    first = httpx.get(f"{url}/sandbox/state")
    told = {one["identifier"]: one for one in first.json()["blueprints"]}
    assert (told["team"]["entities"], told["service"]["entities"]) == (1, 0)
    assert told["service"]["relations"] == [{"name": "teams", "target": "team", "many": True}]
    seen = {"If-None-Match": first.headers["etag"]}
    again = httpx.get(f"{url}/sandbox/state", headers=seen)
    assert (again.status_code, again.content) == (304, b"")
    put(port, "team", {"identifier": "t2"})
    changed = httpx.get(f"{url}/sandbox/state", headers=seen)
    assert changed.json()["blueprints"][1]["entities"] == 2


def test_entities_come_in_pages_with_their_number(url: str, port: httpx.Client) -> None:
    names = [f"t{number:03}" for number in range(130)]
    put(port, "team", *({"identifier": name} for name in names))
    put(port, "service", {"identifier": "s1"})
    assert page(url) == (131, ["s1", *names[:99]])
    assert page(url, blueprint="team", skip=100, limit=20) == (130, names[100:120])
    assert page(url, blueprint="team", skip=1000) == (130, [])
    assert page(url, blueprint="absent") == (0, [])
    for wrong in ({"limit": 0}, {"limit": 100_000}, {"skip": -1}, {"skip": "x"}):
        assert httpx.get(f"{url}/sandbox/page", params=wrong).status_code == 422


def test_search_finds_every_word_in_identifier_title_and_values(
    url: str, port: httpx.Client
) -> None:
    put(
        port,
        "team",
        {"identifier": "alpha", "title": "Übermut 100%", "properties": {"tags": ["North", 7]}},
        {"identifier": "beta", "title": None, "properties": {"size": 1234}},
        {"identifier": "half", "title": "half a pair \ud83d"},
    )
    for words, found in (
        ("ALP", ["alpha"]),
        ("übermut north", ["alpha"]),
        ("100%", ["alpha"]),
        ("234", ["beta"]),
        ("north 1234", []),
        ("properties", []),
        ("pair", ["half"]),
        ("  ", ["alpha", "beta", "half"]),
    ):
        assert page(url, blueprint="team", search=words) == (len(found), found), words
        assert page(url, search=words, limit=1) == (len(found), found[:1]), words


def test_an_entity_is_told_with_its_relations_both_ways(url: str, port: httpx.Client) -> None:
    put(port, "team", {"identifier": "a/b", "title": "A"}, {"identifier": "t2"})
    services = [{"identifier": f"s{n:02}", "relations": {"teams": ["a/b"]}} for n in range(30)]
    services[0]["relations"] = {"teams": ["a/b", "t2"]}
    put(port, "service", *services)
    assert port.delete("/blueprints/team/entities/t2").status_code == 200

    def relations(blueprint: str, identifier: str) -> list[dict[str, Any]]:
        query = {"blueprint": blueprint, "identifier": identifier}
        answer = httpx.get(f"{url}/sandbox/entity", params=query).json()
        assert answer["entity"]["identifier"] == identifier
        told: list[dict[str, Any]] = answer["relations"]
        return told

    (team,) = relations("team", "a/b")
    assert (team["way"], team["blueprint"], team["total"]) == ("in", "service", 30)
    assert [one["identifier"] for one in team["entities"]] == [f"s{n:02}" for n in range(12)]
    (service,) = relations("service", "s00")
    assert (service["way"], service["total"]) == ("out", 2)
    assert service["entities"] == [
        {"identifier": "a/b", "title": "A", "missing": False},
        {"identifier": "t2", "title": None, "missing": True},
    ]
    absent = {"blueprint": "team", "identifier": "t2"}
    assert httpx.get(f"{url}/sandbox/entity", params=absent).status_code == 404


def test_a_resync_is_told_as_ocean_reported_it(
    catalog: PortApi, url: str, api: SampleApi, api_url: str
) -> None:
    kinds = ["/teams", "/nowhere", "/services"]
    catalog.set_config("mine", {"resources": [resource(kind, "team") for kind in kinds]})
    began = now()
    voyage = sail(
        {
            "OCEAN__PORT__BASE_URL": url,
            "OCEAN__PORT__CLIENT_ID": "sandbox",
            "OCEAN__PORT__CLIENT_SECRET": "sandbox-secret",
            "OCEAN__INTEGRATION__IDENTIFIER": "mine",
            "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
            "OCEAN__INTEGRATION__CONFIG__BASE_URL": f"{api_url}/none/offset",
            "OCEAN__INTEGRATION__CONFIG__PAGINATION_TYPE": "offset",
        }
    )
    catalog.tell_requests("mine", began, {"/teams": len(api.requests("teams"))})
    (resync,) = resyncs(url)
    assert (resync["integration"], resync["state"]) == ("mine", "failed"), voyage.output
    assert resync["seconds"] > 0
    assert resync["deleted"] is None
    teams, nowhere, services = resync["kinds"]
    assert [kind["kind"] for kind in resync["kinds"]] == kinds
    assert (teams["state"], teams["items"], teams["errors"]) == ("completed", 12, 0)
    assert teams["requests"] == len(api.requests("teams")) > 0
    assert teams["blueprint"] == "team"
    assert (services["items"], services["requests"]) == (60, None)
    assert (nowhere["state"], nowhere["items"], nowhere["errors"]) == ("failed", 0, 1)
    assert "404" in nowhere["messages"][0]
    assert teams["messages"] == services["messages"] == []


def test_what_is_not_reported_is_not_made_up(
    catalog: PortApi, url: str, port: httpx.Client
) -> None:
    long_ago = now()
    report(port, "/a", "syncing")
    (resync,) = resyncs(url)
    (kind,) = resync["kinds"]
    told = (kind["items"], kind["requests"], kind["seconds"], kind["errors"])
    assert told == (None, None, None, None)
    assert (resync["seconds"], resync["deleted"]) == (None, None)

    report(port, "__runtime__", "syncing")
    report(port, "/twice", "completed", event="resync-2", index=0)
    report(port, "/twice", "completed", event="resync-2", index=1)
    report(port, "/once", "completed", event="resync-2", index=2, items=3, seconds=1.5, failed=2)
    report(port, "__runtime__", "failed", event="resync-2", seconds=4.0)
    counts = {"/a": 9, "/once": 7, "/twice": 8}
    catalog.tell_requests("other", long_ago, {"/once": 1000})
    catalog.tell_requests("mine", long_ago, {"/a": 9})
    catalog.tell_requests("mine", resyncs(url)[0]["began"], counts)
    second, first = resyncs(url)
    # The first never said that it ended, but another has followed it.
    assert (first["state"], second["state"]) == ("unfinished", "failed")
    assert first["kinds"][0]["requests"] == 9
    assert [kind["requests"] for kind in second["kinds"]] == [None, None, 7]
    once = second["kinds"][2]
    assert (once["items"], once["seconds"], once["errors"]) == (3, 1.5, 2)


def test_of_many_error_messages_the_first_are_told_and_the_rest_counted(
    url: str, port: httpx.Client
) -> None:
    report(port, "/a", "failed", failed=9)
    extra = {"event_id": "resync-1", "resource_kind": "/a", "index": 0}
    logs = [{"level": "ERROR", "message": f"no {n}", "extra": extra} for n in range(9)]
    logs.append({"level": "INFO", "message": "all well", "extra": extra})
    assert port.post("/ingest/mine/logs", json={"logs": logs}).status_code == 200
    (kind,) = resyncs(url)[0]["kinds"]
    assert kind["messages"] == [f"no {n}" for n in range(5)]
    assert kind["untold"] == 4
