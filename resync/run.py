"""What all kinds of a run share, and the way of one kind through it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from weakref import WeakSet

from errors import SettingsError
from mapping import CustomResourceConfig
from resync.clients import Clients
from resync.fan_out import Failures
from resync.incremental import changed_since, newer
from resync.listing import ListingReader
from resync.path_parameters import listings
from resync.plan import ListingPlan, build_plan
from resync.progress import KindProgress, ResyncProgress
from resync.response_cache import ResponseCache, shared_endpoints
from resync.side_by_side import read_side_by_side
from resync.summary import Summary
from settings import Settings

CHANGING_METHODS = frozenset({"DELETE", "PATCH"})


def spare_the_collector() -> None:
    """To be called once all is loaded: from now on the garbage collector passes over what is there.

    Each time that it looks at everything, the modules of Ocean alone hold up the event loop for
    about 40 ms.
    """
    gc.collect()
    gc.freeze()


class Run:
    """The settings, the HTTP clients, and what the present resync has learned."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._clients = Clients(settings)
        self.client = self._clients.api
        self._cache = ResponseCache(self.client.send)
        self._reader = ListingReader(self.client, self._clients.jq)
        self._progress = ResyncProgress(0)
        self._open: WeakSet[AsyncGenerator[list[dict[str, Any]]]] = WeakSet()
        self._closing = asyncio.Lock()
        self._ending: asyncio.Task[None] | None = None

    async def start_resync(self, resources: Sequence[CustomResourceConfig]) -> None:
        """Forgets what an earlier resync has learned, and learns what these resources share.

        Raises ``SettingsError`` with every problem of all resources and its place.
        """
        plans = self._plans(resources)
        await self.end_resync()
        self._cache = ResponseCache(self.client.send, shared_endpoints(plans))
        self._reader = ListingReader(self.client, self._clients.jq, self._cache)
        self._progress = ResyncProgress(len(plans))

    def resync_ended(self, resync: asyncio.Task[Any]) -> None:
        """To be called once a resync's task is done, however it ended: sums it up."""
        self._ending = asyncio.create_task(self._end(resync, self._progress))

    async def end_resync(self) -> None:
        """Stops what a resync has left, and removes the answers that were kept for it.

        Ocean does not close what it no longer reads, as when it is stopped between two batches.
        """
        self._cache.close()
        async with self._closing:
            for batches in list(self._open):
                # One that is being read refuses: it ends with its reader.
                with suppress(RuntimeError):
                    await batches.aclose()
            self._open.clear()
        await self._clients.jq.aclose()

    def batches(
        self, resource: CustomResourceConfig, since: datetime | None = None
    ) -> AsyncGenerator[list[dict[str, Any]]]:
        """Yields the items of one resource in batches: all, or what has changed ``since``.

        Raises ``SettingsError`` before any request if the resource is wrong; any other error
        once all that can be read was yielded.
        """
        batches = self._batches(resource, since)
        if since is None:
            self._open.add(batches)
        return batches

    async def aclose(self) -> None:
        """Closes the connections to the API."""
        if self._ending is not None:
            await asyncio.wait([self._ending])
        await self.end_resync()
        await self._clients.aclose()

    async def _end(self, resync: asyncio.Task[Any], progress: ResyncProgress) -> None:
        await self.end_resync()
        progress.tell(resync)

    async def _batches(
        self, resource: CustomResourceConfig, since: datetime | None
    ) -> AsyncGenerator[list[dict[str, Any]]]:
        plan = build_plan(self.settings, resource)
        # Only messages name it, and its query may hold a secret.
        plan = replace(plan, kind=self.client.redactor.text(plan.kind))
        incremental = resource.selector.incremental
        if incremental and since:
            plan = changed_since(plan, incremental.param, since)
        # What was answered earlier in a resync would hide what has changed since.
        reader = ListingReader(self.client, self._clients.jq) if since else self._reader
        if plan.endpoint.method in CHANGING_METHODS:
            reader.warn_once(
                f"method {plan.kind}",
                f"kind {plan.kind}: every page is asked for by {plan.endpoint.method}, which "
                "usually changes what it names",
            )
        failures = Failures(plan.kind)
        reader = reader.watched_by(failures.outage)
        workers = self.client.max_concurrent
        sources = listings(plan, reader, workers, failures)
        with KindProgress(plan, self.client, self._noted(since)) as progress:
            read = progress.reading(reader.pages)
            batches = read_side_by_side(sources, read, workers, failures)
            async with aclosing(batches):
                async for batch in batches:
                    if incremental and incremental.field and since:
                        batch = newer(batch, incremental.field, since)
                    if batch:
                        yield batch

    def _noted(self, since: datetime | None) -> Callable[[Summary], None]:
        """Who is told how a kind has ended: the resync whose table it belongs to."""
        return (lambda _: None) if since else self._progress.add

    def _plans(self, resources: Sequence[CustomResourceConfig]) -> list[ListingPlan]:
        plans: list[ListingPlan] = []
        problems: list[str] = []
        for index, resource in enumerate(resources):
            try:
                plans.append(build_plan(self.settings, resource))
            except SettingsError as error:
                problems += [f"resources[{index}].{problem}" for problem in error.problems]
        if problems:
            raise SettingsError(problems, subject="the mapping")
        return plans
