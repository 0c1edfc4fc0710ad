"""What each authentication adds to a request, and where it adds nothing."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from auth import build_auth
from auth.exchange import Surroundings
from client import Origin
from settings import parse_settings

BASE = "https://api.example.com"


async def _no_token_endpoint(*asked: object) -> Any:
    raise AssertionError("a token was asked for")


def without_tokens(origin: Origin) -> Surroundings:
    """Surroundings in which no token is to be fetched."""
    return Surroundings(origin.covers, _no_token_endpoint, _no_token_endpoint, lambda *_: None)


def sent(url: str, **settings: str) -> httpx.Headers:
    """The headers of a request to ``url`` after authentication."""
    origin = Origin.of(BASE)
    auth = build_auth(parse_settings({"baseUrl": BASE, **settings}), without_tokens(origin))
    request = httpx.Request("GET", url)
    return next(auth.sync_auth_flow(request)).headers


CASES = [
    ({"authType": "bearer_token", "apiToken": "abc"}, "Authorization", "Bearer abc"),
    (
        {"authType": "basic", "username": "jürgen", "password": "pä:ss"},
        "Authorization",
        "Basic " + base64.b64encode("jürgen:pä:ss".encode()).decode(),
    ),
    ({"authType": "basic", "username": "key-1"}, "Authorization", "Basic a2V5LTE6"),
    ({"authType": "api_key", "apiKey": "k1"}, "X-API-Key", "k1"),
    ({"authType": "api_key", "apiKey": "k1", "apiKeyHeader": "X-Mine"}, "X-Mine", "k1"),
]


@pytest.mark.parametrize(("settings", "header", "value"), CASES)
def test_credentials_for_the_configured_origin(
    settings: dict[str, str], header: str, value: str
) -> None:
    assert sent(f"{BASE}/items", **settings)[header] == value


@pytest.mark.parametrize(("settings", "header", "value"), CASES)
@pytest.mark.parametrize(
    "url", ["https://evil.example/items", "http://api.example.com/", "https://api.example.com:444/"]
)
def test_none_for_any_other(settings: dict[str, str], header: str, value: str, url: str) -> None:
    assert header not in sent(url, **settings)


def test_none_without_authentication() -> None:
    headers = sent(f"{BASE}/items", apiToken="abc")
    assert "Authorization" not in headers


@pytest.mark.parametrize(("settings", "header", "value"), CASES)
def test_a_repr_tells_no_credentials(settings: dict[str, str], header: str, value: str) -> None:
    auth = build_auth(
        parse_settings({"baseUrl": BASE, **settings}), without_tokens(Origin.of(BASE))
    )
    assert value not in repr(auth)
    assert type(auth).__name__ in repr(auth)
