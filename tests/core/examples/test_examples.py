"""Each example's own files, run as they are against a server of its API's shape."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from dotenv import dotenv_values

from sandbox.serving import serve
from tests.core.examples import github, harness, hubspot, microsoft_graph, servicenow, slack
from tests.support.core import Core, Outcome
from tests.support.recorded import RecordedApi

APIS = {
    module.__name__.rpartition(".")[2].replace("_", "-"): module
    for module in (github, harness, hubspot, microsoft_graph, servicenow, slack)
}
PREFIX = "OCEAN__INTEGRATION__CONFIG__"
FILLED_IN_FOR_PORT = {
    "OCEAN__PORT__CLIENT_ID",
    "OCEAN__PORT__CLIENT_SECRET",
    "OCEAN__INTEGRATION__IDENTIFIER",
    "OCEAN__INTEGRATION__TYPE",
}


def settings(name: str, url: str) -> dict[str, str]:
    """The example's environment file, filled in, with ``url`` in place of the API's address."""
    api = APIS[name]
    values = dotenv_values(Path("examples") / name / "settings.env")
    assert values.keys() >= FILLED_IN_FOR_PORT
    config = {
        variable.removeprefix(PREFIX): value or ""
        for variable, value in values.items()
        if variable not in FILLED_IN_FOR_PORT
    }
    assert api.FILL.keys() == {variable for variable, value in config.items() if not value}
    config |= {**api.FILL, **getattr(api, "FASTER", {}), "BASE_URL": url}
    if "TOKEN_URL" in config:
        config["TOKEN_URL"] = url + urlsplit(config["TOKEN_URL"]).path
    return {variable.lower(): value for variable, value in config.items()}


async def run(core: Core, name: str, **changes: str) -> tuple[Outcome, RecordedApi]:
    """A resync by the example's files, with ``changes`` to its settings."""
    folder = Path("examples") / name
    for blueprint in json.loads((folder / "blueprints.json").read_text(encoding="utf-8")):
        core.catalog.add_blueprint(blueprint)
    mapping = yaml.safe_load((folder / "port-app-config.yaml").read_text(encoding="utf-8"))
    server = APIS[name].make()
    with serve(server) as url:
        outcome = await core.resync({**settings(name, url), **changes}, *mapping["resources"])
    return outcome, server


@pytest.mark.parametrize("name", APIS)
async def test_it_imports_all_that_the_api_has(core: Core, name: str) -> None:
    outcome, server = await run(core, name)
    assert outcome.succeeded, outcome.error
    api: ModuleType = APIS[name]
    found = {blueprint: core.catalog.identifiers(blueprint) for blueprint in api.IDENTIFIERS}
    assert found == {blueprint: sorted(ids) for blueprint, ids in api.IDENTIFIERS.items()}
    for blueprint, sample in api.SAMPLES.items():
        assert shown(entity(core, blueprint, sample["identifier"])) == sample
    sent = [(ask.url, tuple(ask.query.items()), ask.body) for ask in server.asked]
    assert len(sent) == len(set(sent))


@pytest.mark.parametrize("name", APIS)
async def test_it_keeps_everything_when_the_credentials_are_refused(core: Core, name: str) -> None:
    await run(core, name)
    before = core.catalog.entities()
    secret = list(APIS[name].FILL)[-1].lower()
    outcome, _ = await run(core, name, **{secret: "revoked-credential"})
    assert not outcome.succeeded
    assert APIS[name].REFUSAL in outcome.error
    assert "revoked-credential" not in outcome.error
    assert core.catalog.entities() == before


def test_every_folder_is_tested_and_linked() -> None:
    folders = {path.name for path in Path("examples").iterdir() if path.is_dir()} - {"demo"}
    assert folders == APIS.keys()
    index = Path("examples/README.md").read_text(encoding="utf-8")
    assert all(f"({name}/)" in index for name in folders)


def entity(core: Core, blueprint: str, identifier: str) -> dict[str, Any]:
    (found,) = (one for one in core.catalog.entities(blueprint) if one["identifier"] == identifier)
    return found


def shown(found: dict[str, Any]) -> dict[str, Any]:
    """What a user sees of an entity; a relation to nothing is left out."""
    relations = {name: target for name, target in found["relations"].items() if target}
    kept = {key: found[key] for key in ("identifier", "title", "properties")}
    return {**kept, "relations": relations}
