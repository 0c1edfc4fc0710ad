"""Servers in processes of their own, so that they share nothing with what is measured."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served_by(module: str) -> Iterator[str]:
    """Runs a Python module that prints its base URL; yields that, and ends it with the block."""
    process = subprocess.Popen([sys.executable, "-m", module], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = next(line for line in process.stdout if "http://" in line)
        yield line[line.index("http://") :].split()[0].rstrip("/.,;")
    finally:
        process.terminate()
        process.wait()
