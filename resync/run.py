"""What all resyncs of a process share: the settings, and the HTTP clients."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence

from mapping import CustomResourceConfig
from resync.clients import Clients
from resync.resync import Resync, Watching, unwatched
from resync.summary import Outcome
from settings import Settings


def spare_the_collector() -> None:
    """To be called once all is loaded: from now on the garbage collector passes over what is there.

    Each time that it looks at everything, the modules of Ocean alone hold up the event loop for
    about 40 ms.
    """
    gc.collect()
    gc.freeze()


class Run:
    """The settings, the HTTP clients, and the present resync (``current``).

    ``watching`` counts how the items of a resource are mapped, while they are read.
    """

    def __init__(self, settings: Settings, watching: Watching = unwatched) -> None:
        self.settings = settings
        self._watching = watching
        self._clients = Clients(settings)
        self.client = self._clients.api
        self.current = self._resync(())
        self._closing = asyncio.Lock()

    def begin(self, resources: Sequence[CustomResourceConfig]) -> Resync:
        """Begins a resync of ``resources``, which has learned nothing yet.

        Raises ``SettingsError`` with every problem of all resources and its place.
        """
        self.current = self._resync(resources)
        self._clients.forget_failed_login()
        return self.current

    async def end(self, outcome: Outcome) -> None:
        """Ends the present resync, if one has begun: stops what it has left, and sums it up."""
        async with self._closing:
            ended, self.current = self.current, self._resync(())
            await ended.aclose()
            ended.report(outcome)

    async def aclose(self) -> None:
        """Closes the connections to the API."""
        async with self._closing:
            await self.current.aclose()
            await self._clients.aclose()

    def _resync(self, resources: Sequence[CustomResourceConfig]) -> Resync:
        return Resync(self.settings, self._clients, resources, self._watching)
