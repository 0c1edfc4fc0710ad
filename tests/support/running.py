"""Resyncs without Ocean core: what a run yields of an API that answers as a test says."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from client.retry import RetryPolicy
from mapping import CustomResourceConfig
from resync.run import Run
from settings import parse_settings
from tests.support.canned import CannedApi

ONCE = RetryPolicy(attempts=1)


def parsed(resource: dict[str, Any]) -> CustomResourceConfig:
    return CustomResourceConfig.parse_obj(resource)


@dataclass
class Runs:
    """Runs that ask ``api``, which is served at ``url``."""

    api: CannedApi
    url: str
    settings: dict[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def opened(self, *resources: dict[str, Any], **settings: str) -> AsyncGenerator[Run]:
        """A run whose resync of ``resources`` has begun."""
        run = Run(parse_settings({"baseUrl": self.url, **self.settings, **settings}))
        try:
            run.begin([parsed(one) for one in resources])
            yield run
        finally:
            await run.aclose()

    async def items(self, *resources: dict[str, Any], **settings: str) -> list[dict[str, Any]]:
        """The items of all ``resources``, in the order in which they come."""
        async with self.opened(*resources, **settings) as run:
            return [item for one in resources for item in await items_of(run, one)]

    async def failure(self, resource: dict[str, Any], **settings: str) -> str:
        """What is told where ``resource`` cannot be read."""
        try:
            found = await self.items(resource, **settings)
        except Exception as error:
            return str(error)
        raise AssertionError(f"nothing failed: {found}")


async def items_of(run: Run, resource: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    async with aclosing(run.current.batches(parsed(resource), **more)) as batches:
        return [item async for batch in batches for item in batch]
