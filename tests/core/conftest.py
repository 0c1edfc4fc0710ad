"""Ocean core between servers on real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import client.http_client
from client.retry import RetryPolicy
from sandbox.port_api import PortApi
from sandbox.sample_api import SampleApi
from sandbox.serving import serve
from tests.support.core import Core, forget_ocean


@pytest.fixture
def core(
    catalog: PortApi, api: SampleApi, api_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Core]:
    """Ocean core between the sample API and an empty catalog; retries wait milliseconds."""
    quick = RetryPolicy(attempts=4, base_seconds=0.01, throttled_base_seconds=0.01)
    monkeypatch.setattr(client.http_client, "DEFAULT_RETRY", quick)
    with serve(catalog.app) as port_url:
        yield Core(catalog, port_url, api, api_url)
    forget_ocean()
