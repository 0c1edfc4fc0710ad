"""Runs ``ocean sail -O`` as a user would: a process of its own, with environment variables."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIME_LIMIT_SECONDS = 60
STOP_SECONDS = 5
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
"""What the process needs of this one's environment; a user's own OCEAN__ settings stay out."""


@dataclass(frozen=True, slots=True)
class Voyage:
    """How one run of Ocean ended: its exit status, what it printed, how long it took."""

    status: int
    output: str
    seconds: float

    def lines(self, level: str) -> list[str]:
        """The messages that were logged at ``level``, without time and level."""
        found = re.findall(rf"^\S+ \S+ \| {level}\s*\| (.*)$", self.output, re.MULTILINE)
        return [line.strip() for line in found]


def sail(
    environment: Mapping[str, str], *, level: str = "INFO", tick: Callable[[], None] | None = None
) -> Voyage:
    """Runs one resync with ``environment`` and returns when it has ended.

    ``tick`` is called about once a second meanwhile. The process is stopped if this one is
    interrupted or the run takes longer than a minute (then the status is not 0).
    """
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter's console script
            [*_ocean(), "sail", "-O", "-l", level, "-p", str(free_port())],
            cwd=ROOT,
            env={**{name: os.environ[name] for name in KEPT if name in os.environ}, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(process, began, tick)
        finally:
            _stop(process)
        output.seek(0)
        return Voyage(process.returncode, output.read(), time.monotonic() - began)


def free_port() -> int:
    """A TCP port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ocean() -> list[str]:
    return [str(Path(sys.executable).with_name("ocean"))]


def _wait(process: subprocess.Popen[bytes], began: float, tick: Callable[[], None] | None) -> None:
    while time.monotonic() - began < TIME_LIMIT_SECONDS:
        try:
            process.wait(timeout=1)
            return
        except subprocess.TimeoutExpired:
            if tick:
                tick()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and what it started, politely first."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, sign)
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue
