"""A resync that imports everything, then one in faults: through real Ocean core."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from port_ocean.ocean import Ocean

import client.http_client
from client.retry import RetryPolicy
from sandbox.fault_server import PAGE_SIZE, PAGES, Cell, FaultServer
from tests.support.core import IDENTIFIER, Core, Outcome, resource, texts


def kind(cell: Cell) -> dict[str, Any]:
    pagination: dict[str, Any] = {
        "type": cell.pagination,
        "page_size": PAGE_SIZE,
        "size_param": "limit",
    }
    if cell.pagination == "next_link":
        pagination["next_link_path"] = "next"
    return resource(cell.path, pagination=pagination)


LAST = Cell("close", "offset", 99)
"""The kind after all others, which no fault ever meets."""


async def import_all(core: Core, server: FaultServer, cells: list[Cell], **settings: str) -> Ocean:
    """Ocean, which has imported all records of ``cells``."""
    settings = {
        "baseUrl": server.url,
        # Seconds are spent for each request that stalls; no other should ever be cut off.
        "timeout": "0.25" if any(cell.fault.startswith("stall") for cell in cells) else "5",
        "maxPages": "30",
        "maxResponseBytes": "1000000",
        **settings,
    }
    server.everything = [cell.record(n) for cell in cells for n in range(PAGES * PAGE_SIZE)]
    app = await core.start(settings, resource("/everything"))
    assert await app.integration.sync_raw_all(silent=False)
    assert len(core.catalog.identifiers("record")) == len(server.everything)
    return app


async def run_faulty(
    core: Core, app: Ocean, server: FaultServer, cells: list[Cell], *, faulty: bool = True
) -> Outcome:
    """A resync of a kind for each cell, in which it meets its fault; returns how that ended."""
    server.faulty = faulty
    core.catalog.set_config(
        IDENTIFIER, {"resources": [*map(kind, cells)], "entityDeletionThreshold": 1}
    )
    began = time.monotonic()
    try:
        async with asyncio.timeout(40):
            outcome = Outcome(await app.integration.sync_raw_all(silent=False))
    except Exception as error:
        outcome = Outcome(False, texts(error))
    assert time.monotonic() - began < 40
    return outcome


async def run(core: Core, server: FaultServer, cells: list[Cell], **settings: str) -> Outcome:
    """A resync that imports all records, then one with faults, and a kind after all others that
    no fault ever meets; returns how that ended."""
    app = await import_all(core, server, cells, **settings)
    outcome = await run_faulty(core, app, server, [*cells, LAST])
    assert set(core.catalog.identifiers("record")) >= set(LAST.identifiers)
    return outcome


def be_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two attempts, and waits of hundredths of a second also where hours are asked for."""
    quick = RetryPolicy(2, 0.01, 0.01, longest_wait_seconds=0.02)
    monkeypatch.setattr(client.http_client, "DEFAULT_RETRY", quick)
