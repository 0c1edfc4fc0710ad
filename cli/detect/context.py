"""The surroundings that the integration's HTTP client and jq need, without a Port account."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from port_ocean.exceptions.utils import SignalHandlerAlreadyInitialized
from port_ocean.ocean import Ocean
from port_ocean.utils.signal import init_signal_handler

from client.retry import RetryPolicy
from resync.clients import Clients
from settings import Settings

ROOT = Path(__file__).resolve().parents[2]
RETRY = RetryPolicy(attempts=3)
"""Somebody is waiting; and a question that an API cannot answer is asked on purpose here."""


@contextlib.asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Clients]:
    """The integration's own clients: its origin binding, redaction, retries and TLS rules."""
    # Whoever runs the command inside a process of their own may have one.
    with contextlib.suppress(SignalHandlerAlreadyInitialized):
        init_signal_handler()
    # Ocean looks for the integration's name and defaults where it is started.
    with contextlib.chdir(ROOT):
        app = Ocean(
            config_override={
                "port": {"client_id": "none", "client_secret": "none"},
                "integration": {"identifier": "detect", "type": "custom"},
            }
        )
    await app.integration.initialize_handlers()
    clients = Clients(settings, RETRY)
    try:
        yield clients
    finally:
        await clients.aclose()
