"""The mapping that a probe checks: the one in Port, or what a new installation begins with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import cast

import httpx
from port_ocean.context.ocean import ocean
from port_ocean.core.defaults.common import get_port_integration_defaults
from pydantic.v1 import ValidationError

from errors import SettingsError
from mapping import CustomPortAppConfig, mapping_problems

PORT_SECONDS = 20
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class ProbedMapping:
    """A mapping, and where it is from. ``warning`` says why it may not be the one that counts;
    ``is_default`` is whether it is that of a new installation."""

    config: CustomPortAppConfig
    source: str
    warning: str | None = None
    is_default: bool = False

    @property
    def told(self) -> str:
        """Where it is from and what it holds, in a line."""
        count = len(self.config.resources)
        text = f"{count} {'kind' if count == 1 else 'kinds'}, from {self.source}"
        return f"{text}: {self.warning}" if self.warning else text


async def probed_mapping() -> ProbedMapping:
    """Reads the mapping; a probe often runs before the installation is known to Port.

    Raises ``SettingsError`` with every problem of a wrong mapping.
    """
    handler = ocean.integration.port_app_config_handler
    try:
        async with asyncio.timeout(PORT_SECONDS):
            config = cast(CustomPortAppConfig, await handler.get_port_app_config(use_cache=False))
        if config.resources:
            return ProbedMapping(config, "Port")
        return _default("the mapping in Port is empty")
    except httpx.HTTPStatusError as error:
        if error.response.status_code == NOT_FOUND:
            return _default("Port does not know this installation yet")
        return _default(f"Port answered {error.response.status_code} when asked for its own")
    except (httpx.HTTPError, TimeoutError) as error:
        return _default(f"Port could not be asked for its own ({type(error).__name__})")


def _default(warning: str) -> ProbedMapping:
    try:
        defaults = get_port_integration_defaults(CustomPortAppConfig, ocean.config.resources_path)
    except ValidationError as error:
        raise SettingsError(mapping_problems(error), subject="the default mapping") from None
    config = cast(CustomPortAppConfig, defaults.port_app_config) if defaults else None
    source = f"the defaults ({ocean.config.resources_path})"
    return ProbedMapping(config or CustomPortAppConfig(), source, warning, is_default=True)
