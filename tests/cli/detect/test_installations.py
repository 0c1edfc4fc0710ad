"""Two APIs in one Port account: neither takes away what the other has imported."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import port_ocean.utils.signal as signal_module
import pytest
from dotenv import dotenv_values

from cli.detect.installation import installation_identifier
from cli.detect.options import Endpoint
from sandbox.serving import serve
from tests.cli.detect.conftest import Detect
from tests.cli.detect.test_resync import files
from tests.support.canned import CannedApi
from tests.support.core import Core

IDENTIFIER = "OCEAN__INTEGRATION__IDENTIFIER"


def identifier(*urls: str, base: str = "https://api.example.com", prefix: str = "") -> str:
    """Of an installation that reads ``urls`` below ``base``."""
    endpoints = [Endpoint(base + path, path, tuple(query)) for path, *query in map(split, urls)]
    return installation_identifier(base, endpoints, prefix)


def split(url: str) -> tuple[Any, ...]:
    path, _, query = url.partition("?")
    return (path, *(tuple(pair.split("=")) for pair in query.split("&") if pair))


def test_the_identifier_can_be_read() -> None:
    one = identifier("/v1/teams")
    assert re.fullmatch(r"api-example-com-v1-teams-[0-9a-f]{8}", one)
    several = identifier("/v1/teams", "/v1/services", base="http://127.0.0.1:8010/crm")
    assert re.fullmatch(r"127-0-0-1-8010-crm-v1-[0-9a-f]{8}", several)
    assert identifier("/v1/teams", prefix="acme").startswith("acme-api-example-com-v1-teams-")


def test_whatever_tells_two_apis_apart_tells_their_identifiers_apart() -> None:
    long = "/" + "a" * 80
    found = [
        identifier("/items"),
        identifier("/items", base="https://api.example.com:8443"),
        identifier("/items", base="http://api.example.com:443"),
        identifier("/items", base="https://api.example.com/crm"),
        identifier("/items", base="https://api.example.com/CRM"),
        identifier("/items", base="https://api-example.com"),
        identifier("/items", base="https://api.example-com"),
        identifier("/crm/items"),
        identifier("/crm-items"),
        identifier("/items?type=a"),
        identifier("/items?type=b"),
        identifier("/items", "/others"),
        identifier("/items", prefix="acme"),
        identifier("/items", base=f"https://api.example.com{long}"),
        identifier("/items", base=f"https://api.example.com{long}b"),
        identifier("/"),
        identifier("/\u00e9"),
        identifier("/items", base="http://[::1]:80"),
    ]
    assert len(set(found)) == len(found)
    for one in found:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one) and len(one) <= 60


def test_the_same_api_keeps_its_identifier() -> None:
    expected = identifier("/v1/teams", "/v1/services")
    assert identifier("/v1/services", "/v1/teams") == expected
    for base in (
        "https://API.example.com",
        "https://api.example.com:443",
        "https://api.example.com/",
    ):
        assert identifier("/v1/teams", "/v1/services", base=base) == expected


async def install(core: Core, folder: Path) -> None:
    """A resync of what ``detect`` has written, as an installation of its own."""
    settings, mapping, blueprints = files(folder)
    name = dotenv_values(folder / "settings.env")[IDENTIFIER] or ""
    for blueprint in blueprints:
        core.catalog.add_blueprint(blueprint)
    config = {"resources": mapping["resources"], "entityDeletionThreshold": 1}
    core.catalog.set_config(name, config)
    app = await core.start(
        {}, integration={"identifier": name, "type": "custom", "config": settings}
    )
    try:
        assert await app.integration.sync_raw_all(silent=False)
    finally:
        await signal_module.signal_handler.exit()


def listing(name: str, count: int) -> str:
    return json.dumps({"items": [{"id": f"{name}-{n}", "colour": "red"} for n in range(count)]})


async def detected_and_installed(
    core: Core, detect: Detect, folder: Path, *runs: tuple[str, ...]
) -> None:
    """Detects each of ``runs``, resyncs it, and then the first once more."""
    for arguments in (*runs, runs[0]):
        outcome = await asyncio.to_thread(detect, *arguments, "--force")
        assert outcome.code == 0, outcome.out
        await install(core, folder)


@pytest.mark.parametrize(
    ("paths", "bases"),
    [
        (("/crm/items", "/erp/items"), ("/crm", "/erp")),
        (("/crm/items", "/erp/items"), (None, None)),
        (("/crm/v1/parts", "/crm/v1/orders"), (None, None)),
    ],
)
async def test_two_apis_of_one_host_keep_their_entities(
    core: Core,
    detect: Detect,
    canned: CannedApi,
    url: str,
    folder: Path,
    paths: tuple[str, str],
    bases: tuple[str | None, str | None],
) -> None:
    runs = []
    for number, (path, base) in enumerate(zip(paths, bases, strict=True)):
        canned.json(path, listing(f"api{number}", 43))
        runs.append((f"{url}{path}", *(["--base-url", f"{url}{base}"] if base else [])))
    await detected_and_installed(core, detect, folder, *runs)
    assert core.catalog.deletions() == []
    found = [one["identifier"] for one in core.catalog._store.entities()]
    assert sorted(found) == sorted(f"api{api}-{n}" for api in (0, 1) for n in range(43))


async def test_two_ports_of_one_host_keep_their_entities(
    core: Core, detect: Detect, canned: CannedApi, url: str, folder: Path
) -> None:
    canned.json("/items", listing("one", 43))
    other = CannedApi()
    other.json("/items", listing("other", 41))
    with serve(other) as other_url:
        await detected_and_installed(
            core, detect, folder, (f"{url}/items",), (f"{other_url}/items",)
        )
    assert core.catalog.deletions() == []
    assert len(core.catalog.identifiers("item")) == 43 + 41


async def test_a_prefix_keeps_records_of_one_identifier_apart(
    core: Core, detect: Detect, canned: CannedApi, url: str, folder: Path
) -> None:
    for path in ("/crm/items", "/erp/items"):
        canned.json(path, listing("same", 43))
    runs = [(f"{url}/{name}/items", "--prefix", name) for name in ("crm", "erp")]
    await detected_and_installed(core, detect, folder, *runs)
    # What one API no longer has does not go from the other.
    canned.json("/erp/items", listing("same", 11))
    await asyncio.to_thread(detect, *runs[1], "--force")
    await install(core, folder)
    assert len(core.catalog.identifiers("crm_item")) == 43
    assert len(core.catalog.identifiers("erp_item")) == 11


def test_without_a_prefix_the_report_names_what_others_may_share(
    detect: Detect, canned: CannedApi, url: str
) -> None:
    canned.json("/items", listing("one", 3))
    told = "If Port has a blueprint item already"
    assert told in detect(f"{url}/items", output="text").out
    assert told not in detect(f"{url}/items", "--force", "--prefix", "crm", output="text").out


@pytest.mark.parametrize("prefix", ["a b", "-x", "ü", "x" * 21, "a-b"])
def test_a_prefix_must_fit_into_an_identifier(
    detect: Detect, canned: CannedApi, url: str, prefix: str
) -> None:
    outcome = detect(f"{url}/items", f"--prefix={prefix}")
    assert outcome.code == 2
    assert "--prefix: found" in outcome.err
    assert canned.asked == []
