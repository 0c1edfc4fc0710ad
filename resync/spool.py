"""Values that are found once and read several times, in flat memory."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import IO

from client.body import room_needed
from resync.discovery import Binding

BLOCK = 200
"""Bindings that are kept in memory at once: those that came first, and those that came last."""


class Spool:
    """Takes all that ``source`` yields, once, and yields it to any number of readers as it comes.

    What is not among the first or the last ``BLOCK`` bindings waits in a file without a name, which
    its owner alone can read.
    """

    def __init__(self, source: AsyncGenerator[Binding]) -> None:
        self._first: list[Binding] = []
        self._last = self._first
        self._places: list[tuple[int, int]] = []
        self._file: IO[bytes] | None = None
        self._size = 0
        self._more = asyncio.Event()
        self._ended = False
        self._readers = 0
        self._released = False
        self._filling = asyncio.create_task(self._fill(source))

    async def read(self) -> AsyncGenerator[Binding]:
        """Yields everything, from the first on; then raises what ``source`` has raised."""
        self._readers += 1
        at = 0
        try:
            while True:
                more = self._more
                found = self._block(at // BLOCK)[at % BLOCK :]
                for binding in found:
                    yield binding
                at += len(found)
                if not found:
                    if self._ended:
                        break
                    await more.wait()
            await asyncio.shield(self._filling)
        finally:
            self._readers -= 1
            self._end_if_unwanted()

    def release(self) -> None:
        """To be called where no other reader comes: the file goes with the last one."""
        self._released = True
        self._end_if_unwanted()

    async def aclose(self) -> None:
        """Ends what is still under way, and removes the file."""
        self._filling.cancel()
        await asyncio.gather(self._filling, return_exceptions=True)
        self._remove()

    def _block(self, number: int) -> list[Binding]:
        """The ``BLOCK`` bindings of that number, or as many as have come."""
        if number == 0:
            return self._first
        if number > len(self._places):
            return self._last
        assert self._file is not None
        offset, size = self._places[number - 1]
        with room_needed():
            content = os.pread(self._file.fileno(), size, offset)
        return [Binding(values, extras) for values, extras in json.loads(content)]

    async def _fill(self, source: AsyncGenerator[Binding]) -> None:
        try:
            async with aclosing(source):
                async for binding in source:
                    self._last.append(binding)
                    if len(self._last) == BLOCK:
                        self._put_away()
                        await asyncio.sleep(0)
                    self._wake()
        finally:
            self._ended = True
            self._wake()

    def _put_away(self) -> None:
        """Makes room for further bindings."""
        block, self._last = self._last, []
        if block is self._first:
            return
        content = json.dumps([(one.values, one.extras) for one in block]).encode()
        with room_needed():
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - see _remove
            self._file.write(content)
        self._places.append((self._size, len(content)))
        self._size += len(content)

    def _wake(self) -> None:
        self._more.set()
        self._more = asyncio.Event()

    def _end_if_unwanted(self) -> None:
        if self._released and not self._readers:
            self._filling.cancel()
            self._filling.add_done_callback(lambda _: self._remove())

    def _remove(self) -> None:
        if self._filling.done() and not self._filling.cancelled():
            self._filling.exception()
        if self._file is not None:
            self._file.close()
