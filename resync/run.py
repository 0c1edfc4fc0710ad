"""What all kinds of a run share, and the way of one kind through it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from auth import build_auth
from client import HttpClient, Origin, Redactor
from mapping import CustomResourceConfig
from resync.fan_out import Failures
from resync.listing import ListingReader
from resync.path_parameters import listings
from resync.plan import build_plan
from resync.side_by_side import read_side_by_side
from settings import Settings

CHANGING_METHODS = frozenset({"DELETE", "PATCH"})


class Run:
    """The settings, the one HTTP client, and what the present resync has learned."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        origin = Origin.of(settings.base_url)
        self.client = HttpClient(
            origin=origin,
            auth=build_auth(settings, origin.covers),
            redactor=build_redactor(settings),
            timeout=settings.timeout,
            verify_ssl=settings.verify_ssl,
            max_concurrent=settings.max_concurrent_requests,
            max_response_bytes=settings.max_response_bytes,
        )
        self._reader = ListingReader(self.client)

    def start_resync(self) -> None:
        """Forgets what an earlier resync has learned of page sizes and warned about."""
        self._reader = ListingReader(self.client)

    async def batches(self, resource: CustomResourceConfig) -> AsyncGenerator[list[dict[str, Any]]]:
        """Yields the items of one resource in batches.

        Raises ``SettingsError`` before any request if the resource is wrong; any other error
        once all that can be read was yielded.
        """
        plan = build_plan(self.settings, resource)
        if plan.endpoint.method in CHANGING_METHODS:
            self._reader.warn_once(
                f"method {plan.kind}",
                f"kind {plan.kind}: every page is asked for by {plan.endpoint.method}, which "
                "usually changes what it names",
            )
        failures = Failures(plan.kind)
        workers = self.client.max_concurrent
        sources = listings(plan, self._reader, workers, failures)
        batches = read_side_by_side(sources, self._reader.pages, workers, failures)
        async with aclosing(batches):
            async for batch in batches:
                yield batch

    async def aclose(self) -> None:
        """Closes the connections to the API."""
        await self.client.aclose()


def build_redactor(settings: Settings) -> Redactor:
    """Masks the settings' secrets; of basic authentication also what its header carries."""
    secrets = list(settings.secrets)
    if settings.username and settings.password:
        secrets.append(f"{settings.username}:{settings.password.get_secret_value()}")
    return Redactor(secrets)
