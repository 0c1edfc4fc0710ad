"""A REST API that costs next to nothing: what it answers is made as it is asked for.

``/parents?offset=&limit=`` holds as many records as it is started with, and
``/parents/<id>/children`` one record for each; ``/large?bytes=`` is one array of about that many
bytes. Runs in a process of its own, so that it shares neither interpreter nor memory with what is
measured.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from sandbox.serving import serve


class Parents:
    """An ASGI application with ``count`` parents."""

    def __init__(self, count: int) -> None:
        self._count = count

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/large":
            await _large(int(parse_qs(scope["query_string"].decode())["bytes"][0]), send)
            return
        if scope["path"].endswith("/children"):
            body = b'{"items":[{"id":"only"}]}'
        else:
            query = parse_qs(scope["query_string"].decode())
            start, limit = int(query["offset"][0]), int(query["limit"][0])
            numbers = range(start, min(start + limit, self._count))
            rows = ",".join(f'{{"id":"parent-{number:08d}"}}' for number in numbers)
            body = f'{{"items":[{rows}]}}'.encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def _large(size: int, send: Any) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    text = "lorem ipsum " * 80
    sent = 0
    piece = b"["
    while sent < size:
        piece += b"".join(
            b'{"id":"item-%012d","text":"%b"},' % (sent + n, text.encode()) for n in range(64)
        )
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        sent += len(piece)
        piece = b""
    await send({"type": "http.response.body", "body": b'{"id":"last"}]'})


@contextmanager
def parents(count: int) -> Iterator[str]:
    """Serves ``count`` parents while the context is open; yields the base URL."""
    command = [sys.executable, "-m", "benchmarks.server", "--parents", str(count)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Serves until it is terminated."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parents", type=int, required=True)
    with serve(Parents(parser.parse_args().parents)) as url:
        print(url, flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
