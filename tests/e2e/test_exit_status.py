"""The exit status of ``ocean sail -O``: 0 only where all was read and Port took everything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.sail import ROOT, Voyage, free_port, sail
from sandbox.port_api import PortApi
from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import resource

TEAM = {
    "identifier": "team",
    "schema": {"properties": {"name": {"type": "string"}}},
    "relations": {},
}
ITEMS = [{"id": f"team-{number:02}", "name": "one"} for number in range(30)]


@pytest.fixture
def port_url(catalog: PortApi) -> Iterator[str]:
    catalog.add_blueprint(TEAM)
    with serve(catalog.app) as url:
        yield url


@pytest.fixture
def canned() -> CannedApi:
    api = CannedApi()
    api.json("/teams", json.dumps(ITEMS))
    return api


@pytest.fixture
def environment(canned: CannedApi, port_url: str) -> Iterator[dict[str, str]]:
    """What an installation of ``canned`` has in its environment."""
    with serve(canned) as url:
        yield {
            "OCEAN__PORT__BASE_URL": port_url,
            "OCEAN__PORT__CLIENT_ID": "sandbox",
            "OCEAN__PORT__CLIENT_SECRET": "sandbox-secret",
            "OCEAN__INTEGRATION__IDENTIFIER": "exit-test",
            "OCEAN__INITIALIZE_PORT_RESOURCES": "false",
            "OCEAN__INTEGRATION__CONFIG__BASE_URL": url,
            "OCEAN__INTEGRATION__CONFIG__MAX_ATTEMPTS": "1",
        }


def teams(**properties: str) -> dict[str, Any]:
    one = resource("/teams", "team", data_path=".")
    one["port"]["entity"]["mappings"]["properties"] |= properties
    return one


def sailed(catalog: PortApi, environment: dict[str, str], *resources: dict[str, Any]) -> Voyage:
    catalog.set_config("exit-test", {"resources": list(resources)})
    return sail(environment)


def test_all_refused_is_status_1_and_nothing_is_deleted(
    catalog: PortApi, environment: dict[str, str]
) -> None:
    voyage = sailed(catalog, environment, teams())
    assert voyage.status == 0, voyage.output
    voyage = sailed(catalog, environment, teams(colour='"red"'))
    assert voyage.status == 1, voyage.output
    assert len(catalog.identifiers("team")) == 30
    assert catalog.deletions() == []
    (told,) = [line for line in voyage.lines("ERROR") if "Port refused" in line]
    assert "kind /teams: Port refused 30 entities, the first team-00 of blueprint team" in told
    assert 'the blueprint has no property "colour"' in told
    assert "1 of 1 kinds read, 30 entities refused by Port" in voyage.output
    assert "Traceback" not in voyage.output
    assert "never retrieved" not in voyage.output


def test_some_refused_is_status_1(
    catalog: PortApi, canned: CannedApi, environment: dict[str, str]
) -> None:
    canned.json("/teams", json.dumps([*ITEMS, {"id": "wrong", "name": 7}]))
    voyage = sailed(catalog, environment, teams())
    assert voyage.status == 1, voyage.output
    assert len(catalog.identifiers("team")) == 30
    assert "kind /teams: Port refused 1 entities, the first wrong" in voyage.output


def test_a_kind_that_failed_is_status_1(catalog: PortApi, environment: dict[str, str]) -> None:
    missing = resource("/nothing", "team", data_path=".")
    voyage = sailed(catalog, environment, missing, teams())
    assert voyage.status == 1, voyage.output
    assert len(catalog.identifiers("team")) == 30


def test_a_mapping_that_is_wrong_is_status_1(catalog: PortApi, environment: dict[str, str]) -> None:
    wrong = teams()
    wrong["selector"]["methd"] = "POST"
    voyage = sailed(catalog, environment, wrong)
    assert voyage.status == 1, voyage.output
    assert "did you mean method?" in voyage.output


@pytest.mark.parametrize("fault", ["refused", "failed", "mapping", ""])
def test_an_incremental_resync(
    catalog: PortApi, canned: CannedApi, environment: dict[str, str], fault: str
) -> None:
    one = teams(**({"colour": '"red"'} if fault == "refused" else {}))
    one["selector"]["incremental"] = {"param": "since"}
    if fault == "failed":
        canned.json("/teams", "{}", 404)
    if fault == "mapping":
        one["selector"]["methd"] = "POST"
    voyage = sailed(
        catalog, {**environment, "OCEAN__INTEGRATION__INCREMENTAL_SYNC_ENABLED": "true"}, one
    )
    assert "running sync_incremental" in voyage.output
    assert voyage.status == (1 if fault else 0), voyage.output


def test_an_installation_that_keeps_running_does_not_end(
    catalog: PortApi, environment: dict[str, str], tmp_path: Path
) -> None:
    catalog.set_config("exit-test", {"resources": [teams(colour='"red"')]})
    output = tmp_path / "output"
    with output.open("w") as file:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("ocean")), "sail", "-p", str(free_port())],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environment},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            deadline = time.monotonic() + 40
            while "refused by Port" not in output.read_text() and time.monotonic() < deadline:
                time.sleep(0.1)
            time.sleep(1)
            assert "30 entities refused by Port" in output.read_text()
            assert process.poll() is None
        finally:
            process.kill()
            process.wait()
