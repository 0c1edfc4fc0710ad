"""Runs an ASGI application on a real socket, for as long as a ``with`` block lasts."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn

START_SECONDS = 20.0


@contextlib.contextmanager
def serve(app: Any, *, port: int = 0, certfile: str = "", keyfile: str = "") -> Iterator[str]:
    """Serves ``app`` from a thread of its own and yields its base URL, without a trailing slash.

    ``port`` 0 takes a free one. With ``certfile`` and ``keyfile`` it speaks TLS. The server
    stops when the block ends, whatever ends it. Raises ``OSError`` if the port cannot be used, and
    ``RuntimeError`` if the server does not start.
    """
    # Named TCP, so that asyncio turns off the delay of small packets.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        ssl_certfile=certfile or None,
        ssl_keyfile=keyfile or None,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        _wait_until_started(server, thread)
        scheme = "https" if certfile else "http"
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the local server did not start")
        time.sleep(0.01)
