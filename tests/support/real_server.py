"""A third-party server as a process of its own, on a free port."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from cli.sail import KEPT, free_port
from tests.support import leash

START_SECONDS = 90.0
STOP_SECONDS = 15.0
STARTS = 3
SETTLED_SECONDS = 0.3

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_REQUEST = re.compile(r"\b(GET|POST|DELETE) (/[^\s\"{]*(?:\{[^}]*\})?)")
"""A query may be logged as it was sent, or as a Python dictionary."""


@dataclass
class RealServer:
    """A running server: its base URL, and the file with all that it prints."""

    url: str
    output: Path

    def __post_init__(self) -> None:
        self._seen = 0

    def requests(self) -> list[str]:
        """The requests that it has logged since this was asked last: ``GET /path?query``."""
        found = self._logged()
        deadline = time.monotonic() + SETTLED_SECONDS
        while time.monotonic() < deadline:
            time.sleep(0.05)
            if len(now := self._logged()) != len(found):
                found, deadline = now, time.monotonic() + SETTLED_SECONDS
        new, self._seen = found[self._seen :], len(found)
        return new

    def _logged(self) -> list[str]:
        text = _COLOUR.sub("", self.output.read_text(errors="replace"))
        return [f"{method} {path}" for method, path in _REQUEST.findall(text)]


@contextmanager
def running(
    arguments: Callable[[int], list[str]],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    ready: str = "/",
) -> Iterator[RealServer]:
    """Runs ``arguments`` (made for a port) in ``folder`` until the block ends, or this process.

    It is there once the path ``ready`` answers. Raises ``RuntimeError``, with what the server
    printed, if it ends before, and ``TimeoutError`` if it never answers.
    """
    output = folder / "output.log"
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    own = {"HOME": str(folder), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", **(environment or {})}
    for _ in range(STARTS):
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, leash.__file__, *arguments(port)],
                cwd=folder,
                env={**kept, **own},
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            if _answers(process, f"{url}{ready}"):
                yield RealServer(url, output)
                return
        finally:
            _stop(process)
    raise RuntimeError(f"the server does not start: {output.read_text(errors='replace')[-3000:]}")


def _answers(process: subprocess.Popen[bytes], url: str) -> bool:
    """Whether ``url`` answers before the process ends: somebody else may have taken its port.
    Raises ``TimeoutError`` if neither happens."""
    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False, timeout=5) as client:
        while process.poll() is None:
            try:
                return client.get(url).status_code < 500
            except httpx.TransportError:
                time.sleep(0.1)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{url} did not answer in {START_SECONDS:.0f} s")
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.terminate()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
