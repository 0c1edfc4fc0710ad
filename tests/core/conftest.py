"""Ocean core between servers on real sockets."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import client.http_client
from client.retry import RetryPolicy
from sandbox.port_api import PortApi
from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import Core, forget_ocean


@pytest.fixture(scope="session", autouse=True)
def _one_set_of_certificates() -> Iterator[None]:
    """Reading the certificates for each new client takes longer than most resyncs here."""
    with pytest.MonkeyPatch.context() as patch:
        cached = functools.cache(httpx.create_ssl_context)
        patch.setattr("httpx._transports.default.create_ssl_context", cached)
        patch.setattr("client.lanes.create_ssl_context", cached)
        yield


class PortServer:
    """One server for all tests: it answers for whichever catalog a test has put into it."""

    def __init__(self) -> None:
        self.catalog: PortApi | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert self.catalog is not None
        await self.catalog.app(scope, receive, send)


@pytest.fixture(scope="session")
def port_server() -> Iterator[tuple[PortServer, str]]:
    """A Port API and its base URL."""
    server = PortServer()
    with serve(server) as url:
        yield server, url


@pytest.fixture
def core(
    catalog: PortApi,
    port_server: tuple[PortServer, str],
    api: SampleApi,
    api_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Core]:
    """Ocean core between the sample API and an empty catalog; retries wait milliseconds."""
    quick = RetryPolicy(attempts=4, base_seconds=0.01, throttled_base_seconds=0.01)
    monkeypatch.setattr(client.http_client, "DEFAULT_RETRY", quick)
    server, port_url = port_server
    server.catalog = catalog
    yield Core(catalog, port_url, api, api_url)
    forget_ocean()


@pytest.fixture
def canned() -> CannedApi:
    """An API without answers; a module may bring its own."""
    return CannedApi()


@pytest.fixture
def url(canned: CannedApi) -> Iterator[str]:
    """The base URL of ``canned``."""
    with serve(canned) as base_url:
        yield base_url
