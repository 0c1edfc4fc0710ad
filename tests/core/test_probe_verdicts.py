"""What a probe concludes from what the API answered."""

from __future__ import annotations

import json
import ssl
from typing import Any

import pytest
import trustme

from tests.core.test_probe import message, probed, verdicts
from tests.support.canned import CannedApi
from tests.support.core import Core, resource
from tests.support.self_signed import serve_self_signed

AUTHENTICATION = "connection authentication"
TOKEN = {"authType": "bearer_token", "apiToken": "tok-5d4c3b2a19"}
NO_KIND = "no answer says whether the credentials are accepted"
ITEMS = (200, '{"items": [{"id": 1}]}')
REFUSED = (401, '{"message": "who are you?"}')
MISSING = (404, '{"message": "what?"}')
BROKEN = (500, '{"message": "oh"}')

Answer = tuple[int, str]


async def concluded(
    core: Core, canned: CannedApi, url: str, base: Answer, *kinds: Answer, **settings: str
) -> tuple[str, str]:
    """The verdict on the credentials where the base URL and kinds are answered like this."""
    for path, (status, text) in {
        "/": base,
        **{f"/k{n}": kind for n, kind in enumerate(kinds)},
    }.items():
        canned.json(path, text, status=status)
    resources = [resource(f"/k{number}") for number in range(len(kinds))]
    context = await probed(core, {"baseUrl": url, **settings}, *resources)
    return verdicts(context)[AUTHENTICATION], message(context, AUTHENTICATION)


@pytest.mark.parametrize(
    ("base", "kinds", "verdict", "told"),
    [
        (MISSING, [ITEMS], "SUCCESS", "the API answers to these credentials"),
        (REFUSED, [ITEMS], "SUCCESS", "the API answers to these credentials"),
        # One kind may need a permission that another does not.
        (MISSING, [ITEMS, REFUSED], "SUCCESS", "the API answers to these credentials"),
        (MISSING, [REFUSED, ITEMS], "SUCCESS", "the API answers to these credentials"),
        (ITEMS, [MISSING], "SUCCESS", "the API answers to these credentials"),
        # Everybody may see the base URL.
        (ITEMS, [REFUSED], "FAILURE", "the API refuses them: check authType and the credentials"),
        (REFUSED, [MISSING], "FAILURE", "the API refuses them: check authType and the credentials"),
        (MISSING, [BROKEN, MISSING], "UNKNOWN", NO_KIND),
    ],
)
async def test_credentials(
    core: Core,
    canned: CannedApi,
    url: str,
    base: Answer,
    kinds: list[Answer],
    verdict: str,
    told: str,
) -> None:
    found = await concluded(core, canned, url, base, *kinds, **TOKEN)
    assert found[0] == verdict
    assert found[1].startswith(told)


@pytest.mark.parametrize(
    ("base", "kind", "found"),
    [
        (MISSING, ITEMS, ("SUCCESS", "authType is none")),
        (ITEMS, BROKEN, ("SUCCESS", "authType is none")),
        (ITEMS, REFUSED, ("FAILURE", "the API asks for credentials: set authType")),
        (REFUSED, MISSING, ("FAILURE", "the API asks for credentials: set authType")),
    ],
)
async def test_no_credentials(
    core: Core, canned: CannedApi, url: str, base: Answer, kind: Answer, found: tuple[str, str]
) -> None:
    assert await concluded(core, canned, url, base, kind) == found


async def test_that_a_token_was_had_is_no_sign_that_it_is_accepted(
    core: Core, canned: CannedApi, url: str
) -> None:
    canned.json("/token", '{"access_token": "tok-5d4c3b2a19", "expires_in": 600}')
    oauth2 = {
        "authType": "oauth2_client_credentials",
        "tokenUrl": f"{url}/token",
        "clientId": "me",
        "clientSecret": "tok-6e5f4a3b2c",
    }
    verdict, told = await concluded(core, canned, url, MISSING, REFUSED, **oauth2)
    assert verdict == "FAILURE"
    assert told.startswith("the API refuses them")


