"""jq expressions of the mapping, evaluated by Ocean's rules but never swallowing an error."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import Any

from port_ocean.context.ocean import ocean
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor

EXACT = 2**53
"""jq computes in doubles: beyond this a whole number would come back as another one."""

LONGEST_SECONDS = 5.0

_MARK = "\ue000exact:"
_MARKED = re.compile(f"{_MARK}(-?[0-9]+)\ue001")


def compile_expression(expression: str) -> Any:
    """The compiled program, cached by Ocean's processor. Raises ``ValueError`` for wrong jq."""
    processor = ocean.integration.entity_processor
    assert isinstance(processor, JQEntityProcessor)
    return processor._compile(expression)


def evaluate(expression: str, value: Any) -> list[Any]:
    """All outputs of ``expression`` for ``value``; whole numbers keep their exact value.

    Raises ``ValueError`` where jq reports an error, and where the outputs do not come to an end.
    """
    program = compile_expression(expression)
    if not _holds_large_numbers(value):
        return _outputs(program.input_value(value))
    return [_restored(output) for output in _outputs(program.input_value(_protected(value)))]


def _outputs(outputs: Iterable[Any]) -> list[Any]:
    began = time.monotonic()
    found: list[Any] = []
    for output in outputs:
        found.append(output)
        if time.monotonic() - began > LONGEST_SECONDS:
            raise ValueError(
                f"it still gave outputs after {LONGEST_SECONDS:.0f} s, {len(found):,} of them"
            )
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
