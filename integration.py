"""The integration as Ocean loads it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, cast

from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import EventType, TriggerType, event
from port_ocean.context.ocean import PortOceanContext
from port_ocean.core.handlers.port_app_config.api import APIPortAppConfig
from port_ocean.core.handlers.port_app_config.models import PortAppConfig, ResourceConfig
from port_ocean.core.integrations.mixins.utils import is_dsp_mode_enabled
from port_ocean.core.models import Entity
from port_ocean.core.ocean_types import INCREMENTAL_EVENT_LISTENER
from port_ocean.core.probe import ProbeConfig, ProbeContext
from pydantic.v1 import ValidationError

from entities import EntitiesStateApplier
from entities.processor import EntityProcessor
from errors import SettingsError
from mapping import CustomPortAppConfig, mapping_problems
from resync.exit_status import ExitStatusIntegration
from resync.one_at_a_time import OneAtATime, Work
from resync.one_mode import one_mode
from resync.run import Run
from resync.summary import Outcome
from settings import parse_settings
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
    EntityProcessorClass = EntityProcessor
    EntitiesStateApplierClass = EntitiesStateApplier

    def __init__(self, context: PortOceanContext) -> None:
        super().__init__(context)
        self._resyncs = OneAtATime()
        self._run: Run | None = None
        self._errors: list[Exception] = []
        self.probed_kinds: list[str] | None = None

    @property
    def run(self) -> Run:
        """The settings and the HTTP clients that all resyncs share, made when first needed.

        Raises ``SettingsError`` with every problem of the settings.
        """
        if self._run is None:
            settings = parse_settings(self.context.integration_config)
            self._run = Run(settings, cast(EntityProcessor, self.entity_processor).watching)
        return self._run

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
        """Runs a full resync; returns whether it succeeded. See ``OneAtATime`` for what happens
        while another is running."""
        resync = partial(super().sync_raw_all, _, trigger_type, user_agent_type, silent)
        if _ is None and trigger_type == "machine":
            return await self._resyncs.scheduled(partial(self._summed_up, resync))
        return await self._resyncs.asked_for(partial(self._summed_up, resync))

    async def sync_incremental(
        self,
        interval_seconds: int,
        trigger_type: TriggerType = "machine",
        user_agent_type: UserAgentType = UserAgentType.exporter,
    ) -> None:
        """Runs an incremental resync, after a full one that is running."""
        incremental = super().sync_incremental

        async def in_one_mode() -> None:
            async with one_mode(self.context.port_client):
                await incremental(interval_seconds, trigger_type, user_agent_type)

        await self._resyncs.alone(in_one_mode)

    async def process_resource(
        self, resource: ResourceConfig, index: int, user_agent_type: UserAgentType
    ) -> tuple[list[Entity], list[Exception]]:
        """Reads, maps and loads one resource; returns its entities and what went wrong.

        Where Port maps and loads (DSP mode), Ocean reports a resync as finished whatever went
        wrong, and Port deletes what it did not get. So the last resource raises what all had. And
        the first begins the resync: for what fails earlier, Ocean reports no end, and never stops
        asking Port whether the resync was aborted.
        """
        resources = cast(CustomPortAppConfig, event.port_app_config).resources
        full = event.event_type == EventType.RESYNC
        if full and index == 0:
            self.run.begin(resources)
        entities, errors = await super().process_resource(resource, index, user_agent_type)
        if full:
            self._errors += errors
            last = index == len(resources) - 1
            if self._errors and last and await is_dsp_mode_enabled():
                raise ExceptionGroup("kinds failed, so nothing is to be deleted", self._errors)
        return entities, errors

    async def _summed_up(self, resync: Work) -> bool:
        """Ends what the resync has opened, however it ends, before another begins."""
        outcome = Outcome.STOPPED
        try:
            async with one_mode(self.context.port_client):
                succeeded = await resync()
            outcome = Outcome.DONE if succeeded else Outcome.FAILED
        except Exception:
            outcome = Outcome.FAILED
            raise
        finally:
            # Their traces hold what was read last.
            self._errors = []
            if self._run is not None:
                await self._run.end(outcome)
        return succeeded
