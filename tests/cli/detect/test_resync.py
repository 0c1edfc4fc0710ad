"""What is written drives a real resync that imports each record once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from dotenv import dotenv_values

from sandbox.serving import serve
from tests.cli.detect.apis import RECORDS
from tests.cli.detect.conftest import Detect
from tests.cli.detect.test_shapes import FOUND
from tests.core.test_import import AUTHS, PAGINATIONS
from tests.support.canned import CannedApi
from tests.support.core import Core, Outcome

PREFIX = "OCEAN__INTEGRATION__CONFIG__"


def files(folder: Path) -> tuple[dict[str, str], dict[str, Any], list[dict[str, Any]]]:
    """Settings, mapping and blueprints as they were written."""
    settings = {
        variable.removeprefix(PREFIX).lower(): value or ""
        for variable, value in dotenv_values(folder / "settings.env").items()
        if variable.startswith(PREFIX)
    }
    mapping = yaml.safe_load((folder / "port-app-config.yaml").read_text(encoding="utf-8"))
    return settings, mapping, json.loads((folder / "blueprints.json").read_text(encoding="utf-8"))


def written(folder: Path) -> str:
    """All that the files hold."""
    return "\n".join(path.read_text(encoding="utf-8") for path in folder.iterdir())


async def resync(core: Core, folder: Path, **more: str) -> Outcome:
    settings, mapping, blueprints = files(folder)
    for blueprint in blueprints:
        core.catalog.add_blueprint(blueprint)
    return await core.resync({**settings, **more}, *mapping["resources"])


def imported(core: Core) -> int:
    """How many entities were sent, those that were sent twice counted twice."""
    return sum(note["n"] for note in core.catalog._store.history("upserts"))


@pytest.mark.parametrize("name", FOUND)
async def test_each_record_is_imported_once(
    core: Core, detect: Detect, folder: Path, shapes_url: str, name: str
) -> None:
    outcome = await asyncio.to_thread(detect, f"{shapes_url}/{name}")
    assert outcome.code == 0, outcome.out
    result = await resync(core, folder)
    assert result.succeeded, result.error
    blueprint = outcome.endpoints[0]["blueprint"]
    assert core.catalog.identifiers(blueprint) == [record["id"] for record in RECORDS]
    assert imported(core) == len(RECORDS)
    entity = core.catalog.entities(blueprint)[0]
    made = ("rec-001", {}) if name == "texts" else ("Record 1", {"rank": 1})
    assert (entity["title"], entity["properties"]) == made


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("only_a_flag", "hasMorePath 'state.inner.more_available' (true) says that there is more"),
        ("always_more", "has_more (true) says that there are more records"),
    ],
)
async def test_what_cannot_be_read_wholly_deletes_nothing(
    core: Core, detect: Detect, folder: Path, shapes_url: str, name: str, told: str
) -> None:
    await asyncio.to_thread(detect, f"{shapes_url}/{name}")
    result = await resync(core, folder)
    assert not result.succeeded
    assert told in result.error


@pytest.mark.parametrize("has_more", ["lie_false", "flag"])
@pytest.mark.parametrize("pagination", ["offset", "page", "cursor"])
async def test_a_flag_that_ends_too_early_loses_nothing(
    core: Core, detect: Detect, folder: Path, pagination: str, has_more: str
) -> None:
    """With a cap on pages a resync would end after the first one."""
    core.api.behave(has_more=has_more, cap=20)
    await asyncio.to_thread(detect, f"{core.api_url}/none/{pagination}/services")
    result = await resync(core, folder)
    assert result.succeeded, result.error
    expected = sorted(record["id"] for record in core.api.records("services"))
    assert core.catalog.identifiers("service") == expected


async def test_a_next_link_that_is_always_null_loses_nothing(
    core: Core, detect: Detect, folder: Path, shapes_url: str
) -> None:
    await asyncio.to_thread(detect, f"{shapes_url}/null_next")
    result = await resync(core, folder)
    assert result.succeeded, result.error
    assert core.catalog.identifiers("null_next") == [record["id"] for record in RECORDS]


@pytest.mark.parametrize("auth", AUTHS)
@pytest.mark.parametrize("pagination", [one for one in PAGINATIONS if one != "none"])
async def test_the_sample_api_with_relations(
    core: Core, detect: Detect, folder: Path, pagination: str, auth: str
) -> None:
    api = core.api
    credentials = {
        "none": [],
        "bearer_token": ["--bearer-token", api.token],
        "basic": ["--basic", f"{api.username}:{api.password}"],
        "api_key": ["--api-key", api.api_key],
    }[auth]
    base = f"{core.api_url}/{auth}/{pagination}"
    urls = [f"{base}/{name}" for name in ("teams", "services", "users")]
    outcome = await asyncio.to_thread(detect, *urls, *credentials, "--base-url", base)
    assert outcome.code == 0, outcome.out
    for secret in (api.token, api.password, api.api_key):
        assert secret not in outcome.out + outcome.err
        assert secret not in written(folder)
    secrets = {"api_token": api.token, "password": api.password, "api_key": api.api_key}
    needed = {"bearer_token": "api_token", "basic": "password", "api_key": "api_key"}.get(auth)
    result = await resync(core, folder, **({needed: secrets[needed]} if needed else {}))
    assert result.succeeded, result.error
    for blueprint, resource in {"team": "teams", "service": "services", "user": "users"}.items():
        records = api.records(resource)
        assert core.catalog.identifiers(blueprint) == sorted(one["id"] for one in records)
    entity = {one["identifier"]: one for one in core.catalog.entities("service")}
    for record in api.records("services"):
        relations = entity[record["id"]]["relations"]
        assert relations["team"] == record["team_id"]
        assert sorted(relations["depends_on"] or []) == sorted(record["depends_on"])


async def test_items_that_one_field_does_not_tell_apart_are_all_imported(
    core: Core, detect: Detect, canned: CannedApi, url: str, folder: Path
) -> None:
    """Under one identifier they would overwrite each other; a secret stays out of the catalog."""
    members = [
        {"team": f"t{team}", "id": user, "since": "2026-01-01", "session": f"s-{team}-{user}"}
        for team in range(5)
        for user in range(9)
    ]
    canned.json("/members", json.dumps({"members": members}))
    outcome = await asyncio.to_thread(detect, f"{url}/members")
    assert "team" in outcome.endpoints[0]["findings"][-2]["value"], outcome.out
    assert (await resync(core, folder)).succeeded
    found = core.catalog.entities("member")
    assert len(found) == 45
    assert all(set(one["properties"]) == {"since", "team", "id"} for one in found), found[0]
    assert "session" not in written(folder)


async def test_an_identifier_that_comes_again_on_a_later_page_is_none(
    core: Core, detect: Detect, canned: CannedApi, url: str, folder: Path
) -> None:
    api = CannedApi()
    members = [{"org": f"o{org}", "id": user} for org in range(2) for user in range(24)]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        query = dict(parse_qsl(scope["query_string"].decode()))
        page = int(query.get("page", 1))
        api.json("/members", json.dumps({"members": members[(page - 1) * 10 : page * 10]}))
        await api(scope, receive, send)

    with serve(app) as base:
        outcome = await asyncio.to_thread(detect, f"{base}/members")
        assert outcome.code == 1
        result = await resync(core, folder)
    assert ".org" in outcome.endpoints[0]["findings"][-2]["value"], outcome.out
    assert len(core.catalog.entities("member")) == 48, result.error
