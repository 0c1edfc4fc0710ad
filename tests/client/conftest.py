"""A client of its own for each test, inside an Ocean context that reaches no Port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from port_ocean.bootstrap import create_default_app

from auth import build_auth
from auth.exchange import AuthRequest, Surroundings
from client import HttpClient, Origin
from client.retry import RetryPolicy
from resync.clients import build_redactor
from settings import parse_settings
from tests.support.core import forget_ocean

QUICK = RetryPolicy(attempts=3, base_seconds=0.01, throttled_base_seconds=0.01)


async def _no_token_endpoint(request: AuthRequest) -> tuple[int, bytes]:
    raise AssertionError("a token was asked for")


def without_tokens(origin: Origin) -> Surroundings:
    """Surroundings in which no token is to be fetched."""
    return Surroundings(origin.covers, _no_token_endpoint, lambda *_: [], lambda _: None)


MakeClient = Callable[..., HttpClient]


@pytest.fixture(autouse=True)
def ocean_app() -> Iterator[Any]:
    """The framework's context, which its HTTP client reads."""
    forget_ocean()
    yield create_default_app(
        ".",
        None,
        {
            "port": {"client_id": "none", "client_secret": "none"},
            "integration": {"identifier": "client-test", "type": "custom"},
        },
    )
    forget_ocean()


@pytest.fixture
async def make_client() -> AsyncIterator[MakeClient]:
    """Makes clients from integration settings; closes them at the end."""
    made: list[HttpClient] = []

    def make(retry: RetryPolicy = QUICK, **settings: str) -> HttpClient:
        parsed = parse_settings(settings)
        origin = Origin.of(parsed.base_url)
        client = HttpClient(
            origin=origin,
            auth=build_auth(parsed, without_tokens(origin)),
            redactor=build_redactor(parsed),
            timeout=parsed.timeout,
            verify_ssl=parsed.verify_ssl,
            max_concurrent=parsed.max_concurrent_requests,
            max_response_bytes=parsed.max_response_bytes,
            max_per_second=parsed.max_requests_per_second,
            headers=parsed.headers,
            retry=retry,
        )
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()
