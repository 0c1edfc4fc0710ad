"""An Ocean context whose jq processor the mapping's expressions are compiled by."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from port_ocean.bootstrap import create_default_app
from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor

from tests.support.core import forget_ocean


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
