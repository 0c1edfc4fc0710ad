"""Resyncs through real Ocean core, in this process, against servers on real sockets."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

import port_ocean.clients.port.utils as port_client_module
import port_ocean.context.ocean as ocean_context
import port_ocean.utils.signal as signal_module
from port_ocean.bootstrap import load_ocean_app
from port_ocean.log.sensetive import sensitive_log_filter
from port_ocean.ocean import Ocean

from sandbox.port_api import PortApi
from sandbox.sample_api import SampleApi

IDENTIFIER = "core-test"

_OWN_PATTERNS = len(sensitive_log_filter.compiled_patterns)
"""The framework's masks before any Ocean has added its secrets."""
BLUEPRINTS = {"teams": "team", "services": "service", "deployments": "deployment"}


@dataclass
class Outcome:
    """How a resync ended."""

    succeeded: bool
    errors: list[str] = field(default_factory=list)

    @property
    def error(self) -> str:
        """All error texts in one."""
        return "\n".join(self.errors)


class Core:
    """A catalog, and resyncs of the sample API into it."""

    def __init__(self, catalog: PortApi, port_url: str, api: SampleApi, api_url: str) -> None:
        self.catalog = catalog
        self.api = api
        self._port_url = port_url
        self.api_url = api_url
        self.app: Ocean | None = None
        for blueprint in (*BLUEPRINTS.values(), "record"):
            catalog.add_blueprint(
                {
                    "identifier": blueprint,
                    "title": blueprint,
                    "schema": {"properties": {"name": {"type": "string"}}, "required": []},
                    "relations": {},
                }
            )

    def settings(
        self, pagination: str = "offset", auth: str = "none", **more: str
    ) -> dict[str, str]:
        """Integration settings for the sample API, in camelCase as a form would send them."""
        return {
            "baseUrl": f"{self.api_url}/{auth}/{pagination}",
            "authType": auth,
            "apiToken": self.api.token,
            "username": self.api.username,
            "password": self.api.password,
            "apiKey": self.api.api_key,
            "paginationType": pagination,
            **more,
        }

    async def resync(
        self, settings: dict[str, str], *resources: dict[str, Any], **config: Any
    ) -> Outcome:
        """One full resync of ``resources`` (see ``resource``) by a newly started Ocean."""
        app = await self.start(settings, *resources, **config)
        try:
            return Outcome(await app.integration.sync_raw_all(silent=False))
        except Exception as error:
            return Outcome(False, texts(error))
        finally:
            await signal_module.signal_handler.exit()

    async def start(
        self, settings: dict[str, str], *resources: dict[str, Any], **config: Any
    ) -> Ocean:
        """Ocean with this integration and mapping, ready to resync."""
        self.catalog.set_config(
            IDENTIFIER, {"resources": list(resources), "entityDeletionThreshold": 1}
        )
        forget_ocean()
        self.app = load_ocean_app(
            ".",
            {
                "port": {
                    "client_id": "sandbox",
                    "client_secret": "sandbox-secret",
                    "base_url": self._port_url,
                },
                "integration": {
                    "identifier": IDENTIFIER,
                    "type": "custom",
                    "config": {snake(name): value for name, value in settings.items()},
                },
                # Core forks these for every batch; one is quicker for small batches.
                "process_in_queue_max_workers": 1,
                **config,
            },
        )
        await self.app.integration.initialize_handlers()
        return self.app


def resource(
    kind: str,
    blueprint: str = "record",
    data_path: str | None = ".items",
    identifier: str = ".id",
    **selector: Any,
) -> dict[str, Any]:
    """A resource of the mapping; ``selector`` holds further selector keys."""
    if data_path is not None:
        selector["data_path"] = data_path
    mappings = {
        "identifier": identifier,
        "blueprint": f'"{blueprint}"',
        "properties": {"name": ".name"},
    }
    return {
        "kind": kind,
        "selector": {"query": "true", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def texts(error: BaseException) -> list[str]:
    """The texts of an error, of what caused it and of all it groups."""
    found = [str(error)]
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            found += texts(inner)
    if error.__cause__ is not None:
        found += texts(error.__cause__)
    return found


def forget_ocean() -> None:
    """Ocean keeps itself in globals, one for a process: makes room for the next."""
    ocean_context._port_ocean = ocean_context.PortOceanContext(None)
    port_client_module._port_internal_async_client = None  # type: ignore[assignment]
    while port_client_module._http_client.top is not None:
        port_client_module._http_client.pop()
    while signal_module._signal_handler.top is not None:
        signal_module._signal_handler.pop()
    signal_module.init_signal_handler()
    sensitive_log_filter.compiled_patterns[_OWN_PATTERNS:] = []
    while sys.path.count(".") > 1:
        sys.path.remove(".")
