"""What is sent to the token endpoint, and what is made of its answer."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs

import pytest

from auth.exchange import AuthenticationError, AuthRequest
from tests.support.credentials import BASE, Credentials

SETTINGS = {
    "authType": "oauth2_client_credentials",
    "tokenUrl": "https://login.example.com/token",
    "clientId": "me",
    "clientSecret": "s3cret-value",
}
TOKEN = {"access_token": "token-1", "token_type": "Bearer"}


async def asked(**more: str) -> AuthRequest:
    credentials = Credentials([TOKEN])
    async with credentials.client(**SETTINGS, **more) as client:
        await client.get(BASE)
    return credentials.asked[0]


async def told(answer: Any, status: int = 200) -> str:
    """The error that an answer of the token endpoint leads to."""
    credentials = Credentials([answer], status=status)
    async with credentials.client(**SETTINGS) as client:
        with pytest.raises(AuthenticationError) as caught:
            await client.get(BASE)
    assert credentials.received == []
    return str(caught.value)


@pytest.mark.parametrize("method", ["basic", "body"])
async def test_the_request_is_a_form_that_is_posted(method: str) -> None:
    request = await asked(clientAuthMethod=method)
    assert (request.method, request.url) == ("POST", SETTINGS["tokenUrl"])
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert "s3cret" not in repr(request)


async def test_the_form_holds_the_client_where_the_body_is_asked_for() -> None:
    request = await asked(clientAuthMethod="body", scope="read")
    assert parse_qs((request.body or b"").decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["read"],
        "client_id": ["me"],
        "client_secret": ["s3cret-value"],
    }


async def test_the_client_proves_itself_by_a_form_encoded_basic_header_else() -> None:
    request = await asked(audience="https://api")
    headers = {name.lower(): value for name, value in request.headers.items()}
    pair = base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode()
    assert pair == "me:s3cret-value"
    assert parse_qs((request.body or b"").decode()) == {
        "grant_type": ["client_credentials"],
        "audience": ["https://api"],
    }


async def test_what_is_not_set_is_not_sent() -> None:
    assert (await asked()).body == b"grant_type=client_credentials"


@pytest.mark.parametrize("status", [400, 401])
async def test_a_refusal_comes_back_to_be_explained(status: int) -> None:
    assert status in (await asked()).accepted
    assert "refused (invalid_client): the client is not known" in await told(
        {"error": "invalid_client"}, status
    )


async def test_an_error_in_a_200_is_a_refusal_even_beside_a_token() -> None:
    assert "refused (invalid_scope)" in await told({**TOKEN, "error": "invalid_scope"})


@pytest.mark.parametrize("status", [202, 400])
async def test_a_status_other_than_200_is_a_refusal_even_with_a_token(status: int) -> None:
    assert f"refused ({status}): check tokenUrl, clientId and clientSecret" in await told(
        TOKEN, status
    )


@pytest.mark.parametrize("answer", [b"<html>", b"", [], "text", None])
async def test_an_answer_that_is_no_json_object_names_the_setting(answer: Any) -> None:
    assert "did not answer in JSON: check tokenUrl" in await told(answer)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": None, "token_type": "bearer"},
        {"access_token": ["x"]},
    ],
)
async def test_a_response_without_an_access_token_is_an_error(answer: dict[str, Any]) -> None:
    assert "holds no access_token" in await told(answer)


@pytest.mark.parametrize("token", ["a\nb", "a-tökén"])
async def test_a_token_that_no_header_can_carry_is_an_error(token: str) -> None:
    message = await told({"access_token": token})
    assert "access_token holds a character that a header cannot carry" in message
    assert token not in message


async def test_an_error_that_is_none_is_no_refusal() -> None:
    credentials = Credentials([{**TOKEN, "error": None, "error_description": ""}])
    async with credentials.client(**SETTINGS) as client:
        assert (await client.get(BASE)).status_code == 200


async def test_a_body_without_end_of_nesting_is_no_json() -> None:
    assert "check tokenUrl" in await told(b"[" * 100_000)


async def test_a_long_error_code_is_cut() -> None:
    assert len(await told({"error": "x" * 10_000}, 400)) < 200


@pytest.mark.parametrize(
    "kind",
    [{}, *({"token_type": kind} for kind in ("bearer", "BEARER", "JWT", "DPoP", "", None, 7))],
)
async def test_a_token_of_any_type_is_sent_as_bearer_and_learned_as_a_secret(
    kind: dict[str, Any],
) -> None:
    credentials = Credentials([{"access_token": "token-1", **kind}])
    async with credentials.client(**SETTINGS) as client:
        await client.get(BASE)
    assert credentials.received[0].headers["Authorization"] == "Bearer token-1"
    assert credentials.learned == ["token-1"]
