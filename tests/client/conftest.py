"""A client of its own for each test, inside an Ocean context that reaches no Port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from port_ocean.bootstrap import create_default_app

from client import HttpClient
from client.retry import RetryPolicy
from resync.clients import Clients
from settings import parse_settings
from tests.support.core import forget_ocean

QUICK = RetryPolicy(attempts=3, base_seconds=0.01, throttled_base_seconds=0.01)


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
    made: list[Clients] = []

    def make(retry: RetryPolicy = QUICK, **settings: str) -> HttpClient:
        made.append(Clients(parse_settings(settings), retry))
        return made[-1].api

    yield make
    for clients in made:
        await clients.aclose()
