"""From an answer's value to its items."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any

from errors import ResponseError
from resync.jq import evaluate

PLAIN_PATH = re.compile(r"\.[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
"""``.a.b``: what can be walked without jq, and what can say which key is not there."""

NAMED_KEY = re.compile(r"\.\"?([A-Za-z_]\w*)")
MAX_KEYS_SHOWN = 12
ERROR_KEYS = ("error", "errors")


def find_items(body: Any, data_path: str) -> list[Any]:
    """The items that ``data_path`` finds: an array's items, one object, or all jq outputs.

    Raises ``ResponseError`` where a plain path's key is absent or jq reports an error.
    """
    if data_path == ".":
        outputs = [body]
    elif PLAIN_PATH.fullmatch(data_path):
        outputs = [_walked(body, data_path)]
    else:
        try:
            outputs = evaluate(data_path, body)
        except ValueError as error:
            raise ResponseError(
                f"data_path {data_path!r} failed: {error}; the answer is {shape_of(body)}"
            ) from None
    if len(outputs) == 1:
        return _as_items(outputs[0])
    return [item for item in outputs if item is not None]


@functools.cache
def keys_in(data_path: str) -> frozenset[str]:
    """The keys that a ``data_path`` names, as far as they can be told from its text."""
    return frozenset(NAMED_KEY.findall(data_path))


def count_records(items: list[Any], items_to_parse: str) -> list[Any]:
    """The records inside ``items`` at Ocean's ``itemsToParse``, which are what a page is
    measured by; ``items`` themselves where that path leads to no array."""
    records: list[Any] = []
    for item in items:
        try:
            found = evaluate(items_to_parse, item)
        except ValueError:
            return items
        if not found or not isinstance(found[0], list):
            return items
        records.extend(found[0])
    return records


def refuse_error(body: Any, excerpt: str, flags: Sequence[str] = ("ok", "success")) -> None:
    """Raises ``ResponseError`` if ``body``, where items were looked for, is an error in disguise.

    ``excerpt`` is how it begins, secrets masked; one of the ``flags`` that is false tells of an
    error, too.
    """
    if not isinstance(body, dict):
        return
    failed = any(body.get(flag) is False for flag in flags)
    if failed or any(body.get(key) for key in ERROR_KEYS):
        raise ResponseError(
            f"the answer is {shape_of(body)}: an error with a status of success. It begins: "
            f"{excerpt!r}. Where that is an item, set data_path to '[.]'."
        )


def shape_of(value: Any) -> str:
    """What a value is, for an error text: its keys, never their values."""
    if isinstance(value, dict):
        if not value:
            return "an object without keys"
        keys = [str(key)[:40] for key in list(value)[:MAX_KEYS_SHOWN]]
        more = f" and {len(value) - len(keys)} more" if len(value) > len(keys) else ""
        return f"an object with the keys {', '.join(keys)}{more}"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    return "null" if value is None else f"a {type(value).__name__}"


def _walked(body: Any, path: str) -> Any:
    value, walked = body, ""
    for key in path[1:].split("."):
        if not isinstance(value, dict) or key not in value:
            at = f"at {walked}" if walked else "in the answer"
            raise ResponseError(
                f"data_path {path!r} leads nowhere: there is no {key!r} {at}, which is "
                f"{shape_of(value)}. Correct data_path; where the API leaves the key out when "
                f"there is nothing, write {path + ' // []'!r}."
            )
        value, walked = value[key], f"{walked}.{key}"
    if not isinstance(value, list | dict | None):
        raise ResponseError(
            f"data_path {path!r} leads to {shape_of(value)}, where an array or an object was "
            f"expected. Correct data_path; where that is an item, write '[{path}]'."
        )
    return value


def _as_items(output: Any) -> list[Any]:
    if output is None:
        return []
    return output if isinstance(output, list) else [output]
