"""OAuth2 client credentials, with the token endpoint on another host than the API."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.serving import serve
from tests.support.core import Core, resource
from tests.support.token_server import TokenServer

ITEMS = [resource(f"/{name}", name) for name in ("team", "service")]


@pytest.fixture
def server() -> TokenServer:
    return TokenServer()


@pytest.fixture
def settings(server: TokenServer) -> Iterator[dict[str, str]]:
    with serve(server) as api_url, serve(server) as token_url:
        yield {
            "baseUrl": api_url,
            "authType": "oauth2_client_credentials",
            "tokenUrl": f"{token_url}/token",
            "clientId": "my client",
            "clientSecret": "s3cret:/+value",
            "paginationType": "offset",
            "pageSize": "2",
        }


@pytest.mark.parametrize("permits", ["1", "10"])
async def test_one_token_serves_all_requests(
    core: Core, server: TokenServer, settings: dict[str, str], permits: str
) -> None:
    server.latency = 0.05
    outcome = await core.resync({**settings, "maxConcurrentRequests": permits}, *ITEMS)
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("team")) == 20
    assert (server.issued, server.refused) == (1, 0)


async def test_the_client_proves_itself_by_a_form_encoded_basic_header(
    core: Core, server: TokenServer, settings: dict[str, str]
) -> None:
    more = {"scope": "read write", "audience": "https://api"}
    outcome = await core.resync({**settings, **more}, ITEMS[0])
    assert outcome.succeeded, outcome.error
    pair = base64.b64encode(b"my+client:s3cret%3A%2F%2Bvalue").decode()
    assert server.headers[0]["authorization"] == f"Basic {pair}"
    assert server.forms[0] == {
        "grant_type": ["client_credentials"],
        "scope": ["read write"],
        "audience": ["https://api"],
    }


async def test_or_in_the_body(core: Core, server: TokenServer, settings: dict[str, str]) -> None:
    outcome = await core.resync({**settings, "clientAuthMethod": "body"}, ITEMS[0])
    assert outcome.succeeded, outcome.error
    assert "authorization" not in server.headers[0]
    assert server.forms[0]["client_secret"] == ["s3cret:/+value"]


async def test_a_token_that_is_refused_is_renewed_once_for_all(
    core: Core, server: TokenServer, settings: dict[str, str]
) -> None:
    server.revoke_at = 5
    outcome = await core.resync(settings, *ITEMS)
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("service")) == 20
    assert server.issued == 3


async def test_a_401_that_stays_is_raised_after_one_renewal(
    core: Core, server: TokenServer, settings: dict[str, str], log: list[str]
) -> None:
    server.answer = {"access_token": "secret-token-wrong", "token_type": "bearer"}
    outcome = await core.resync(settings, ITEMS[0])
    assert not outcome.succeeded
    assert "answered 401" in outcome.error
    assert (len(server.forms), server.calls) == (2, 2)
    texts = "\n".join([*log, outcome.error])
    assert "secret-token" not in texts
    assert "s3cret:/+value" not in "\n".join(line for line in log if "port app config" not in line)


@pytest.mark.parametrize("kind", [None, "JWT", "", "missing"])
async def test_a_token_of_any_type_is_sent_as_bearer(
    core: Core, server: TokenServer, settings: dict[str, str], kind: str | None
) -> None:
    server.answer = {"access_token": "secret-token-0", "token_type": kind}
    if kind == "missing":
        del server.answer["token_type"]
    outcome = await core.resync(settings, ITEMS[0])
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("team")) == 20


async def test_a_token_is_renewed_before_it_runs_out(
    core: Core, server: TokenServer, settings: dict[str, str]
) -> None:
    server.expires_in = "0.1"
    outcome = await core.resync({**settings, "maxConcurrentRequests": "1"}, *ITEMS)
    assert outcome.succeeded, outcome.error
    assert server.issued >= 2
    assert server.refused == 0


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (401, {"error": "invalid_client"}, "check clientId, clientSecret and clientAuthMethod"),
        (400, {"error": "invalid_scope"}, "check scope"),
        (400, {"error": "unauthorized_client"}, "may not use client credentials"),
        (400, {"error": "strange"}, "refused (strange): check tokenUrl"),
        (200, {"error": "invalid_request"}, "check scope and audience"),
        (200, {"token": "x"}, "response holds no access_token"),
        (404, {}, "/token returned 404 Not Found. The response begins: '{}'. Check tokenUrl."),
    ],
)
async def test_what_the_token_endpoint_refuses_is_said_in_words(
    core: Core,
    server: TokenServer,
    settings: dict[str, str],
    status: int,
    answer: dict[str, Any],
    told: str,
) -> None:
    server.status, server.answer = status, answer
    outcome = await core.resync(settings, ITEMS[0])
    assert not outcome.succeeded
    assert told in outcome.error
    assert server.calls == 0
