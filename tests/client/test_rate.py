"""A steady rate, an exhausted limit, and headers for every request."""

from __future__ import annotations

import asyncio
import time

import pytest

from client import Request
from client.throttling import exhausted_for
from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.client.conftest import MakeClient
from tests.support.canned import CannedApi


async def test_requests_keep_the_rate_without_bursts(
    make_client: MakeClient, api: SampleApi, api_url: str
) -> None:
    client = make_client(baseUrl=api_url, maxRequestsPerSecond="50")
    url = f"{api_url}/none/none/teams"
    await asyncio.gather(*(client.send(Request("GET", url)) for _ in range(11)))
    times = sorted(seen.started for seen in api.requests())
    assert times[-1] - times[0] > 0.17
    assert all(times[n + 5] - times[n] > 0.06 for n in range(6))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "5"}, 5),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "7"}, 7),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999"}, 99_999),
        ({"x-ratelimit-remaining": "1", "x-ratelimit-reset": "5"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({}, None),
    ],
)
def test_an_exhausted_limit(headers: dict[str, str], seconds: float | None) -> None:
    assert exhausted_for(headers) == seconds


async def test_an_exhausted_limit_holds_back_the_next_request(make_client: MakeClient) -> None:
    canned = CannedApi(headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "0.4"})
    canned.json("/a", "[]")
    with serve(canned) as url:
        client = make_client(baseUrl=url)
        await client.send(Request("GET", f"{url}/a"))
        began = time.monotonic()
        await client.send(Request("GET", f"{url}/a"))
        assert time.monotonic() - began > 0.3


async def test_custom_headers_go_with_every_request_and_a_resource_s_own_win(
    make_client: MakeClient, api: SampleApi, api_url: str
) -> None:
    client = make_client(baseUrl=api_url, customHeaders='{"X-Tenant": "acme", "X-Mode": "a"}')
    url = f"{api_url}/none/none/teams"
    await client.send(Request("GET", url, headers=(("x-mode", "b"),)))
    headers = api.requests()[0].headers
    assert (headers["x-tenant"], headers["x-mode"]) == ("acme", "b")


async def test_a_key_in_the_query_is_sent_but_never_told(
    make_client: MakeClient, api: SampleApi, api_url: str
) -> None:
    settings = {"authType": "api_key", "apiKey": "key-123456", "apiKeyQueryParam": "k"}
    client = make_client(baseUrl=api_url, **settings)
    url = f"{api_url}/none/none/teams"
    response = await client.send(Request("GET", f"{url}?limit=5"))
    assert dict(api.requests()[0].query) == {"limit": "5", "k": "key-123456"}
    assert response.url == f"{url}?limit=5"
    assert "key-123456" not in client.redactor.url(f"{url}?k=key-123456&x=1")
