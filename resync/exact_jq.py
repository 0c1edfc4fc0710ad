"""Compiled jq programs over values, in this process. Nothing here can interrupt jq: whoever runs
expressions of users calls it in a process of its own, see ``resync.jq``."""

from __future__ import annotations

import functools
import re
import time
from typing import Any

import jq

EXACT = 2**53
"""jq computes in doubles: beyond this a whole number would come back as another one."""

_MARK = "\ue000exact:"
_MARKED = re.compile(f"{_MARK}(-?[0-9]+)\ue001")


def evaluate(program: str, value: Any, seconds: float) -> list[Any]:
    """All outputs of ``program`` for ``value``; whole numbers keep their exact value.

    Raises ``ValueError`` where jq reports an error, and where it still gives outputs after
    ``seconds``.
    """
    compiled = _compiled(program)
    if not _holds_large_numbers(value):
        return _outputs(compiled.input_value(value), seconds)
    outputs = _outputs(compiled.input_value(_protected(value)), seconds)
    return [_restored(output) for output in outputs]


@functools.cache
def _compiled(program: str) -> Any:
    return jq.compile(program)


def _outputs(outputs: Any, seconds: float) -> list[Any]:
    began = time.monotonic()
    found: list[Any] = []
    for output in outputs:
        found.append(output)
        if time.monotonic() - began > seconds:
            raise ValueError(f"it still gave outputs after {seconds:.0f} s, {len(found):,} of them")
    return found


def _holds_large_numbers(value: Any) -> bool:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, int) and not -EXACT <= item <= EXACT:
            return True
    return False


def _protected(value: Any) -> Any:
    """``value`` with each large number as a marked text, which jq hands through unchanged."""
    if isinstance(value, dict):
        return {key: _protected(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_protected(item) for item in value]
    if isinstance(value, int) and not -EXACT <= value <= EXACT:
        return f"{_MARK}{value}\ue001"
    return value


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _restored(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_restored(item) for item in value]
    if isinstance(value, str) and _MARK in value:
        whole = _MARKED.fullmatch(value)
        return int(whole.group(1)) if whole else _MARKED.sub(r"\1", value)
    return value
