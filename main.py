"""The handlers that Ocean calls. What a resync does for one kind is in ``resync``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

from loguru import logger
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.core.incremental.cursor_context import active_incremental_cursor
from port_ocean.core.probe import ProbeContext
from port_ocean.utils.signal import signal_handler

from mapping import CustomPortAppConfig, CustomResourceConfig
from resync.probe import probe
from resync.run import Run, spare_the_collector
from settings import parse_settings
from settings.parsing import advice

_run: Run | None = None


def current_run() -> Run:
    """The settings and the HTTP client that all kinds share, made when first needed.

    Raises ``SettingsError`` with every problem of the settings.
    """
    global _run
    if _run is None:
        _run = Run(parse_settings(ocean.integration_config))
    return _run


@ocean.on_start()
async def on_start() -> None:
    # Only here: a scheduled resync runs in a context in which Ocean has no signal handler.
    signal_handler.register(current_run().aclose)
    settings = current_run().settings
    logger.info(
        f"Ocean Custom reads {settings.base_url}: authType {settings.auth_type}, paginationType "
        f"{settings.pagination_type}, up to {settings.max_concurrent_requests} requests at a time"
    )
    for line in advice(settings):
        logger.warning(line)
    spare_the_collector()


@ocean.on_resync_start()
async def on_resync_start() -> None:
    run = current_run()
    await run.start_resync(cast(CustomPortAppConfig, event.port_app_config).resources)
    resync = asyncio.current_task()
    assert resync is not None
    # Ocean's on_resync_complete is called only where all went well.
    resync.add_done_callback(run.resync_ended)


@ocean.on_resync()
async def on_resync(kind: str) -> AsyncIterator[list[dict[str, Any]]]:
    resource = cast(CustomResourceConfig, event.resource_config)
    async with aclosing(current_run().batches(resource)) as batches:
        async for batch in batches:
            yield batch


@ocean.on_incremental_resync()
async def on_incremental_resync(kind: str) -> AsyncIterator[list[dict[str, Any]]]:
    resource = cast(CustomResourceConfig, event.resource_config)
    incremental, moment = resource.selector.incremental, active_incremental_cursor()
    if incremental is None or moment is None:
        return
    async with aclosing(current_run().batches(resource, incremental.since(moment))) as batches:
        async for batch in batches:
            yield batch


@ocean.on_probe()
async def on_probe(context: ProbeContext) -> ProbeContext:
    kinds = cast(Any, ocean.integration).probed_kinds
    return await probe(context, ocean.integration_config, kinds)
