"""One resync: what it learns, what it has left to close, and the way of one kind through it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractContextManager, aclosing, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from weakref import WeakSet

from entities.mapped import Mapped
from errors import ReadingStopped, SettingsError
from mapping import CustomResourceConfig
from pagination.page_budget import PageBudget
from resync.clients import Clients
from resync.fan_out import Failures
from resync.incremental import changed_since, newer
from resync.listing import ListingReader
from resync.path_parameters import listings
from resync.plan import ListingPlan, build_plan
from resync.progress import KindProgress, ResyncProgress
from resync.response_cache import ResponseCache, shared_endpoints
from resync.side_by_side import read_side_by_side
from resync.summary import Outcome, Summary
from settings import Settings

CHANGING_METHODS = frozenset({"DELETE", "PATCH"})

Batches = AsyncGenerator[list[dict[str, Any]]]
Watching = Callable[[CustomResourceConfig], AbstractContextManager[Mapped]]


def unwatched(_: CustomResourceConfig) -> AbstractContextManager[Mapped]:
    """Where nobody maps the items that are read."""
    return nullcontext(Mapped())


@dataclass(slots=True)
class _Reading:
    """Whether all of a kind was read: a generator that somebody has closed looks the same."""

    whole: bool = False


class Resync:
    """Everything that one resync learns, and what it has open. Nothing of it outlives it."""

    def __init__(
        self,
        settings: Settings,
        clients: Clients,
        resources: Sequence[CustomResourceConfig],
        watching: Watching,
    ) -> None:
        """Raises ``SettingsError`` with every problem of all resources and its place."""
        # Moments in the mapping are the same for all that a resync reads.
        self._now = datetime.now(UTC)
        plans = _plans(settings, resources, self._now)
        self._settings = settings
        self._clients = clients
        self._client = clients.api
        self._watching = watching
        self._cache = ResponseCache(self._client.send, shared_endpoints(plans))
        self._reader = ListingReader(self._client, clients.jq, self._cache)
        self._progress = ResyncProgress(len(plans))
        self._open: WeakSet[Batches] = WeakSet()

    async def batches(
        self, resource: CustomResourceConfig, since: datetime | None = None
    ) -> Batches:
        """Yields the items of one resource in batches: all, or what has changed ``since``.

        Raises ``SettingsError`` before any request if the resource is wrong; any other error
        once all that can be read was yielded; ``ReadingStopped`` where the resync has ended
        meanwhile: what Ocean has got is not the whole listing then.
        """
        reading = _Reading()
        batches = self._batches(resource, since, reading)
        self._open.add(batches)
        async with aclosing(batches):
            async for batch in batches:
                yield batch
        if not reading.whole:
            raise ReadingStopped(
                f"kind {self._client.redactor.text(resource.kind)}: the resync was ended before "
                "all of it was read"
            )

    async def aclose(self) -> None:
        """Stops what is still open, and removes the answers that were kept.

        Ocean does not close what it no longer reads, as when it is stopped between two batches.
        """
        self._cache.close()
        for batches in list(self._open):
            # One that is being read refuses: it ends with its reader.
            with suppress(RuntimeError):
                await batches.aclose()
        self._open.clear()
        await self._clients.jq.aclose()

    def report(self, outcome: Outcome) -> None:
        """Logs how the resync has ended, in one table."""
        self._progress.report(outcome)

    async def _batches(
        self, resource: CustomResourceConfig, since: datetime | None, reading: _Reading
    ) -> Batches:
        plan = build_plan(self._settings, resource, datetime.now(UTC) if since else self._now)
        # Only messages name it, and its query may hold a secret.
        plan = replace(plan, kind=self._client.redactor.text(plan.kind))
        incremental = resource.selector.incremental
        if incremental and since:
            plan = changed_since(plan, incremental.param, since)
        # What was answered earlier in a resync would hide what has changed since.
        reader = ListingReader(self._client, self._clients.jq) if since else self._reader
        _warn_of_method(plan, reader)
        failures = Failures(plan.kind)
        workers = self._client.max_concurrent
        budget = PageBudget(workers)
        reader = reader.of_kind(budget, failures.outage)
        sources = listings(plan, reader, workers, failures)
        with (
            KindProgress(plan, self._client, self._noted(since)) as progress,
            self._watching(resource) as mapped,
        ):
            read = progress.reading(reader.pages)
            batches = read_side_by_side(sources, read, workers, failures, budget)
            async with aclosing(batches):
                async for batch in batches:
                    if incremental and incremental.field and since:
                        batch = newer(batch, incremental.field, since, incremental.zone)
                    if batch:
                        yield batch
            # Ocean maps a batch before it asks for the next.
            mapped.refuse(plan.kind, self._client.redactor.excerpt, whole=since is None)
            progress.note_mapped(mapped)
            reading.whole = True

    def _noted(self, since: datetime | None) -> Callable[[Summary], None]:
        """Who is told how a kind has ended: the resync whose table it belongs to."""
        return (lambda _: None) if since else self._progress.add


def _plans(
    settings: Settings, resources: Sequence[CustomResourceConfig], now: datetime
) -> list[ListingPlan]:
    plans: list[ListingPlan] = []
    problems: list[str] = []
    for index, resource in enumerate(resources):
        try:
            plans.append(build_plan(settings, resource, now))
        except SettingsError as error:
            problems += [f"resources[{index}].{problem}" for problem in error.problems]
    if problems:
        raise SettingsError(problems, subject="the mapping")
    return plans


def _warn_of_method(plan: ListingPlan, reader: ListingReader) -> None:
    if plan.endpoint.method in CHANGING_METHODS:
        reader.warn_once(
            f"method {plan.kind}",
            f"kind {plan.kind}: every page is asked for by {plan.endpoint.method}, which "
            "usually changes what it names",
        )
