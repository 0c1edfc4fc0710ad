"""Where a setting's path leads in a response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from settings.checks import JQ_MARKS

MISSING: Final = object()
"""A path leads nowhere; None is a JSON null that is there."""


def is_jq(path: str) -> bool:
    """Whether ``path`` is a jq expression, not a dot path."""
    return any(mark in path for mark in JQ_MARKS)


def looks_back(path: str) -> bool:
    """Whether a dot path counts from the end of an array (``data.-1.id``)."""
    return not is_jq(path) and any(_is_index(part) and part[0] == "-" for part in path.split("."))


def as_jq(path: str) -> str:
    """``path`` as a jq expression: ``data.-1.id`` is ``.["data"][-1]["id"]``."""
    if is_jq(path):
        return path
    parts = (part if _is_index(part) else json.dumps(part) for part in path.split("."))
    return "." + "".join(f"[{part}]" for part in parts)


def dig(body: Any, path: str) -> Any:
    """The value at a dot path (``meta.next``, ``pages.0.cursor``, ``data.-1.id``), or ``MISSING``.
    A key that holds dots itself, as ``@odata.nextLink``, comes before its parts."""
    if isinstance(body, dict):
        if path in body:
            return body[path]
        end = len(path)
        while (end := path.rfind(".", 0, end)) > 0:
            if path[:end] in body:
                found = dig(body[path[:end]], path[end + 1 :])
                if found is not MISSING:
                    return found
    elif isinstance(body, list):
        part, _, rest = path.partition(".")
        if _is_index(part) and -len(body) <= int(part) < len(body):
            value = body[int(part)]
            return dig(value, rest) if rest else value
    return MISSING


def find(path: str, body: Any, headers: Mapping[str, str], evaluated: Mapping[str, Any]) -> Any:
    """The value that ``path`` leads to: a literal key, a dot path, a header's name, or a jq
    expression; ``MISSING`` where it leads nowhere.

    ``headers`` are looked up by lower-case names. ``evaluated`` holds, by path, what needs the
    whole body or jq.
    """
    if path in evaluated:
        return evaluated[path]
    value = dig(body, path)
    return headers.get(path.lower(), MISSING) if value is MISSING else value


def _is_index(part: str) -> bool:
    return part.removeprefix("-").isdecimal()
