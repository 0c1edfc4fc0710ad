"""A whole resync through real Ocean core, into a local Port API in a process of its own."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from typing import Any

import httpx
import port_ocean.clients.port.utils as port_client_module
import port_ocean.context.ocean as ocean_context
import port_ocean.utils.signal as signal_module
from loguru import logger
from port_ocean.bootstrap import load_ocean_app
from pydantic.alias_generators import to_snake

from benchmarks.process import served_by

IDENTIFIER = "benchmark"
CREDENTIALS = {"client_id": "sandbox", "client_secret": "sandbox-secret"}


def port_api() -> AbstractContextManager[str]:
    """A Port API with an empty catalog; yields its base URL."""
    return served_by("sandbox.port_api")


async def resync(
    port_url: str, settings: dict[str, str], resource: dict[str, Any]
) -> tuple[float, int]:
    """Seconds that a full resync of one resource takes, and the entities in the catalog then."""
    logger.remove()
    async with httpx.AsyncClient(base_url=port_url, timeout=60) as port:
        token = (await port.post("/v1/auth/access_token", json=_camel(CREDENTIALS))).json()
        port.headers["Authorization"] = f"Bearer {token['accessToken']}"
        blueprint = {"identifier": "record", "title": "Record", "schema": {"properties": {}}}
        await port.post("/v1/blueprints", json={**blueprint, "relations": {}})
        _forget_ocean()
        app = load_ocean_app(".", _config(port_url, settings))
        await app.integration.initialize_handlers()
        config = {"resources": [resource], "entityDeletionThreshold": 1}
        record = {"installationId": IDENTIFIER, "installationAppType": "custom", "config": config}
        (await port.post("/v1/integration", json=record)).raise_for_status()
        began = time.perf_counter()
        if not await app.integration.sync_raw_all(silent=False):
            raise SystemExit("the resync failed")
        seconds = time.perf_counter() - began
        await signal_module.signal_handler.exit()
        query = {"combinator": "and", "rules": [_RULE]}
        found = (await port.post("/v1/entities/search", json=query)).json()["entities"]
    return seconds, len(found)


_RULE = {"property": "$blueprint", "operator": "=", "value": "record"}


def resource(kind: str, **selector: Any) -> dict[str, Any]:
    """A resource of the mapping, whose items are at ``.items``."""
    mappings = {"identifier": ".id", "blueprint": '"record"', "title": ".id"}
    return {
        "kind": kind,
        "selector": {"query": "true", "data_path": ".items", **selector},
        "port": {"entity": {"mappings": mappings}},
    }


def _config(port_url: str, settings: dict[str, str]) -> dict[str, Any]:
    config = {to_snake(name): value for name, value in settings.items()}
    return {
        "port": {**CREDENTIALS, "base_url": port_url},
        "integration": {"identifier": IDENTIFIER, "type": "custom", "config": config},
        "event_listener": {"type": "ONCE"},
        "send_raw_data_examples": False,
    }


def _camel(values: dict[str, str]) -> dict[str, str]:
    return {"clientId": values["client_id"], "clientSecret": values["client_secret"]}


def _forget_ocean() -> None:
    """Ocean keeps itself in globals, one for a process: makes room for the next."""
    ocean_context._port_ocean = ocean_context.PortOceanContext(None)
    port_client_module._port_internal_async_client = None  # type: ignore[assignment]
    for stack in (port_client_module._http_client, signal_module._signal_handler):
        while stack.top is not None:
            stack.pop()
    signal_module.init_signal_handler()
