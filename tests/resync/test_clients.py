"""The clients of a run: who asks for credentials, by which connection, and what is masked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from auth.exchange import AuthenticationError
from client import Exchange, Request
from client.retry import RetryPolicy
from errors import OceanCustomError, RequestError
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


OAUTH2 = {
    "authType": "oauth2_client_credentials",
    "clientId": "my client",
    "clientSecret": "s3/cret+value",
}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 416, 422, 451])
@pytest.mark.parametrize("auth", ["custom", "oauth2"])
async def test_a_login_that_is_refused_is_no_response_of_the_resource(
    auth: str, status: int
) -> None:
    canned = CannedApi()
    canned.json("/login", '{"message": "s3/cret+value is wrong"}', status=status)
    with serve(canned) as url:
        settings = custom({"body": {"pin": "s3/cret+value"}}, baseUrl=url)
        if auth == "oauth2":
            settings = {"baseUrl": url, "tokenUrl": f"{url}/login", **OAUTH2}
        async with opened(settings) as clients:
            for _ in range(3):
                with pytest.raises(AuthenticationError) as caught:
                    await clients.api.send(Request("GET", f"{url}/team"))
    assert not isinstance(caught.value, RequestError)
    assert ("customAuthRequest" if auth == "custom" else "tokenUrl") in str(caught.value)
    assert "s3/cret" not in str(caught.value)
    assert canned.asked == ["/login"]


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (404, "{}", r"customAuthRequest failed: POST \S+/login returned 404 Not Found. The resp"),
        (403, "", "returned 403 Forbidden. The response is empty. Check customAuthRequest"),
        (503, "{}", "login of customAuthRequest failed: POST .* 503"),
        (302, "", "login of customAuthRequest failed: .* redirected"),
        (204, "", r"not JSON \(empty\)"),
        (200, "[]", "finds no text in the answer, which holds: list"),
        (200, '"' + "x" * 2**20 + '"', "returned more than 1,048,576 bytes, which is no token"),
    ],
)
async def test_what_became_of_a_login_is_said_with_its_setting(
    status: int, body: str, told: str
) -> None:
    canned = CannedApi()
    canned.json("/login", body, status=status)
    with serve(canned) as url:
        async with opened(custom({}, baseUrl=url)) as clients:
            with pytest.raises(AuthenticationError, match=told) as caught:
                await clients.api.send(Request("GET", f"{url}/team"))
    assert len(str(caught.value)) < 600


async def test_a_login_without_a_server_is_told_and_not_tried_by_each_request() -> None:
    settings = custom({"endpoint": "http://127.0.0.1:9/login"})
    async with opened(settings) as clients:
        tries = [clients.api.send(Request("GET", "https://api.example.com/x")) for _ in range(50)]
        errors = await asyncio.gather(*tries, return_exceptions=True)
    assert {type(error) for error in errors} == {AuthenticationError}
    assert len({id(error) for error in errors}) == 1
    assert "the login of customAuthRequest failed: POST http://127.0.0.1:9/login" in str(errors[0])


async def test_a_failed_login_is_tried_again_by_the_next_resync() -> None:
    canned = CannedApi()
    canned.json("/login", "{}", status=403)
    canned.json("/team", "[]")
    with serve(canned) as url:
        async with opened(custom({}, baseUrl=url)) as clients:
            with pytest.raises(AuthenticationError):
                await clients.api.send(Request("GET", f"{url}/team"))
            canned.json("/login", '{"data": {"session": "s-12345"}}')
            clients.forget_failed_login()
            assert (await clients.api.send(Request("GET", f"{url}/team"))).status == 200


@pytest.mark.parametrize("endpoint", ["http://", "https:///login", "http://a b/login"])
async def test_a_login_at_no_url_is_told(endpoint: str) -> None:
    async with opened(custom({"endpoint": endpoint})) as clients:
        with pytest.raises(AuthenticationError, match="login of customAuthRequest failed"):
            await clients.api.send(Request("GET", "https://api.example.com/x"))


async def test_nothing_is_forgotten_where_there_is_no_login() -> None:
    async with opened({"baseUrl": "https://api.example.com"}) as clients:
        clients.forget_failed_login()


async def test_what_a_login_repeats_of_its_secrets_is_masked() -> None:
    canned = CannedApi()
    canned.json("/login", '{"error": "no such secret: s3/cret+value"}', status=400)
    with serve(canned) as url:
        async with opened({"baseUrl": url, "tokenUrl": f"{url}/login", **OAUTH2}) as clients:
            with pytest.raises(AuthenticationError) as caught:
                await clients.api.send(Request("GET", f"{url}/team"))
        canned.json("/login", '{"pin of s3/cret+value": 1}')
        async with opened(custom({"body": {"pin": "s3/cret+value"}}, baseUrl=url)) as clients:
            with pytest.raises(AuthenticationError, match="finds no text") as of_custom:
                await clients.api.send(Request("GET", f"{url}/team"))
    for error in (caught.value, of_custom.value):
        assert "[hidden]" in str(error)
        assert "s3/cret" not in str(error)
