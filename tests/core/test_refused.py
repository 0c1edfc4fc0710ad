"""What Port refuses: counted by kind, said with its reason, and nothing is lost by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from port_ocean.utils.signal import signal_handler

from tests.support.canned import CannedApi
from tests.support.core import IDENTIFIER, Core, resource
from tests.support.json_log import JsonLog, json_log

USERS = resource("/users", "record", data_path=".")
TEAMS = resource("/teams", "team", data_path=".")
ITEMS = json.dumps([{"id": f"user-{number:03}", "name": "same"} for number in range(43)])


@pytest.fixture
def told() -> Iterator[JsonLog]:
    """The lines of progress, as JSON."""
    with json_log() as records:
        yield records


@pytest.fixture
def canned() -> CannedApi:
    api = CannedApi()
    api.json("/users", ITEMS)
    api.json("/teams", '[{"id": "one", "name": "kept"}, {"id": "two", "name": "kept"}]')
    return api


def with_property(kind: dict[str, Any], name: str, expression: str) -> dict[str, Any]:
    """A resource that maps one property more."""
    changed: dict[str, Any] = json.loads(json.dumps(kind))
    changed["port"]["entity"]["mappings"]["properties"][name] = expression
    return changed


def refusals(log: list[str]) -> list[str]:
    return [line for line in log if "| ERROR" in line and "Port refused" in line]


async def test_a_property_that_the_blueprint_has_not(
    core: Core, url: str, told: JsonLog, log: list[str]
) -> None:
    users = with_property(USERS, "nme", ".name")
    outcome = await core.resync({"baseUrl": url}, users, TEAMS)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("record") == []
    assert core.catalog.identifiers("team") == ["one", "two"]
    (error,) = refusals(log)
    assert (
        "kind /users: Port refused 43 entities, the first user-000 of blueprint record: "
        'the blueprint has no property "nme" (status 422)'
    ) in error
    (end,) = told.fields("resync ended")
    assert end["refused"] == 43
    assert [one.get("refused") for one in end["kinds"]] == [43, None]
    assert 'no property "nme"' in end["kinds"][0]["first_refusal"]
    (message,) = told.messages("resync ended")
    head, names, users_row, teams_row = message.splitlines()
    assert head.endswith("2 of 2 kinds read, 43 entities refused by Port")
    place = names.index("refused") + len("refused")
    assert users_row[:place].endswith(" 43") and teams_row[:place].endswith(" 0")


async def test_a_blueprint_that_is_not_there(core: Core, url: str, log: list[str]) -> None:
    await core.resync({"baseUrl": url}, resource("/users", "nothing", data_path="."))
    (error,) = refusals(log)
    assert "Port refused 43 entities" in error
    assert 'Blueprint "nothing" was not found (status 404)' in error


async def test_a_blueprint_that_is_not_there_does_not_stop_the_cleaning_up_of_others(
    core: Core, canned: CannedApi, url: str
) -> None:
    """Ocean looks up the relations of what it has sent, by a blueprint that does not exist."""
    assert (await core.resync({"baseUrl": url}, TEAMS)).succeeded
    canned.json("/teams", '[{"id": "two", "name": "kept"}]')
    related = resource("/users", "nothing", data_path=".")
    related["port"]["entity"]["mappings"]["relations"] = {"owner": '"two"'}
    outcome = await core.resync({"baseUrl": url}, related, TEAMS)
    assert outcome.succeeded, outcome.error
    assert core.catalog.identifiers("team") == ["two"]


async def test_some_of_a_batch(core: Core, canned: CannedApi, url: str, log: list[str]) -> None:
    items = [{"id": f"user-{n:03}", "name": n if n % 10 == 3 else "text"} for n in range(43)]
    canned.json("/users", json.dumps(items))
    outcome = await core.resync({"baseUrl": url}, USERS)
    assert outcome.succeeded
    assert len(core.catalog.identifiers("record")) == 39
    (error,) = refusals(log)
    assert "Port refused 4 entities, the first user-003" in error
    assert 'property "name" must be a string, found 3' in error


async def test_nothing_that_is_accepted_is_counted(
    core: Core, url: str, told: JsonLog, log: list[str]
) -> None:
    await core.resync({"baseUrl": url}, USERS, TEAMS)
    assert refusals(log) == []
    (end,) = told.fields("resync ended")
    assert "refused" not in end and "refused" not in end["kinds"][0]
    assert "refused" not in told.messages("resync ended")[0]


@pytest.mark.parametrize("search", [200, 422])
async def test_entities_whose_update_was_refused_stay(
    core: Core, canned: CannedApi, url: str, log: list[str], search: int
) -> None:
    """Also where Ocean cannot compare them with the catalog: then it forgets the refused ones."""
    assert (await core.resync({"baseUrl": url}, USERS, TEAMS)).succeeded
    canned.json("/users", json.dumps([{"id": f"user-{n:03}", "name": n} for n in range(43)]))
    canned.json("/teams", '[{"id": "two", "name": "kept"}]')
    core.catalog.refuse("/entities/search", search)
    outcome = await core.resync({"baseUrl": url}, USERS, TEAMS)
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("record")) == 43
    assert core.catalog.identifiers("team") == ["two"]
    assert "Port refused 43 entities" in refusals(log)[0]


async def test_refused_ones_that_were_never_there_are_no_part_of_a_share(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    """Forty vanish, and four hundred others are refused: that is everything, not a tenth."""
    canned.json("/users", json.dumps([{"id": f"old-{n:03}", "name": "a"} for n in range(40)]))
    assert (await core.resync({"baseUrl": url}, USERS)).succeeded
    canned.json("/users", json.dumps([{"id": f"new-{n:03}", "name": n} for n in range(400)]))
    app = await core.start({"baseUrl": url}, USERS)
    core.catalog.set_config(IDENTIFIER, {"resources": [USERS]})
    await app.integration.sync_raw_all()
    assert len(core.catalog.identifiers("record")) == 40
    assert any("Blueprint record: 40 of 40 entities" in line for line in log)


async def test_what_a_second_attempt_brings_in_was_not_refused(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    """Without createMissingRelatedEntities Ocean tries again, in order, when all kinds are read."""
    core.catalog.add_blueprint(
        {
            "identifier": "service",
            "schema": {"properties": {"name": {"type": "string"}}},
            "relations": {"owner": {"target": "team", "many": False, "required": False}},
        }
    )
    services = resource("/services", "service", data_path=".")
    services["port"]["entity"]["mappings"]["relations"] = {"owner": ".owner"}
    items = [
        {"id": f"s-{n}", "name": "a", "owner": "one" if n < 12 else "nobody"} for n in range(15)
    ]
    canned.json("/services", json.dumps(items))
    app = await core.start({"baseUrl": url}, services, TEAMS)
    core.catalog.set_config(
        IDENTIFIER, {"resources": [services, TEAMS], "createMissingRelatedEntities": False}
    )
    assert await app.integration.sync_raw_all()
    await signal_handler.exit()
    assert len(core.catalog.identifiers("service")) == 12
    (error,) = refusals(log)
    assert "kind /services: Port refused 3 entities, the first s-12 of blueprint service" in error
    assert 'Entity "nobody" of blueprint "team" was not found' in error


async def test_port_that_does_not_respond_has_refused(
    core: Core, url: str, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await core.start({"baseUrl": url}, TEAMS)

    async def broken(*_: object, **__: object) -> list[object]:
        return [(False, entity) for entity in _[1]]  # type: ignore[attr-defined]

    monkeypatch.setattr(type(app.port_client), "upsert_entities_in_batches", broken)
    assert await app.integration.sync_raw_all()
    await signal_handler.exit()
    (error,) = refusals(log)
    assert "Port refused 2 entities" in error
    assert "there was no response from Port" in error


async def test_a_batch_that_is_too_large_is_sent_one_by_one(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    """Ocean takes each of those for accepted, whatever Port says."""
    items = [{"id": f"user-{n}", "name": n if n == 5 else "text"} for n in range(12)]
    canned.json("/users", json.dumps(items))
    core.catalog.refuse("/entities/bulk", 413)
    await core.resync({"baseUrl": url}, USERS)
    assert len(core.catalog.identifiers("record")) == 11
    (error,) = refusals(log)
    assert "Port refused 1 entities, the first user-5" in error
    assert 'property "name" must be a string' in error


async def test_a_search_identifier_that_port_refuses_keeps_the_blueprint(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    """Which entity of the catalog it would have been cannot be known."""
    assert (await core.resync({"baseUrl": url}, USERS, TEAMS)).succeeded
    searching = json.loads(json.dumps(USERS))
    rule = {"property": '"name"', "operator": '"="', "value": ".name"}
    searching["port"]["entity"]["mappings"]["identifier"] = {
        "combinator": '"and"',
        "rules": [rule],
    }
    canned.json("/users", '[{"id": "user-000", "name": "same"}]')
    canned.json("/teams", '[{"id": "two", "name": "kept"}]')
    await core.resync({"baseUrl": url}, searching, TEAMS)
    assert len(core.catalog.identifiers("record")) == 43
    assert core.catalog.identifiers("team") == ["two"]
    assert any("Nothing is deleted of blueprint record: Port refused" in line for line in log)


async def test_an_incremental_resync_says_it_too(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    users = with_property(USERS, "nme", ".name")
    users["selector"]["incremental"] = {"param": "since", "field": "changed"}
    items = [{"id": f"user-{n}", "name": "a", "changed": "2999-01-01T00:00:00Z"} for n in range(3)]
    canned.json("/users", json.dumps(items))
    enabled = {"identifier": IDENTIFIER, "type": "custom", "incremental_sync_enabled": True}
    app = await core.start({}, users, integration={**enabled, "config": {"base_url": url}})
    await app.integration.sync_incremental(60)
    (error,) = refusals(log)
    assert "kind /users: Port refused 3 entities" in error


async def test_a_secret_in_the_reason_is_masked_and_the_line_is_short(
    core: Core, canned: CannedApi, url: str, log: list[str]
) -> None:
    secret = "tok-1a2b3c4d5e"
    canned.json("/users", json.dumps([{"id": "one", "name": [secret, "x" * 5000]}]))
    settings = {"baseUrl": url, "authType": "bearer_token", "apiToken": secret}
    await core.resync(settings, USERS)
    (error,) = refusals(log)
    assert secret not in error
    assert "must be a string, found ['[hidden]'" in error
    assert len(error) < 700


@pytest.mark.parametrize(
    ("blueprint", "identifier", "named"),
    [
        ("nothing", ".id", "of blueprint record: Port refused all entities of blueprint nothing"),
        ("record", "[.id]", "of blueprint record: Port refused all entities of blueprint record"),
        ("record", ".id | length", "of blueprint record: Port refused all entities"),
    ],
)
async def test_what_would_have_been_replaced_by_refused_ones_stays(
    core: Core,
    canned: CannedApi,
    url: str,
    log: list[str],
    blueprint: str,
    identifier: str,
    named: str,
) -> None:
    """The API still has it, and under what it was to have from now on, Port does not."""
    canned.json("/users", json.dumps([{"id": f"user-{n}", "name": "a"} for n in range(15)]))
    assert (await core.resync({"baseUrl": url}, USERS, TEAMS)).succeeded
    canned.json("/teams", '[{"id": "two", "name": "kept"}]')
    users = resource("/users", blueprint, data_path=".", identifier=identifier)
    assert (await core.resync({"baseUrl": url}, users, TEAMS)).succeeded
    assert len(core.catalog.identifiers("record")) == 15
    assert core.catalog.identifiers("team") == ["two"]
    assert any(f"Nothing is deleted {named}" in line for line in log)
