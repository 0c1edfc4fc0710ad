"""Ocean's own mapping code without a Port behind it."""

from __future__ import annotations

import contextlib
from typing import Any, cast

from port_ocean.context.ocean import ocean
from port_ocean.core.models import Blueprint
from port_ocean.exceptions.utils import SignalHandlerAlreadyInitialized
from port_ocean.ocean import Ocean
from port_ocean.utils.signal import init_signal_handler

from cli.preview.inputs import NO_PORT, ROOT, Blueprints
from entities.processor import EntityProcessor


class OfflinePort:
    """Stands where Ocean has its client for Port, and knows the blueprints of a file."""

    def __init__(self, blueprints: Blueprints) -> None:
        self._blueprints = blueprints

    async def get_blueprint(self, identifier: str, should_log: bool = True) -> Blueprint:
        """The blueprint of that identifier. Raises ``KeyError`` where there is none."""
        return Blueprint.parse_obj({"title": None, "team": None, **self._blueprints[identifier]})


async def start_offline(blueprints: Blueprints | None) -> None:
    """Makes Ocean's context with its entity processor; it opens no connection."""
    # Whoever runs this inside a process of their own may have one.
    with contextlib.suppress(SignalHandlerAlreadyInitialized):
        init_signal_handler()
    # Ocean looks for the integration's name and defaults where it is started.
    with contextlib.chdir(ROOT):
        app = Ocean(config_override=dict(NO_PORT))
    app.port_client = cast(Any, OfflinePort(blueprints or {}))
    app.integration.EntityProcessorClass = EntityProcessor
    await app.integration.initialize_handlers()


def entity_processor() -> EntityProcessor:
    """Ocean's own, as a resync has it."""
    processor = ocean.integration.entity_processor
    assert isinstance(processor, EntityProcessor)
    return processor
