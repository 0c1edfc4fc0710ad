"""The integration's own way from a resource to its items, without Ocean core."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from loguru import logger
from port_ocean.bootstrap import create_default_app
from port_ocean.ocean import Ocean
from port_ocean.utils.signal import init_signal_handler

from mapping import CustomResourceConfig
from resync.run import Run
from settings import parse_settings


@asynccontextmanager
async def running(settings: Mapping[str, str]) -> AsyncGenerator[Run]:
    """What the integration makes once, when it starts."""
    run = Run(parse_settings(settings))
    try:
        yield run
    finally:
        await run.aclose()


def batches(run: Run, kind: str, **selector: Any) -> AsyncGenerator[list[dict[str, Any]]]:
    """Yields the batches of one resource, whose ``data_path`` is ``.items``."""
    return run.current.batches(mapped(kind, **selector))


def mapped(kind: str, **selector: Any) -> CustomResourceConfig:
    """A resource of the mapping."""
    return CustomResourceConfig.parse_obj(
        {
            "kind": kind,
            "selector": {"query": "true", "data_path": ".items", **selector},
            "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"any"'}}},
        }
    )


def prepare_ocean() -> Ocean:
    """The context that the framework's HTTP client reads, without any Port."""
    logger.remove()
    init_signal_handler()
    return create_default_app(
        ".",
        None,
        {
            "port": {"client_id": "none", "client_secret": "none"},
            "integration": {"identifier": "benchmark", "type": "custom"},
        },
    )
