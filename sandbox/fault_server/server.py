"""Serves the matrix from a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections import Counter
from types import TracebackType
from typing import Self

from sandbox.fault_server.faults import FAULTS, FROM_THEN_ON, ON_EVERY_PAGE
from sandbox.fault_server.listing import Cell, Document, answer, dump, page_number
from sandbox.fault_server.wire import JSON, Exchange, Received, read_request

REFUSED = "refused"
"""After the page before the cell's, no connection is accepted any more."""


class FaultServer:
    """A context manager that serves at ``url``. Faults happen only while ``faulty`` is true.

    ``/everything`` answers with the records that were put into ``everything``, on one page.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.url = ""
        self._tls = tls
        self.faulty = False
        self.everything: list[Document] = []
        self.received: list[Received] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._times: Counter[tuple[Cell, int]] = Counter()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.listen()
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{port}"
        return self

    def listen(self) -> None:
        """Accepts connections, after they were refused at the same port again."""
        port = int(self.url.rpartition(":")[2] or 0)
        started = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", port, ssl=self._tls), self._loop
        )
        self._server = started.result(10)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def refuse(self) -> None:
        """Accepts no connection any more, until ``listen``."""
        self._loop.call_soon_threadsafe(self._hang_up)

    def _hang_up(self) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()

    async def _stop(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while (request := await read_request(reader)) is not None:
                self.received.append(request)
                if not await self._answer(request, writer):
                    break
        writer.close()

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> bool:
        """Answers; returns whether the connection stays open."""
        if request.path == "/everything":
            whole = dump({"items": self.everything})
            await Exchange(request, writer, [], whole).answer(headers=[JSON], body=whole)
            return True
        cell = Cell.of(request.path)
        number = page_number(cell, request.query)
        headers, body = answer(cell, request.query, f"{self.url}{cell.path}")
        exchange = Exchange(request, writer, [JSON, *headers], dump(body))
        self._times[cell, number] += 1
        exchange.reached = self._times[cell, cell.position] > 0
        spent = cell.once and self._times[cell, number] > 1
        met = number == cell.position or cell.fault in ON_EVERY_PAGE
        met = met or (cell.fault in FROM_THEN_ON and number > cell.position)
        if self.faulty and met and not spent:
            await FAULTS[cell.fault](exchange)
        else:
            await exchange.answer(headers=exchange.headers, body=exchange.body)
        if self.faulty and cell.fault == REFUSED and number == cell.position - 1:
            self._hang_up()
        return not exchange.closing
