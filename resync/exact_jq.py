"""jq programs over values, in this process. Nothing here can interrupt jq: whoever runs expressions
of users calls it in a process of its own, see ``resync.jq``."""

from __future__ import annotations

import functools
import time
from typing import Any

import jq
import msgspec


def evaluate(program: str, value: Any, seconds: float) -> list[Any]:
    """All outputs of ``program`` for ``value``; whole numbers keep their exact value.

    Raises ``ValueError`` where jq reports an error, where the program halts, and where it still
    gives outputs after ``seconds``.
    """
    outputs = _compiled(program).input_text(msgspec.json.encode(value).decode())
    began = time.monotonic()
    found: list[Any] = []
    for output in outputs:
        if output is None:
            return found
        if found and time.monotonic() - began > seconds:
            raise ValueError(f"it still gave outputs after {seconds:.0f} s, {len(found):,} of them")
        found.append(msgspec.json.decode(output))
    raise ValueError("it halted: outputs may be missing; where that is meant, use 'error'")


@functools.cache
def _compiled(program: str) -> Any:
    # The binding hands out numbers as doubles, so jq writes them down itself: it has kept what it
    # did not compute with. The program may end with a comment, even one with a backslash.
    # A program that halts gives no more outputs, without an error: null says that all are there.
    return jq.compile(f"(({program}\n\n) | tojson), null")