async def test_the_end_of_a_probe_says_why_it_failed(
    core: Core, canned: CannedApi, url: str
) -> None:
    canned.json("/kind", REFUSED[1], status=REFUSED[0])
    context = await probed(core, {"baseUrl": url}, resource("/kind"))
    assert context.status == "FAILED"
    assert context.message == "authentication: the API asks for credentials: set authType"


async def test_settings_and_mapping_are_told_first(core: Core, url: str, log: list[str]) -> None:
    context = await probed(core, {"baseUrl": url})
    assert message(context, "connection settings") == "all are well"
    assert verdicts(context)["connection mapping"] == "UNKNOWN"
    assert message(context, "connection mapping").endswith("the mapping in Port is empty")
    assert any("INFO" in line and "connection: settings: SUCCESS: all are" in line for line in log)
    assert any("WARNING" in line and "connection: mapping: UNKNOWN: " in line for line in log)


async def test_what_can_be_better_is_advice(core: Core, url: str) -> None:
    idle = {"username": "someone", "cursorPath": "next"}
    context = await probed(core, {"baseUrl": url, **idle}, resource("/kind"))
    told = message(context, "connection settings")
    assert told == (
        "username is set but authType none does not use it; "
        "cursorPath is set but paginationType is none"
    )


async def test_a_redirect_from_the_base_url_does_not_keep_kinds_from_being_tried(
    core: Core, canned: CannedApi, url: str
) -> None:
    canned.headers = {"location": "https://elsewhere.example/"}
    verdict, _ = await concluded(core, canned, url, (302, "{}"), ITEMS, **TOKEN)
    assert verdict == "SUCCESS"


async def test_no_more_is_asked_than_is_looked_at(core: Core) -> None:
    await probed(core, core.settings("offset", pageSize="3"), resource("/services"))
    assert len(core.api.requests("services")) == 1


async def test_a_connection_without_tls(core: Core, url: str) -> None:
    context = await probed(core, {"baseUrl": url}, resource("/kind"))
    plain = "baseUrl begins with http: nothing is encrypted"
    assert message(context, "connection TLS") == plain
    context = await probed(core, {"baseUrl": url, **TOKEN}, resource("/kind"))
    assert message(context, "connection TLS") == f"{plain}, credentials neither"


