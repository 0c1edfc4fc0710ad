"""``ocean sail -O`` as a user runs it: a process of its own, with environment variables."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.sail import free_port, sail
from sandbox.port_api import PortApi
from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.support.core import resource

SECRET = "tok-4f3e2d1c0b"


@pytest.fixture
def port_url(catalog: PortApi) -> Iterator[str]:
    with serve(catalog.app) as url:
        yield url


def environment(port_url: str, **settings: str) -> dict[str, str]:
    """Environment variables for Port and for the integration's ``settings``."""
    config = {f"OCEAN__INTEGRATION__CONFIG__{name}": value for name, value in settings.items()}
    return {
        "OCEAN__PORT__BASE_URL": port_url,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox-secret",
        "OCEAN__INTEGRATION__IDENTIFIER": "sail-test",
        "OCEAN__RESOURCES_PATH": "examples/demo/operations",
        **config,
    }


def summary(catalog: PortApi) -> int:
    return sum(catalog._requests.values())


def test_a_resync_from_the_environment_with_no_secret_in_its_output(
    catalog: PortApi, port_url: str, api: SampleApi, api_url: str
) -> None:
    catalog.add_blueprint({"identifier": "service", "schema": {"properties": {}}, "relations": {}})
    api.token = SECRET
    voyage = sail(
        environment(
            port_url,
            BASE_URL=f"{api_url}/bearer_token/cursor",
            AUTH_TYPE="bearer_token",
            API_TOKEN=SECRET,
            PAGINATION_TYPE="cursor",
            PAGE_SIZE="500",
        ),
        level="DEBUG",
    )
    api.token = "demo-token"
    assert voyage.status == 0, voyage.output
    assert "Resync finished successfully" in voyage.output
    assert catalog.identifiers("incident") == sorted(r["id"] for r in api.records("incidents"))
    assert SECRET[:6] not in voyage.output
    count = f"{len(api.records('incidents')):,}"
    row = rf"^  /incidents +done +{count} +\d+ +\d+ +0 +0\.0 "
    assert len(re.findall(row, voyage.output, re.MULTILINE)) == 2
    told = [one["extra"]["progress"] for one in catalog.logs() if "progress" in one["extra"]]
    assert [stage for stage in told if stage != "kind running"] == [
        "kind started",
        "kind ended",
        "resync ended",
    ]


def test_every_wrong_setting_is_told_before_the_first_request(
    catalog: PortApi, port_url: str, api: SampleApi, api_url: str
) -> None:
    voyage = sail(
        environment(
            port_url,
            AUTH_TYPE="baerer_token",
            API_TOKEN=SECRET,
            PAGINATION_TYPE="pages",
            PAGE_SIZE="abc",
            VERIFY_SSL="perhaps",
            PAGNIATION_PARAM="p",
        )
    )
    assert voyage.status == 1
    for told in (
        "6 problems",
        "baseUrl: is missing",
        "found 'baerer_token'",
        "did you mean bearer_token?",
        "did you mean page?",
        "pageSize: is not allowed; found 'abc'; allowed: a whole number from 1 to 10,000",
        "verifySsl: is not allowed; found 'perhaps'; allowed: true or false",
        "pagniationParam: no such setting; did you mean paginationParam?",
    ):
        assert told in voyage.output
    assert SECRET not in voyage.output
    assert "Traceback" not in voyage.output
    assert api.requests() == []
    assert summary(catalog) == 0


def test_a_resync_that_is_stopped_ends_in_seconds_and_leaves_nothing(
    catalog: PortApi, port_url: str, api: SampleApi, api_url: str, tmp_path: Path
) -> None:
    """Stopped while answers are kept for another kind, and while the API does not answer."""
    catalog.add_blueprint({"identifier": "service", "schema": {"properties": {}}, "relations": {}})
    api.behave(fault="stall", fault_at=3, fault_times=0)
    command = [str(Path(sys.executable).with_name("ocean")), "sail", "-O", "-p", str(free_port())]
    settings = environment(
        port_url,
        BASE_URL=f"{api_url}/none/cursor",
        PAGINATION_TYPE="cursor",
        PAGE_SIZE="5",
    )
    kinds = ["/incidents", "/incidents"]
    catalog.set_config("sail-test", {"resources": [resource(kind, "service") for kind in kinds]})
    process = subprocess.Popen(
        command,
        env={**os.environ, **settings, "TMPDIR": str(tmp_path), "SQLITE_TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 40
        while len(api.requests("incidents")) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        began = time.monotonic()
        process.terminate()
        process.wait(timeout=10)
    finally:
        process.kill()
        process.wait()
    assert time.monotonic() - began < 10
    assert len(api.requests("incidents")) == 3
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left == []
    while any(not seen.finished for seen in api.requests("incidents")):
        assert time.monotonic() - began < 10
        time.sleep(0.05)
