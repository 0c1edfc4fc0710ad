"""From an answer's value to its items."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from errors import ResponseError

SIMPLE_PATH = re.compile(r"(\.|(?:\.[A-Za-z_]\w*)+)(\[\]|\s*//\s*\[\])?")
"""``.``, ``.a.b``, ``.a.b[]`` and ``.a.b // []``: what can be walked without jq."""

NAMED_KEY = re.compile(r"\.\"?([A-Za-z_]\w*)")
MAX_KEYS_SHOWN = 12
ERROR_KEYS = (
    *("error", "errors", "fault", "errorcode", "errormessage", "errormessages", "errcode", "err"),
    *("exception", "iserror", "haserrors", "odata.error"),
)
YES_KEYS = ("ok", "success", "issuccess", "succeeded")
STATE_KEYS = ("status", "code", "statuscode", "stat", "result")
STATUS_OBJECTS = ("status", "meta", "responsestatus")
MESSAGE_KEYS = frozenset({"message", "msg", "detail", "title", "code", "status", "type"})


def simple_outputs(body: Any, data_path: str) -> list[Any] | None:
    """What a ``SIMPLE_PATH`` finds in ``body``; None where only jq can tell.

    Raises ``ResponseError`` where the key of a plain path (``.a.b``) is absent.
    """
    simple = SIMPLE_PATH.fullmatch(data_path)
    if simple is None:
        return None
    path, rest = simple.groups()
    if not rest:
        return [body if path == "." else _walked(body, path)]
    found = body
    for key in path[1:].split(".") if path != "." else ():
        if not isinstance(found, dict):
            return None
        found = found.get(key)
    if rest == "[]":
        return found if isinstance(found, list) else None
    return [found] if isinstance(found, list | dict) else [[]] if found is None else None


def path_of_array(data_path: str) -> str | None:
    """The dot path (empty for the root) to the array that holds the items, if all can be in one."""
    simple = SIMPLE_PATH.fullmatch(data_path)
    return simple.group(1).strip(".") if simple else None


def outputs_elements(data_path: str) -> bool:
    """Whether ``data_path`` is a path with ``[]``: each element is an output of its own then."""
    simple = SIMPLE_PATH.fullmatch(data_path)
    return simple is not None and simple.group(2) == "[]"


def as_items(outputs: list[Any]) -> list[Any]:
    """The items in jq's outputs: an array's items, one object, or all outputs; null is none."""
    if len(outputs) == 1:
        return _as_items(outputs[0])
    return [item for item in outputs if item is not None]


@functools.cache
def keys_in(data_path: str) -> frozenset[str]:
    """The keys that a ``data_path`` names, as far as they can be told from its text."""
    return frozenset(NAMED_KEY.findall(data_path))


def refuse_error(body: Any, excerpt: str, *, item: bool = False) -> None:
    """Raises ``ResponseError`` if ``body``, where records were looked for, is an error in disguise.

    ``excerpt`` is how it begins, secrets masked. With ``item`` the body would be an item itself, in
    which only an error or nothing but a message counts.
    """
    if not isinstance(body, dict) or not body:
        return
    values = _plain_keys(body)
    failed = any(values.get(key) for key in ERROR_KEYS) or values.keys() <= MESSAGE_KEYS
    if not item:
        inner = (values.get(key) for key in STATUS_OBJECTS)
        failed = failed or _tells_failure(values) or any(map(_holds_failure, inner))
    if failed:
        raise ResponseError(
            f"the answer is {shape_of(body)}: an error with a status of success. It begins: "
            f"{excerpt!r}. Where that is an item, set data_path to '[.]'."
        )


def is_error_alone(value: Any) -> bool:
    """Whether ``value`` is an object that tells of a failure, and of nothing else: no record."""
    if not isinstance(value, dict):
        return False
    values = _plain_keys(value)
    if not values.keys() <= {*ERROR_KEYS, *YES_KEYS, *STATE_KEYS, *MESSAGE_KEYS}:
        return False
    return any(values.get(key) for key in ERROR_KEYS) or _tells_failure(values)


def _plain_keys(body: dict[Any, Any]) -> dict[str, Any]:
    """``body`` by its keys without regard to case, ``-`` and ``_``."""
    return {str(key).lower().replace("-", "").replace("_", ""): one for key, one in body.items()}


def _holds_failure(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    values = _plain_keys(value)
    return any(values.get(key) for key in ERROR_KEYS) or _tells_failure(values)


def _tells_failure(values: Mapping[str, Any]) -> bool:
    """Whether flags, states or numbers say so: ``success: false``, ``status: "error"``, 500, "404",
    40001 and -1; some APIs write 20000 where all is well."""
    if any(key in values and _is_no(values[key]) for key in YES_KEYS):
        return True
    texts = {key: str(values.get(key)).strip().lower() for key in STATE_KEYS}
    if any(text in ("error", "fail", "failed", "failure") for text in texts.values()):
        return True
    if any(text.startswith("-") and text[1:].isdecimal() for text in texts.values()):
        return True
    return any(text.isdecimal() and text[0] in "45" and int(text) >= 400 for text in texts.values())


def _is_no(value: Any) -> bool:
    return value is False or value == 0 or str(value).lower() == "false"


def refuse_half(body: Any, data_path: str, excerpt: Callable[[bytes], str]) -> None:
    """Raises ``ResponseError`` if ``body`` is a GraphQL answer with ``errors`` beside its data:
    some of what was asked for is missing then (GraphQL specification, section 7.1). A
    ``data_path`` that names ``errors`` looks at them itself. ``excerpt`` makes the first one's
    message short and masks its secrets.
    """
    if not isinstance(body, dict) or "data" not in body or "errors" in keys_in(data_path):
        return
    errors = body.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    if isinstance(first, dict) and "message" in first:
        message = excerpt(str(first["message"]).encode("utf-8", "replace"))
        raise ResponseError(
            "the answer has errors beside its data, so some of it is missing; the first: "
            f"{message!r}. Where they do not matter, name them in data_path: "
            f"'del(.errors) | {data_path}'."
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
