"""Whether the API can still be reached: a kind whose requests all fail to connect is given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from errors import OceanCustomError, RequestError, ResponseError

UNREACHABLE_IN_A_ROW = 20
"""So many requests that failed to connect, none in between that did, are an outage."""


class GivenUp(OceanCustomError):
    """The rest of a kind is not read, because the API cannot be reached."""


class Outage:
    """Watches the requests of one kind, those of its discoveries included.

    Once the last ``UNREACHABLE_IN_A_ROW`` all failed to connect, those that are under way are
    given up, and every further one fails at once: what was read before goes on to Ocean, and what
    is left of a fan-out ends in a moment instead of hours.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._in_a_row = 0
        self._open: set[asyncio.Timeout] = set()
        self.error: GivenUp | None = None

    @asynccontextmanager
    async def watching(self) -> AsyncGenerator[None]:
        """Around the sending of one request. Raises ``GivenUp`` once the kind is given up."""
        self._require_none()
        try:
            # It has no end of its own: it is the way to break off what another task waits for.
            async with asyncio.timeout(None) as waiting:
                self._open.add(waiting)
                try:
                    yield
                finally:
                    self._open.discard(waiting)
        except TimeoutError:
            self._require_none()
            raise
        except RequestError as error:
            self._note(error)
            raise
        except ResponseError:
            self._in_a_row = 0
            raise
        self._in_a_row = 0

    def _require_none(self) -> None:
        if self.error is not None:
            # Without its trace, which would grow each time that it is raised.
            raise self.error.with_traceback(None)

    def _note(self, error: RequestError) -> None:
        self._in_a_row = self._in_a_row + 1 if error.unreachable else 0
        if self._in_a_row < UNREACHABLE_IN_A_ROW or self.error is not None:
            return
        self.error = GivenUp(
            f"kind {self._kind}: its last {UNREACHABLE_IN_A_ROW} requests all failed to connect, "
            f"so that the rest of it is not read. The last of them: {error}"
        )
        for waiting in self._open:
            waiting.reschedule(asyncio.get_running_loop().time())
