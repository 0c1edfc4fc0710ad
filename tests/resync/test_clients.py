"""The clients of a run: who asks for credentials, by which connection, and what is masked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from client import Exchange, Request
from client.retry import RetryPolicy
from errors import OceanCustomError
from resync.clients import Clients, build_redactor
from sandbox.serving import serve
from settings import parse_settings
from tests.support.canned import CannedApi
from tests.support.login_server import LoginServer

ONCE = RetryPolicy(attempts=1, base_seconds=0.01, throttled_base_seconds=0.01)
TEMPLATE = {"headers": {"X-Session": "{{.data.session}}"}}


@pytest.fixture
def server() -> LoginServer:
    return LoginServer()


@pytest.fixture
def url(server: LoginServer) -> Iterator[str]:
    with serve(server) as base_url:
        yield base_url


def custom(request: dict[str, Any], **more: str) -> dict[str, str]:
    """Settings for a login of the API's own making."""
    return {
        "baseUrl": "https://api.example.com",
        "authType": "custom",
        "customAuthRequest": json.dumps({"endpoint": "/login", **request}),
        "customAuthRequestTemplate": json.dumps(TEMPLATE),
        **more,
    }


@asynccontextmanager
async def opened(
    settings: dict[str, str], told: list[Exchange] | None = None
) -> AsyncIterator[Clients]:
    observer = told.append if told is not None else None
    clients = Clients(parse_settings(settings), ONCE, observer)
    try:
        yield clients
    finally:
        await clients.aclose()


async def test_all_logins_go_by_one_connection_and_say_what_the_user_wrote(
    server: LoginServer, url: str
) -> None:
    server.revoke_at = 2
    settings = custom(
        {
            "headers": {"X-Tenant": "t-1"},
            "method": "PUT",
            "queryParams": {"v": 2},
            "bodyForm": "a=b",
        },
        baseUrl=url,
        customHeaders=json.dumps({"X-All": "yes"}),
    )
    async with opened(settings) as clients:
        for _ in range(3):
            await clients.api.send(Request("GET", f"{url}/team"))
    assert len(server.logins) == 2
    assert len({login["peer"] for login in server.logins}) == 1
    for login in server.logins:
        assert (login["method"], login["query"], login["body"]) == ("PUT", {"v": "2"}, b"a=b")
        assert login["headers"]["x-tenant"] == "t-1"
        # What every request to the API gets is not for whoever hands out credentials.
        assert "x-all" not in login["headers"]
    assert all(request["headers"]["x-all"] == "yes" for request in server.seen)


@pytest.mark.parametrize("query", [{}, {"pin": "4711", "then": "?4712"}])
async def test_a_login_is_told_without_anything_that_it_says(
    server: LoginServer, url: str, query: dict[str, str]
) -> None:
    told: list[Exchange] = []
    settings = custom({"body": {"pin": "4713"}, "queryParams": query}, baseUrl=url)
    async with opened(settings, told) as clients:
        await clients.api.send(Request("GET", f"{url}/team"))
    login, call = told
    assert (login.url, call.url) == (f"{url}/login{'?...' if query else ''}", f"{url}/team")
    assert (login.credentials, login.headers, login.body) == (True, (), "")
    assert (call.credentials, login.status) == (False, 200)
    assert call.headers


async def test_a_login_that_nobody_watches(server: LoginServer, url: str) -> None:
    async with opened(custom({"body": {"user": "me"}}, baseUrl=url)) as clients:
        assert (await clients.api.send(Request("GET", f"{url}/team"))).status == 200


async def test_a_token_endpoint_s_refusal_is_looked_into() -> None:
    canned = CannedApi()
    canned.json("/token", '{"error": "invalid_client"}', status=401)
    with serve(canned) as url:
        settings = {
            "baseUrl": url,
            "authType": "oauth2_client_credentials",
            "tokenUrl": f"{url}/token",
            "clientId": "me",
            "clientSecret": "sesame",
        }
        async with opened(settings) as clients:
            with pytest.raises(OceanCustomError, match="the client is not known: check clientId"):
                await clients.api.send(Request("GET", f"{url}/team"))


async def test_the_settings_of_the_connection_are_kept() -> None:
    canned = CannedApi()
    canned.json("/team", "{}", status=503)
    began: list[float] = []

    async def api(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/slow":
            await asyncio.sleep(2)
        began.append(asyncio.get_running_loop().time())
        await canned(scope, receive, send)

    with serve(api) as url:
        settings = {"baseUrl": url, "timeout": "0.3", "maxRequestsPerSecond": "10"}
        async with opened(settings) as clients:
            for _ in range(5):
                with pytest.raises(OceanCustomError, match="503"):
                    await clients.api.send(Request("GET", f"{url}/team"))
            # Each was tried as often as the policy says, and none before its turn.
            assert canned.asked == ["/team"] * 5
            assert began[-1] - began[0] > 0.3
            with pytest.raises(OceanCustomError, match="Raise timeout"):
                await clients.api.send(Request("GET", f"{url}/slow"))


def masked(settings: dict[str, str], text: str) -> str:
    return build_redactor(parse_settings(settings)).text(text)


def test_basic_credentials_are_masked_as_they_are_sent() -> None:
    settings = {
        "baseUrl": "https://api.example.com",
        "authType": "basic",
        "username": "someone",
        "password": "sesame",
    }
    sent = masked(settings, "sent: c29tZW9uZTpzZXNhbWU= and sesame")
    assert sent.startswith("sent: [hidden]") and sent.endswith(" and [hidden]")
    # A name without a password is no secret.
    named = {"baseUrl": "https://api.example.com", "username": "someone"}
    assert masked(named, "someone:None") == "someone:None"


def test_the_parameter_of_an_api_key_is_masked_whatever_it_holds() -> None:
    settings = {
        "baseUrl": "https://api.example.com",
        "authType": "api_key",
        "apiKey": "sesame",
        "apiKeyQueryParam": "who",
    }
    redactor = build_redactor(parse_settings(settings))
    assert redactor.url("https://a/b?who=another&page=2") == "https://a/b?who=[hidden]&page=2"
    both = custom({"queryParams": {"pin": "x"}}, apiKeyQueryParam="who")
    redactor = build_redactor(parse_settings(both))
    assert redactor.url("https://a/b?who=1&pin=2") == "https://a/b?who=[hidden]&pin=[hidden]"
