"""The integration as Ocean loads it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, cast

from loguru import logger
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import TriggerType
from port_ocean.context.ocean import PortOceanContext
from port_ocean.core.handlers.port_app_config.api import APIPortAppConfig
from port_ocean.core.handlers.port_app_config.models import PortAppConfig
from port_ocean.core.ocean_types import INCREMENTAL_EVENT_LISTENER
from port_ocean.core.probe import ProbeConfig, ProbeContext
from pydantic.v1 import ValidationError

from entities import EntitiesStateApplier
from errors import SettingsError
from mapping import CustomPortAppConfig, mapping_problems
from resync.exit_status import ExitStatusIntegration
from settings.preflight import stop_on_wrong_settings

stop_on_wrong_settings()


class CustomPortAppConfigHandler(APIPortAppConfig):
    """Reads the mapping from Port; one that is wrong is told with its places."""

    CONFIG_CLASS = CustomPortAppConfig
    _any_kind: list[INCREMENTAL_EVENT_LISTENER] | None = None

    async def get_port_app_config(self, use_cache: bool = True) -> PortAppConfig:
        """The mapping. Raises ``SettingsError`` with every problem of a wrong one."""
        try:
            config = await super().get_port_app_config(use_cache)
        except ValidationError as error:
            raise SettingsError(mapping_problems(error), subject="the mapping") from None
        self._name_incremental_kinds(cast(CustomPortAppConfig, config))
        return config

    def _name_incremental_kinds(self, config: CustomPortAppConfig) -> None:
        """Ocean syncs by increments only kinds that are registered by name, and here the mapping
        names them: what was registered for any kind is registered for those."""
        registered = self.context.integration.event_strategy.incremental
        self._any_kind = registered.pop(None, None) or self._any_kind
        registered.clear()
        for resource in config.resources:
            if resource.selector.incremental and self._any_kind:
                registered[resource.kind] = self._any_kind


class CustomIntegration(ExitStatusIntegration):
    """Ocean's integration, with this project's mapping and with resyncs that never overlap."""

    AppConfigHandlerClass = CustomPortAppConfigHandler
    EntitiesStateApplierClass = EntitiesStateApplier

    def __init__(self, context: PortOceanContext) -> None:
        super().__init__(context)
        self._running: asyncio.Task[bool] | None = None
        self.probed_kinds: list[str] | None = None

    async def run_probe(
        self, probe_id: str | None = None, config: ProbeConfig | None = None
    ) -> ProbeContext:
        """Runs ``ocean probe``. Ocean would refuse every ``--kinds``: it knows none by name. Here
        the mapping names them, so they are left to the listener."""
        await self.initialize_handlers()
        self.probed_kinds = config.kinds if config else None
        return await super().run_probe(probe_id, replace(config, kinds=None) if config else None)

    async def sync_raw_all(
        self,
        _: dict[Any, Any] | None = None,
        trigger_type: TriggerType = "machine",
        user_agent_type: UserAgentType = UserAgentType.exporter,
        silent: bool = True,
    ) -> bool:
        """Runs a full resync; returns whether it succeeded.

        Ocean would abort a running resync when the next one is due, so one that takes longer
        than the resync interval would never end. Here a scheduled resync that finds another
        running joins it. One that was asked for (a changed mapping, a person) replaces it, and
        starts when the other has ended.
        """
        scheduled = _ is None and trigger_type == "machine"
        running = self._running
        if running and not running.done():
            if scheduled:
                logger.warning("A resync is due while one is still running: it is left to finish")
                return await asyncio.shield(running)
            logger.info("A resync was asked for: the one that is running is stopped first")
            running.cancel()
            await asyncio.wait([running])
        resync = super().sync_raw_all(_, trigger_type, user_agent_type, silent)
        self._running = asyncio.create_task(resync)
        return await self._running
