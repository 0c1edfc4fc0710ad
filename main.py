"""The handlers that Ocean calls. What a resync does for one kind is in ``resync``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

from loguru import logger
from port_ocean.context.event import event
from port_ocean.context.ocean import ocean
from port_ocean.core.incremental.cursor_context import active_incremental_cursor
from port_ocean.core.probe import ProbeContext
from port_ocean.utils.signal import signal_handler

from errors import SettingsError
from mapping import CustomPortAppConfig, CustomResourceConfig
from resync.one_mode import report_failed
from resync.probe import probe
from resync.run import Run, spare_the_collector
from settings.parsing import advice

if TYPE_CHECKING:
    # Ocean has loaded that file by itself.
    from integration import CustomIntegration


def current_run() -> Run:
    """What all resyncs share. Raises ``SettingsError`` with every problem of the settings."""
    return cast("CustomIntegration", ocean.integration).run


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
    try:
        current_run().begin(cast(CustomPortAppConfig, event.port_app_config).resources)
    except SettingsError:
        await report_failed()
        raise


@ocean.on_resync()
async def on_resync(kind: str) -> AsyncIterator[list[dict[str, Any]]]:
    resource = cast(CustomResourceConfig, event.resource_config)
    async with aclosing(current_run().current.batches(resource)) as batches:
        async for batch in batches:
            yield batch


@ocean.on_incremental_resync()
async def on_incremental_resync(kind: str) -> AsyncIterator[list[dict[str, Any]]]:
    resource = cast(CustomResourceConfig, event.resource_config)
    incremental, moment = resource.selector.incremental, active_incremental_cursor()
    if incremental is None or moment is None:
        return
    async with aclosing(
        current_run().current.batches(resource, incremental.since(moment))
    ) as batches:
        async for batch in batches:
            yield batch


@ocean.on_probe()
async def on_probe(context: ProbeContext) -> ProbeContext:
    kinds = cast("CustomIntegration", ocean.integration).probed_kinds
    return await probe(context, ocean.integration_config, kinds)