async def test_a_certificate_that_is_trusted_and_one_that_is_not_looked_at(
    core: Core, canned: CannedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    with serve_self_signed(canned, authority) as url:
        settings = {"baseUrl": url, "verifySsl": "false"}
        context = await probed(core, settings, resource("/kind"))
        assert message(context, "connection TLS") == (
            "verifySsl is false: the certificate is not checked"
        )
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        monkeypatch.setattr("client.lanes.create_ssl_context", lambda **_: trusting)
        context = await probed(core, {"baseUrl": url}, resource("/kind"))
        assert verdicts(context)["connection TLS"] == "SUCCESS"
        assert message(context, "connection TLS") == "the certificate is accepted"


async def test_headers_of_one_s_own_are_credentials(
    core: Core, canned: CannedApi, url: str
) -> None:
    headers = {"customHeaders": json.dumps({"X-Key": "tok-5d4c3b2a19"})}
    found = await concluded(core, canned, url, MISSING, ITEMS, **headers)
    assert found == ("SUCCESS", "the API answers to these credentials")


@pytest.mark.parametrize(
    ("answer", "data_path", "told"),
    [
        ('{"größe": [1, 2, 3]}', '."größe"', '3 items at ".\\"größe\\""'),
        ('{"items": []}', ".items", '".items" is there, without items'),
        # How many records these are made of cannot be told.
        ('{"a": [1], "b": [2, 3]}', ".a + .b", '3 items at ".a + .b"'),
        (
            '{"items": [1, 2, 3]}',
            ".items | map(select(. > 1))",
            '2 items at ".items | map(select(. > 1))"',
        ),
    ],
)
async def test_what_is_at_a_data_path(
    core: Core, canned: CannedApi, url: str, answer: str, data_path: str, told: str
) -> None:
    canned.json("/kind", answer)
    context = await probed(core, {"baseUrl": url}, resource("/kind", data_path=data_path))
    assert message(context, "/kind data_path") == told
    page = message(context, "/kind first page")
    assert page.startswith(f"GET {url}/kind answered 200 in ")


async def test_a_first_page_that_a_resync_could_not_go_on_from_is_a_failure(
    core: Core, canned: CannedApi, url: str
) -> None:
    canned.json("/kind", '{"items": [{"id": 1}], "has_more": true}')
    context = await probed(core, {"baseUrl": url}, resource("/kind"))
    assert verdicts(context)["/kind first page"] == "FAILURE"
    assert "has_more (true) says that there is more" in message(context, "/kind first page")
    assert message(context, "/kind data_path") == '1 items at ".items"'
    assert canned.asked.count("/kind") == 1


async def test_checks_tell_which_resource_they_are_of(
    core: Core, canned: CannedApi, url: str
) -> None:
    """Two resources may be of one kind."""
    canned.json("/kind", ITEMS[1])
    context = await probed(core, {"baseUrl": url}, resource("/kind"), resource("/kind"))
    found = [one.scopes for one in context.checks if one.kind == "/kind"]
    assert found == [
        {"check": check, "resource": index}
        for index in (0, 1)
        for check in ("first page", "data_path")
    ]


async def test_without_a_value_for_a_placeholder_nothing_is_known(
    core: Core, canned: CannedApi, url: str
) -> None:
    canned.json("/teams", '{"items": []}')
    team: dict[str, Any] = {"endpoint": "/teams", "data_path": ".items", "field": ".id"}
    kind = resource("/teams/{team}", path_parameters={"team": team})
    context = await probed(core, {"baseUrl": url}, kind)
    assert verdicts(context)["/teams/{team} first page"] == "UNKNOWN"
    assert (
        message(context, "/teams/{team} first page") == "no value of the path parameters was found"
    )
    assert message(context, "/teams/{team} data_path") == "not tried: there is no page"


async def test_without_tls_or_a_connection_the_difference_is_told(core: Core, url: str) -> None:
    settings = {"baseUrl": url.replace("http:", "https:")}
    context = await probed(core, settings, resource("/kind"))
    assert verdicts(context)["connection TLS"] == "FAILURE"
    assert message(context, "connection TLS").startswith("Check whether TLS is spoken there")
    assert message(context, "connection TLS") in message(context, "connection base URL")
    kinds = (resource("/kind"), resource("/kind"))
    context = await probed(core, {"baseUrl": "https://127.0.0.1:9"}, *kinds)
    assert verdicts(context)["connection TLS"] == "UNKNOWN"
    assert message(context, "connection TLS") == "not tried: there is no connection"
    untried = [one for one in context.checks if one.kind == "/kind"]
    assert {one.message for one in untried} == {"not tried, for what the connection shows"}
    assert [one.scopes["resource"] for one in untried] == [0, 0, 1, 1]


@pytest.mark.parametrize("answer", [(400, "{}"), (200, "<html>"), (200, "{}"), None])
async def test_credentials_that_cannot_be_fetched(
    core: Core, canned: CannedApi, url: str, answer: Answer | None
) -> None:
    if answer:
        canned.json("/token", answer[1], status=answer[0])
    oauth2 = {
        "authType": "oauth2_client_credentials",
        "tokenUrl": f"{url}/token" if answer else "http://127.0.0.1:9/token",
        "clientId": "me",
        "clientSecret": "tok-5d4c3b2a19",
    }
    context = await probed(core, {"baseUrl": url, **oauth2}, resource("/kind"))
    assert verdicts(context)[AUTHENTICATION] == "FAILURE"
    assert message(context, AUTHENTICATION).startswith("the credentials cannot be fetched: ")
    assert message(context, "connection base URL") == "not tried: credentials are fetched first"
    assert context.status == "FAILED"
