"""Who maps and loads in a resync, Ocean or Port: it is asked once."""

from __future__ import annotations

import math
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from loguru import logger
from port_ocean.clients.port.client import PortClient

UNKNOWN: dict[str, Any] = {"featureFlags": []}


@asynccontextmanager
async def one_mode(port: PortClient) -> AsyncGenerator[None]:
    """Holds what Port says of its mode (the organization's feature flags) inside the block.

    Ocean asks again after five minutes, for each batch, and takes no answer for its own mode. Where
    the mode changes in between, a batch is neither loaded by Ocean nor sent to Port, and what was
    made of it looks gone at the end. Without an answer Ocean maps and loads, from first to last.
    """
    lifetime = port._organization_cache_ttl
    port._organization_cached_at = None
    try:
        await port.get_organization_feature_flags()
    except Exception as error:
        logger.warning(f"Port does not say which mode it wants, so Ocean maps and loads: {error}")
    known = port._organization_cached_at is not None
    if not known:
        port._organization_cache, port._organization_cached_at = UNKNOWN, time.monotonic()
    port._organization_cache_ttl = math.inf
    try:
        yield
    finally:
        port._organization_cache_ttl = lifetime
        if not known:
            port._organization_cache = port._organization_cached_at = None
