"""What Ocean core is tested with; and an API for one test, behind one server for all."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import httpx
import pytest
from port_ocean.bootstrap import create_default_app
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor

from client.retry import RetryPolicy
from sandbox.serving import serve
from tests.core.conftest import (  # noqa: F401 - fixtures
    _one_set_of_certificates,
    core,
    port_server,
)
from tests.docs.world import World
from tests.support.core import forget_ocean
from tests.support.scripted import ScriptedApi

QUICK = RetryPolicy(attempts=2, base_seconds=0.001, throttled_base_seconds=0.001)


@pytest.fixture(scope="session")
def scripted() -> Iterator[tuple[ScriptedApi, str]]:
    api = ScriptedApi()
    with serve(api) as url:
        yield api, url


@pytest.fixture(scope="session")
def certificates() -> Iterator[None]:
    """They are read once: that takes longer than a case."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("client.lanes.create_ssl_context", functools.cache(httpx.create_ssl_context))
        yield


@pytest.fixture
def world(
    scripted: tuple[ScriptedApi, str],
    certificates: None,
    log: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """Ocean's context, and an API without answers."""
    monkeypatch.setattr("client.http_client.DEFAULT_RETRY", QUICK)
    forget_ocean()
    port = {"client_id": "none", "client_secret": "none"}
    integration = {"identifier": "docs-test", "type": "custom"}
    app = create_default_app(".", None, {"port": port, "integration": integration})
    app.integration._entity_processor = JQEntityProcessor(ocean)
    yield World(*scripted, log, monkeypatch)
    forget_ocean()
