"""An Ocean context whose jq processor the mapping's expressions are compiled by."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from port_ocean.bootstrap import create_default_app
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor

import client.http_client
from sandbox.serving import serve
from tests.support.canned import CannedApi
from tests.support.core import forget_ocean
from tests.support.running import ONCE, Runs


@pytest.fixture(autouse=True)
def _ocean() -> Iterator[None]:
    forget_ocean()
    app = create_default_app(
        ".",
        None,
        {
            "port": {"client_id": "none", "client_secret": "none"},
            "integration": {"identifier": "resync-test", "type": "custom"},
        },
    )
    app.integration._entity_processor = JQEntityProcessor(ocean)
    yield
    forget_ocean()


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    """Runs that ask an API without answers; a test gives it some. Nothing is tried again."""
    monkeypatch.setattr(client.http_client, "DEFAULT_RETRY", ONCE)
    api = CannedApi()
    with serve(api) as url:
        yield Runs(api, url)
