"""The exit status of a command that ends: ``ocean sail -O`` and ``ocean probe``.

Ocean ends both with 0, whatever came of them: its listener for one resync catches every error, and
a failed check is only a line in the probe's report.
"""

from __future__ import annotations

from typing import Any, NoReturn, cast

import click
from port_ocean.clients.port.types import UserAgentType
from port_ocean.context.event import TriggerType
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.integrations.base import BaseIntegration
from port_ocean.core.models import Entity, EventListenerType
from port_ocean.core.probe import ProbeCheckStatus, ProbeConfig, ProbeContext, ProbeStatus

from entities import EntitiesStateApplier, current_upserts

FAILURE = 1


def end_with_failure() -> None:
    """The command that is running ends with status 1, once it has ended by itself.

    Nothing happens outside of a command, as where a test or another program runs Ocean.
    """
    context = click.get_current_context(silent=True)
    if context is not None:
        context.call_on_close(_exit)


def _exit() -> NoReturn:
    raise click.exceptions.Exit(FAILURE)


class ExitStatusIntegration(BaseIntegration):
    """Ocean's integration, whose commands that end show by their status whether all went well.

    One that keeps running, such as with the event listener ``POLLING``, never ends because of this.
    """

    async def sync_raw_all(
        self,
        _: dict[Any, Any] | None = None,
        trigger_type: TriggerType = "machine",
        user_agent_type: UserAgentType = UserAgentType.exporter,
        silent: bool = True,
    ) -> bool:
        """Runs a full resync; returns whether it succeeded."""
        succeeded = False
        try:
            result = await super().sync_raw_all(_, trigger_type, user_agent_type, silent)
            succeeded = bool(result)
        finally:
            self._ended_well(succeeded)
        return succeeded

    async def process_resource(
        self, resource: ResourceConfig, index: int, user_agent_type: UserAgentType
    ) -> tuple[list[Entity], list[Exception]]:
        """Syncs one resource; returns its entities and the errors.

        Of an incremental resync Ocean says nowhere else that it failed.
        """
        entities, errors = await super().process_resource(resource, index, user_agent_type)
        upserts = current_upserts()
        self._ended_well(not errors and not (upserts.final and upserts.refused_keys))
        return entities, errors

    async def sync_incremental(
        self,
        interval_seconds: int,
        trigger_type: TriggerType = "machine",
        user_agent_type: UserAgentType = UserAgentType.exporter,
    ) -> None:
        """Runs an incremental resync of the resources that say how."""
        well = False
        try:
            await super().sync_incremental(interval_seconds, trigger_type, user_agent_type)
            well = True
        finally:
            self._ended_well(well)

    async def sort_and_upsert_failed_entities(self, user_agent_type: UserAgentType) -> None:
        """Tries again, at the end of a full resync, what Port refused."""
        cast(EntitiesStateApplier, self.entities_state_applier).watch()
        await super().sort_and_upsert_failed_entities(user_agent_type)
        self._ended_well(not current_upserts().refused_keys)

    async def run_probe(
        self, probe_id: str | None = None, config: ProbeConfig | None = None
    ) -> ProbeContext:
        """Runs ``ocean probe``; returns what it found."""
        context = await super().run_probe(probe_id, config)
        failed = any(check.status == ProbeCheckStatus.FAILURE for check in context.checks)
        if failed or context.status == ProbeStatus.FAILED:
            end_with_failure()
        return context

    def _ended_well(self, well: bool) -> None:
        once = self.context.config.event_listener.type == EventListenerType.ONCE
        if once and not well:
            end_with_failure()
