"""Answers on disk, for one resync and one process."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import httpx
from loguru import logger

from client import Response
from client.redaction import is_secret_name


class ResponseStore:
    """Keeps answers by key in a temporary SQLite database, whose memory is bounded.

    Its file has no name from the start and can be read by its owner alone, so it is gone when it
    is closed and after any crash. One thread does all the work, in order. When the disk fails,
    the store closes with one warning: then nothing is kept, and nothing is found.
    """

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="response-store")
        self._database: sqlite3.Connection | None = None
        self._closed = False

    @property
    def usable(self) -> bool:
        """Whether it is open, and this is the process that opened it: a forked one is not."""
        return not self._closed and self._owner == os.getpid()

    async def get(self, key: bytes) -> Response | None:
        """The answer that was kept for ``key``, or None."""
        return await self._do(lambda database: _read(database, key))

    async def put(self, key: bytes, response: Response) -> None:
        """Keeps an answer, without the headers whose names say that they are secret."""
        await self._do(lambda database: _write(database, key, response))

    async def discard(self, keys: Iterable[bytes]) -> None:
        """Forgets the answers of ``keys``."""
        await self._do(lambda database: _delete(database, keys))

    def close(self) -> None:
        """Removes all; returns at once, and what is still being written is waited for."""
        if not self.usable:
            return
        self._closed = True
        self._thread.submit(self._close_database)
        self._thread.shutdown(wait=False)

    async def _do[T](self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        if not self.usable:
            return None
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._thread, lambda: work(self._opened())
            )
        except (sqlite3.Error, OverflowError) as error:
            if not self._closed:
                self.close()
                logger.warning(
                    f"What several listings of this resync need is asked for again each time: it "
                    f"cannot be kept on disk ({error}). Check the space in the temporary folder."
                )
            return None

    def _close_database(self) -> None:
        if self._database is not None:
            self._database.close()

    def _opened(self) -> sqlite3.Connection:
        if self._database is None:
            # Without a name it is SQLite's own temporary file, unlinked as soon as it is open.
            self._database = sqlite3.connect("", isolation_level=None)
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute(
                "CREATE TABLE answers (key BLOB PRIMARY KEY, about TEXT, content BLOB)"
            )
        return self._database


def _read(database: sqlite3.Connection, key: bytes) -> Response | None:
    found = database.execute("SELECT about, content FROM answers WHERE key = ?", (key,)).fetchone()
    if found is None:
        return None
    status, url, headers = json.loads(found[0])
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    return Response(status, httpx.Headers(raw), found[1], url)


def _write(database: sqlite3.Connection, key: bytes, response: Response) -> None:
    headers = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw
    ]
    public = [pair for pair in headers if not is_secret_name(pair[0])]
    about = json.dumps([response.status, response.url, public])
    database.execute(
        "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", (key, about, response.content)
    )


def _delete(database: sqlite3.Connection, keys: Iterable[bytes]) -> None:
    database.executemany("DELETE FROM answers WHERE key = ?", [(key,) for key in keys])
