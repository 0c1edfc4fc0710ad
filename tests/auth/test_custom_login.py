"""What ``customAuthRequest`` sends, as its author wrote it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auth.exchange import AuthenticationError
from tests.support.credentials import BASE, Credentials

TEMPLATE = {"headers": {"X-Session": "{{.session}}"}}


async def login(**request: Any) -> Credentials:
    credentials = Credentials([{"session": "s-1"}])
    async with credentials.client(
        authType="custom",
        customAuthRequest={"endpoint": "/login", **request},
        customAuthRequestTemplate=TEMPLATE,
    ) as client:
        await client.get(f"{BASE}/teams")
    return credentials


def content_type(credentials: Credentials) -> list[str]:
    headers = credentials.asked[0].headers
    return [value for name, value in headers.items() if name.lower() == "content-type"]


async def test_a_body_is_json_and_says_so() -> None:
    credentials = await login(body={"user": "me"})
    assert json.loads(credentials.asked[0].body or b"") == {"user": "me"}
    assert content_type(credentials) == ["application/json"]


async def test_a_form_is_sent_as_it_was_written_and_says_so() -> None:
    credentials = await login(bodyForm="user=me&x=a+b")
    assert credentials.asked[0].body == b"user=me&x=a+b"
    assert content_type(credentials) == ["application/x-www-form-urlencoded"]


async def test_a_login_without_a_body_claims_none() -> None:
    credentials = await login(method="GET", queryParams={"key": 7})
    (request,) = credentials.asked
    assert (request.method, request.url, request.body) == ("GET", f"{BASE}/login", None)
    assert request.params == (("key", "7"),)
    assert content_type(credentials) == []


@pytest.mark.parametrize("name", ["Content-Type", "content-type"])
async def test_the_author_s_content_type_stands_alone(name: str) -> None:
    credentials = await login(body={"user": "me"}, headers={name: "application/vnd.api+json"})
    assert content_type(credentials) == ["application/vnd.api+json"]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<html>Log in, s-1</html>", "HTML or XML"),
        (b"", "empty"),
        (b"s-1", "text"),
        (b"\xff s-1", "text"),
        (b"[" * 100_000, "text"),
    ],
)
async def test_a_response_that_is_not_json_names_the_setting_and_quotes_nothing(
    body: bytes, what: str
) -> None:
    credentials = Credentials([body])
    async with credentials.client(
        authType="custom",
        customAuthRequest={"endpoint": "/login"},
        customAuthRequestTemplate=TEMPLATE,
    ) as client:
        with pytest.raises(AuthenticationError) as caught:
            await client.get(f"{BASE}/teams")
    expected = f"the response to customAuthRequest is not JSON ({what}): check its endpoint"
    assert str(caught.value) == expected
    assert credentials.received == []
