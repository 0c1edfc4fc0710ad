"""Secrets go to the configured origin and nowhere else: no log line, no error, no repr."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from urllib.parse import unquote_plus

import pytest

from client.encodings import spellings
from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.support.core import Core, resource
from tests.support.echoing import TOKEN, EchoingApi

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


@pytest.fixture
def echoing() -> Iterator[tuple[EchoingApi, str]]:
    """An API that returns what it was sent, and its base URL."""
    api = EchoingApi()
    with serve(api) as url:
        yield api, url


async def test_no_text_of_a_login_and_its_template_is_in_log_error_or_report(
    core: Core, log: list[str], echoing: tuple[EchoingApi, str]
) -> None:
    api, url = echoing
    settings = {
        "baseUrl": url,
        "authType": "custom",
        "customAuthRequest": json.dumps(
            {
                "endpoint": "/login?site=zq-site-77",
                "headers": {"X-Tenant": "zq-tenant/1", "Authorization": "OwnKey zq-header+2"},
                "body": {"who": {"deep": ["zq-body 3%"]}, "pin": 471234},
                "queryParams": {"realm": "zq-realm&4"},
            }
        ),
        "customAuthRequestTemplate": json.dumps(
            {"headers": {"X-Session": "s-{{.session}}", "X-Fixed": 'zq-fixed"5'}}
        ),
    }
    hidden = [
        *("zq-site-77", "zq-tenant/1", "zq-header+2", "zq-body 3%", "471234", "zq-realm&4"),
        *('zq-fixed"5', TOKEN),
    ]
    await expect_no_trace(core, log, api, settings, hidden)


@pytest.mark.parametrize("method", ["basic", "body"])
async def test_no_id_and_secret_of_a_client_is_in_log_error_or_report(
    core: Core, log: list[str], echoing: tuple[EchoingApi, str], method: str
) -> None:
    api, url = echoing
    settings = {
        "baseUrl": url,
        "authType": "oauth2_client_credentials",
        "tokenUrl": f"{url}/login",
        "clientId": "the client",
        "clientSecret": "zq-secret/7+",
        "clientAuthMethod": method,
    }
    sent = base64.b64encode(b"the+client:zq-secret%2F7%2B").decode().rstrip("=")
    hidden = [sent if method == "basic" else "zq-secret/7+", TOKEN]
    await expect_no_trace(core, log, api, settings, hidden)
    assert "zq-secret" not in "".join(line for line in log if "port app config" not in line)


async def test_a_key_that_is_sent_as_the_name_is_in_no_log_error_or_report(
    core: Core, log: list[str], echoing: tuple[EchoingApi, str]
) -> None:
    api, url = echoing
    settings = {"baseUrl": url, "authType": "basic", "username": "zq-name-8", "password": ""}
    sent = base64.b64encode(b"zq-name-8:").decode().rstrip("=")
    await expect_no_trace(core, log, api, settings, [sent])
    assert "zq-name" not in "".join(line for line in log if "port app config" not in line)


async def expect_no_trace(
    core: Core, log: list[str], api: EchoingApi, settings: dict[str, str], hidden: list[str]
) -> None:
    """Nothing of what is ``hidden`` is told, however it is encoded, where the API and then its
    login refuse with all that they were sent."""
    kinds = [resource(f"/echo/{number}") for number in range(12)]
    for refuses in (False, True):
        api.refuses = refuses
        outcome = await core.resync(settings, *kinds)
        assert not outcome.succeeded
        ours = [line for line in log if "core-test" not in line and "port app config" not in line]
        texts = "\n".join([*ours, *outcome.errors, str(core.catalog.logs())])
        # What was sent is in the errors, with masks in it.
        assert "got" in outcome.error and "[hidden]" in outcome.error
        spelled = {one for secret in hidden for one in spellings(secret)}
        assert sorted(one for one in spelled if one in texts) == []
    # The API did see them.
    sent = " ".join(api.seen)
    everything = sent + unquote_plus(sent)
    assert [secret for secret in hidden if secret not in everything] == []
