"""``authType`` custom: a login of the API's own making."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.serving import serve
from tests.support.core import Core, resource
from tests.support.login_server import LoginServer

ITEMS = [resource(f"/{name}", name) for name in ("team", "service")]


@pytest.fixture
def server() -> LoginServer:
    return LoginServer()


@pytest.fixture
def url(server: LoginServer) -> Iterator[str]:
    with serve(server) as base_url:
        yield base_url


def settings(url: str, request: Any = None, template: Any = None, **more: str) -> dict[str, str]:
    login = {"endpoint": "/login", "body": {"user": "me", "password": "pw-sesame"}}
    return {
        "baseUrl": url,
        "authType": "custom",
        "customAuthRequest": json.dumps({**login, **(request or {})}),
        "customAuthRequestTemplate": json.dumps(
            template or {"headers": {"X-Session": "{{.data.session}}"}}
        ),
        "paginationType": "offset",
        "pageSize": "2",
        **more,
    }


@pytest.mark.parametrize("permits", ["1", "10"])
async def test_one_login_serves_all_requests(
    core: Core, server: LoginServer, url: str, permits: str
) -> None:
    server.latency = 0.05
    outcome = await core.resync(settings(url, maxConcurrentRequests=permits), *ITEMS)
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("team")) == 20
    assert len(server.logins) == 1
    assert json.loads(server.logins[0]["body"]) == {"user": "me", "password": "pw-sesame"}


async def test_the_login_request_is_the_user_s_own(
    core: Core, server: LoginServer, url: str
) -> None:
    with serve(server) as elsewhere:
        request = {
            "endpoint": f"{elsewhere}/login",
            "method": "PUT",
            "body": None,
            "bodyForm": "user=me&password=pw-sesame",
            "headers": {"X-App": "ocean"},
            "queryParams": {"realm": "r1"},
        }
        outcome = await core.resync(settings(url, request), ITEMS[0])
    assert outcome.succeeded, outcome.error
    (login,) = server.logins
    assert login["method"] == "PUT"
    assert login["body"] == b"user=me&password=pw-sesame"
    assert login["headers"]["content-type"] == "application/x-www-form-urlencoded"
    assert login["headers"]["x-app"] == "ocean"
    assert login["query"] == {"realm": "r1"}


async def test_what_is_answered_goes_into_headers_query_and_body(
    core: Core, server: LoginServer, url: str
) -> None:
    template = {
        "headers": {"X-Session": "{{.data.session}}", "X-User": "u-{{ .data.user }}"},
        "queryParams": {"uid": "{{.data.user}}"},
        "body": {"auth": {"session": "{{.data.session}}"}},
    }
    search = resource("/team", method="POST", body={"q": 1})
    outcome = await core.resync(settings(url, template=template), search)
    assert outcome.succeeded, outcome.error
    seen = server.seen[0]
    assert seen["headers"]["x-user"] == "u-7"
    assert seen["query"]["uid"] == "7"
    assert json.loads(seen["body"]) == {"q": 1, "auth": {"session": "session-1-secret"}}


async def test_a_session_that_is_refused_is_renewed_once_for_all(
    core: Core, server: LoginServer, url: str
) -> None:
    server.revoke_at = 4
    outcome = await core.resync(settings(url), *ITEMS)
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("service")) == 20
    assert len(server.logins) == 2


async def test_a_session_is_renewed_by_its_interval(
    core: Core, server: LoginServer, url: str
) -> None:
    request = {"reauthenticateIntervalSeconds": 1}
    app = await core.start(settings(url, request, maxConcurrentRequests="1"), *ITEMS)
    assert await app.integration.sync_raw_all()
    assert len(server.logins) <= 2
    assert [seen for seen in server.seen if seen["headers"].get("x-session") is None] == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"token": "t"}, "'.data.session' finds no text in the answer, which holds: token"),
        ({"data": {"session": {"id": 1}}}, "finds no text"),
        ({"data": {"session": None}}, "finds no text"),
        ([], "customAuthRequestTemplate"),
    ],
)
async def test_a_template_that_matches_nothing_is_an_error(
    core: Core, server: LoginServer, url: str, answer: Any, told: str
) -> None:
    server.answer = answer
    outcome = await core.resync(settings(url), ITEMS[0])
    assert not outcome.succeeded
    assert told in outcome.error
    assert server.calls == 0


async def test_no_session_and_no_password_in_log_or_error(
    core: Core, server: LoginServer, url: str, log: list[str]
) -> None:
    server.answer = {"data": {"session": "session-wrong-secret"}}
    outcome = await core.resync(settings(url), ITEMS[0])
    assert not outcome.succeeded
    assert "answered 401" in outcome.error
    assert len(server.logins) == 2
    texts = "\n".join([*log, outcome.error])
    assert "session-wrong" not in texts
    assert "pw-sesame" not in texts


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("customAuthRequest", "{}", "customAuthRequest.endpoint: is missing"),
        ("customAuthRequest", '{"endpoint": "/l", "metod": "GET"}', "customAuthRequest.metod"),
        (
            "customAuthRequest",
            '{"endpoint": "/l", "body": {}, "bodyForm": "a=b"}',
            "has both body and bodyForm",
        ),
        ("customAuthRequestTemplate", "{}", "is empty; allowed: headers, queryParams or body"),
    ],
)
async def test_wrong_settings_are_named(
    core: Core, server: LoginServer, url: str, name: str, value: str, told: str
) -> None:
    outcome = await core.resync({**settings(url), name: value}, ITEMS[0])
    assert not outcome.succeeded
    assert told in outcome.error
    assert server.logins == []


async def test_what_a_refused_login_was_asked_with_is_not_told(
    core: Core, server: LoginServer, url: str, log: list[str]
) -> None:
    """The names of the parameters need not say that they are secret."""
    request = {"endpoint": "/nowhere", "queryParams": {"pin": "4712", "realm": "zq-blue"}}
    outcome = await core.resync(settings(url, request), *ITEMS)
    assert not outcome.succeeded
    for text in (outcome.error, "".join(log)):
        assert "4712" not in text
        assert "zq-blue" not in text
