"""``ocean probe``: a verdict and a cure for each thing that can be wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from port_ocean.core.probe import ProbeConfig, ProbeContext
from port_ocean.exceptions.probe import InvalidProbeKindsError

from cli.sail import ROOT
from sandbox.port_api import PortApi
from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import IDENTIFIER, Core, resource
from tests.support.self_signed import serve_self_signed

SECRET = "tok-5d4c3b2a19"
UNREACHABLE = "http://127.0.0.1:9"


async def probed(
    core: Core,
    settings: dict[str, str],
    *resources: dict[str, Any],
    kinds: list[str] | None = None,
) -> ProbeContext:
    """The context at the end of a probe."""
    app = await core.start(settings, *resources)
    return await app.integration.run_probe(None, ProbeConfig(kinds=kinds))


def verdicts(context: ProbeContext) -> dict[str, str]:
    """By kind and check: the verdict."""
    return {f"{one.kind} {one.scopes['check']}": one.status.value for one in context.checks}


def message(context: ProbeContext, name: str) -> str:
    found = [one for one in context.checks if f"{one.kind} {one.scopes['check']}" == name]
    assert len(found) == 1, name
    return found[0].message or ""


async def test_all_is_well(core: Core, api: SampleApi) -> None:
    settings = core.settings("offset", "bearer_token")
    context = await probed(core, settings, resource("/teams"), resource("/users"))
    assert verdicts(context) == {
        "connection settings": "SUCCESS",
        "connection mapping": "SUCCESS",
        "connection base URL": "SUCCESS",
        "connection TLS": "UNKNOWN",
        "/teams first page": "SUCCESS",
        "/teams data_path": "SUCCESS",
        "/users first page": "SUCCESS",
        "/users data_path": "SUCCESS",
        "connection authentication": "SUCCESS",
    }
    assert context.status == "COMPLETED"
    assert message(context, "/teams data_path") == '12 items at ".items"'
    assert message(context, "connection TLS").endswith("nothing is encrypted, credentials neither")
    assert message(context, "connection base URL").startswith(f"{settings['baseUrl']} answered 4")
    assert len(api.requests("teams")) == len(api.requests("users")) == 1
    assert {request.method for request in api.requests()} == {"GET"}


async def test_a_kind_with_parents_is_asked_for_one_of_them(core: Core, api: SampleApi) -> None:
    parent = {"endpoint": "/teams", "data_path": ".items", "field": ".id"}
    kind = resource("/teams/{team}/members", path_parameters={"team": parent})
    context = await probed(core, core.settings(pageSize="3"), kind)
    assert verdicts(context)[f"{kind['kind']} data_path"] == "SUCCESS"
    assert len(api.requests("members")) == 1
    assert len(api.requests("teams")) == 1


async def test_unreachable(core: Core) -> None:
    settings = {**core.settings(), "baseUrl": UNREACHABLE}
    context = await probed(core, settings, resource("/teams"))
    assert context.status == "FAILED"
    assert verdicts(context)["connection base URL"] == "FAILURE"
    assert verdicts(context)["/teams first page"] == "UNKNOWN"
    assert "Check baseUrl" in message(context, "connection base URL")
    assert "Check baseUrl" in (context.message or "")


@pytest.fixture
def self_signed(api: SampleApi) -> Iterator[str]:
    with serve_self_signed(api.app) as url:
        yield url


async def test_a_certificate_that_is_not_trusted(core: Core, self_signed: str) -> None:
    settings = {**core.settings(), "baseUrl": f"{self_signed}/none/offset"}
    context = await probed(core, settings, resource("/teams"))
    assert context.status == "FAILED"
    assert verdicts(context)["connection TLS"] == "FAILURE"
    assert "verifySsl" in message(context, "connection TLS")
    unchecked = await probed(core, {**settings, "verifySsl": "false"}, resource("/teams"))
    assert verdicts(unchecked)["connection TLS"] == "UNKNOWN"
    assert verdicts(unchecked)["/teams data_path"] == "SUCCESS"


async def test_credentials_that_are_refused(core: Core, log: list[str]) -> None:
    settings = {**core.settings("offset", "bearer_token"), "apiToken": SECRET}
    context = await probed(core, settings, resource("/teams"))
    assert context.status == "FAILED"
    assert verdicts(context)["connection authentication"] == "FAILURE"
    assert verdicts(context)["/teams first page"] == "FAILURE"
    assert "check authType" in message(context, "connection authentication")
    shown = str(context.build_request_body()) + "".join(log)
    assert SECRET not in shown and SECRET[:6] not in shown


async def test_no_credentials_where_some_are_asked_for(core: Core) -> None:
    settings = {**core.settings("offset", "none"), "baseUrl": f"{core.api_url}/basic/offset"}
    context = await probed(core, settings, resource("/teams"))
    assert "set authType" in message(context, "connection authentication")
    assert verdicts(context)["connection authentication"] == "FAILURE"


async def test_a_token_endpoint_that_refuses(core: Core, api: SampleApi) -> None:
    settings = {
        **core.settings("offset", "oauth2"),
        "authType": "oauth2_client_credentials",
        "tokenUrl": f"{core.api_url}/oauth/token",
        "clientId": "demo-client",
        "clientSecret": SECRET,
    }
    context = await probed(core, settings, resource("/teams"))
    assert verdicts(context)["connection authentication"] == "FAILURE"
    assert verdicts(context)["connection base URL"] == "UNKNOWN"
    assert context.status == "FAILED"
    assert api.requests("teams") == []
    assert SECRET not in str(context.build_request_body())


async def test_a_wrong_data_path(core: Core) -> None:
    wrong = resource("/teams", data_path=".teams")
    context = await probed(core, core.settings(), wrong, resource("/users"))
    assert verdicts(context)["/teams first page"] == "SUCCESS"
    assert verdicts(context)["/teams data_path"] == "FAILURE"
    assert "there is no 'teams' in the answer" in message(context, "/teams data_path")
    assert ".teams // []" in message(context, "/teams data_path")
    assert verdicts(context)["/users data_path"] == "SUCCESS"
    assert context.status == "COMPLETED"


async def test_a_kind_that_is_not_there(core: Core) -> None:
    context = await probed(core, core.settings(), resource("/nothing"), resource("/teams"))
    assert verdicts(context)["/nothing first page"] == "FAILURE"
    assert verdicts(context)["/nothing data_path"] == "UNKNOWN"
    assert "Check the kind" in message(context, "/nothing first page")
    assert verdicts(context)["/teams data_path"] == "SUCCESS"


async def test_a_wrong_resource_is_told_and_the_others_are_tried(core: Core) -> None:
    context = await probed(
        core, core.settings(), resource("/teams", data_path=".items | ("), resource("/users")
    )
    assert verdicts(context)["/teams first page"] == "FAILURE"
    assert "selector.data_path" in message(context, "/teams first page")
    assert verdicts(context)["/users data_path"] == "SUCCESS"


async def test_a_wrong_mapping_is_told_with_its_places(core: Core, api: SampleApi) -> None:
    context = await probed(core, core.settings(), resource("/teams", methd="POST"))
    assert context.status == "FAILED"
    assert "did you mean method?" in message(context, "connection mapping")
    assert context.message == message(context, "connection mapping")
    assert api.requests() == []


async def test_wrong_settings_are_all_told(core: Core, api: SampleApi) -> None:
    app = await core.start(core.settings(), resource("/teams"))
    app.config.integration.config = {**core.settings(), "page_size": "abc", "auth_type": "baerer"}
    context = await app.integration.run_probe(None, ProbeConfig())
    assert context.status == "FAILED"
    told = message(context, "connection settings")
    assert "pageSize" in told and "authType" in told
    assert context.message == told
    assert api.requests() == []


async def test_a_throttled_api_is_not_waited_for(url: str, canned: CannedApi, core: Core) -> None:
    canned.headers = {"Retry-After": "600"}
    canned.json("/items", '{"error": "slow down"}', status=429)
    context = await probed(core, {"baseUrl": url}, resource("/items"))
    assert verdicts(context)["/items first page"] == "FAILURE"
    assert canned.asked.count("/items") == 1
    assert "rate limit" in message(context, "/items first page")


async def test_kinds_of_the_mapping_can_be_chosen(core: Core, api: SampleApi) -> None:
    both = (resource("/teams"), resource("/users"))
    context = await probed(core, core.settings(), *both, kinds=["/users"])
    assert {one.kind for one in context.checks} == {"connection", "/users"}
    with pytest.raises(InvalidProbeKindsError, match=r"/tems.*\n.*/teams"):
        await probed(core, core.settings(), *both, kinds=["/tems"])
    assert api.requests("teams") == []


async def test_before_the_installation_is_in_port_the_defaults_are_probed(core: Core) -> None:
    """The example kind of a new installation need not exist."""
    app = await core.start(core.settings(), resource("/teams"))
    core.catalog.set_config("another", {"resources": []})
    app.port_client.integration_identifier = "not-there-yet"
    context = await app.integration.run_probe(None, ProbeConfig())
    assert "Port does not know this installation yet" in message(context, "connection mapping")
    assert verdicts(context)["/api/v1/users first page"] == "UNKNOWN"
    assert verdicts(context)["connection base URL"] == "SUCCESS"
    assert context.status == "COMPLETED"


def run_probe(port_url: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    config = {f"OCEAN__INTEGRATION__CONFIG__{name}": value for name, value in settings.items()}
    command = [str(Path(sys.executable).with_name("ocean")), "probe", *arguments]
    environment = {
        "PATH": os.environ["PATH"],
        "OCEAN__PORT__BASE_URL": port_url,
        "OCEAN__PORT__CLIENT_ID": "sandbox",
        "OCEAN__PORT__CLIENT_SECRET": "sandbox-secret",
        "OCEAN__INTEGRATION__IDENTIFIER": IDENTIFIER,
        **config,
    }
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_command_tells_every_verdict(catalog: PortApi, api: SampleApi, api_url: str) -> None:
    mapping = [resource("/teams"), resource("/users", data_path=".people")]
    catalog.set_config(IDENTIFIER, {"resources": mapping})
    api.token = SECRET
    with serve(catalog.app) as port_url:
        done = run_probe(
            port_url,
            BASE_URL=f"{api_url}/bearer_token/offset",
            AUTH_TYPE="bearer_token",
            API_TOKEN=SECRET,
            PAGINATION_TYPE="offset",
        )
    api.token = "demo-token"
    assert done.returncode == 1, done.stdout + done.stderr
    for told in (
        "INFO     | connection: base URL: SUCCESS",
        "/teams: data_path: SUCCESS: 12 items",
        "ERROR    | /users: data_path: FAILURE: kind /users",
        "connection: authentication: SUCCESS",
        "Probe complete",
    ):
        assert told in done.stdout, done.stdout
    assert SECRET[:6] not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_the_command_ends_with_0_where_no_check_failed(
    catalog: PortApi, api: SampleApi, api_url: str
) -> None:
    catalog.set_config(IDENTIFIER, {"resources": [resource("/teams")]})
    with serve(catalog.app) as port_url:
        base_url = f"{api_url}/none/offset"
        done = run_probe(port_url, BASE_URL=base_url, PAGINATION_TYPE="offset")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Probe complete" in done.stdout


def test_the_command_tells_wrong_settings(catalog: PortApi, api: SampleApi) -> None:
    with serve(catalog.app) as port_url:
        done = run_probe(port_url, AUTH_TYPE="baerer_token", PAGE_SIZE="abc")
    assert done.returncode == 1
    for told in ("3 problems", "baseUrl: is missing", "did you mean bearer_token?", "pageSize"):
        assert told in done.stderr
