"""Secrets go to the configured origin and nowhere else: no log line, no error, no repr."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.support.core import Core, resource

SECRETS = {
    "bearer_token": {"apiToken": "tok-8c1d2e3f4a"},
    "basic": {"username": "someone", "password": "pw-1b2c3d4e5f"},
    "api_key": {"apiKey": "key-9f8e7d6c5b"},
}
BASIC_PAIR = base64.b64encode(b"someone:pw-1b2c3d4e5f").decode()
VALUES = ("tok-8c1d2e3f4a", "pw-1b2c3d4e5f", "key-9f8e7d6c5b", BASIC_PAIR)


@pytest.fixture
def elsewhere() -> Iterator[tuple[SampleApi, str]]:
    """Another origin, which may never be asked for anything."""
    other = SampleApi(sizes={"teams": 3})
    with serve(other.app) as url:
        yield other, url


def open_with(core: Core, auth: str, pagination: str = "cursor") -> dict[str, str]:
    """Settings whose secrets the API accepts."""
    secrets = SECRETS[auth]
    core.api.token = secrets.get("apiToken", core.api.token)
    core.api.username = secrets.get("username", core.api.username)
    core.api.password = secrets.get("password", core.api.password)
    core.api.api_key = secrets.get("apiKey", core.api.api_key)
    return core.settings(pagination, auth)


@pytest.fixture(autouse=True)
def _own_credentials(core: Core) -> Iterator[None]:
    before = (core.api.token, core.api.username, core.api.password, core.api.api_key)
    yield
    core.api.token, core.api.username, core.api.password, core.api.api_key = before


@pytest.mark.parametrize("auth", SECRETS)
@pytest.mark.parametrize(
    "fault", ["", "500", "401", "403", "html", "truncated", "reset", "redirect_loop", "error_200"]
)
async def test_no_secret_in_any_log_line_or_error(
    core: Core, auth: str, fault: str, log: list[str]
) -> None:
    settings = open_with(core, auth)
    if fault:
        core.api.behave(fault=fault, fault_times=0)
    outcome = await core.resync(settings, resource("/teams"))
    assert outcome.succeeded is (not fault)
    texts = "\n".join([*log, *outcome.errors, str(core.catalog.logs())])
    assert [value for value in VALUES if value in texts] == []
    assert [value[:6] for value in VALUES if value[:6] in texts] == []
    assert "GET" in texts or not fault


@pytest.mark.parametrize("auth", SECRETS)
async def test_credentials_do_reach_the_configured_origin(core: Core, auth: str) -> None:
    outcome = await core.resync(open_with(core, auth), resource("/teams"))
    assert outcome.succeeded, outcome.error
    sent = str([seen.headers for seen in core.api.requests()])
    assert any(value in sent for value in VALUES)


@pytest.mark.parametrize("auth", SECRETS)
@pytest.mark.parametrize("way", ["link", "redirect"])
async def test_no_other_origin_is_asked(
    core: Core, auth: str, way: str, elsewhere: tuple[SampleApi, str]
) -> None:
    other, other_url = elsewhere
    settings = {**open_with(core, auth), "pageSize": "5"}
    if way == "link":
        core.api.behave(cursor_style="url", cursor_host=other_url)
    else:
        core.api.behave(fault="redirect_host", redirect_to=other_url, fault_at=2, fault_times=0)
    outcome = await core.resync(settings, resource("/teams"))
    assert not outcome.succeeded
    assert "Nothing was sent there" in outcome.error
    assert other_url in outcome.error
    assert other.requests() == []


async def test_a_secret_that_the_api_repeats_is_masked(core: Core, log: list[str]) -> None:
    settings = open_with(core, "api_key")
    url = f"/teams?note={SECRETS['api_key']['apiKey']}&limit=x"
    outcome = await core.resync(settings, resource(url))
    assert not outcome.succeeded
    ours = [line for line in log if "core-test" not in line and "port app config" not in line]
    assert SECRETS["api_key"]["apiKey"] not in outcome.error
    assert not [line for line in ours if "answered 400" in line and "key-9f8e" in line]
