"""The surroundings that the integration's HTTP client and jq need, without a Port account."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from cli.preview.offline import start_offline
from client.retry import RetryPolicy
from resync.clients import Clients
from settings import Settings

RETRY = RetryPolicy(attempts=3)
"""Somebody is waiting; and a question that an API cannot answer is asked on purpose here."""


@contextlib.asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Clients]:
    """The integration's own clients: its origin binding, redaction, retries and TLS rules."""
    await start_offline(None)
    one_at_a_time = settings.model_copy(update={"max_concurrent_requests": 1})
    clients = Clients(one_at_a_time, RETRY)
    try:
        yield clients
    finally:
        await clients.aclose()
