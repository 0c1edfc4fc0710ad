"""``{name}`` and ``{name.key}`` in the texts of a request: found, and replaced by values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from errors import ResponseError

PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w-]*(?:\.[^{}]+)?)\}")
BRACES = re.compile(r"\{([^{}]*)\}")


def texts_in(value: Any) -> Iterator[str]:
    """The texts in a JSON value, at any depth; the keys of objects are left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(inner)


def keys_in(value: Any) -> Iterator[str]:
    """The keys of the objects in a JSON value, at any depth."""
    if isinstance(value, Mapping):
        yield from map(str, value)
    inner = value.values() if isinstance(value, Mapping) else value
    if isinstance(value, Mapping | list | tuple):
        for one in inner:
            yield from keys_in(one)


def placeholders(*values: Any) -> set[str]:
    """The placeholders (``name``, ``name.key``) in all texts of ``values``, which are JSON."""
    return {found for text in texts_in(values) for found in PLACEHOLDER.findall(text)}


def name_of(placeholder: str) -> str:
    """The parameter that a placeholder belongs to: ``user`` for ``user.group``."""
    return placeholder.partition(".")[0]


def replaced(value: Any, change: Callable[[str], Any]) -> Any:
    """A JSON value with ``change`` made to each of its texts."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: replaced(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [replaced(inner, change) for inner in value]
    return value


def filled(value: Any, values: Mapping[str, Any]) -> Any:
    """A JSON value with ``values``, by placeholder, in its texts.

    A text that is one placeholder alone becomes the value itself, so that a number stays one;
    braces around anything else stay as they are.
    """

    def change(text: str) -> Any:
        whole = PLACEHOLDER.fullmatch(text)
        if whole and whole.group(1) in values:
            return values[whole.group(1)]
        return PLACEHOLDER.sub(lambda found: _text_for(found, values), text)

    return replaced(value, change)


def filled_path(url: str, values: Mapping[str, Any], keeping_slashes: frozenset[str]) -> str:
    """``url`` with ``values`` in its path: one segment each, or several for the parameters in
    ``keeping_slashes``. Raises ``ResponseError`` for a value that cannot be several."""

    def encoded(found: re.Match[str]) -> str:
        placeholder = found.group(1)
        if placeholder not in values:
            return found.group()
        text = as_text(values[placeholder])
        if name_of(placeholder) in keeping_slashes:
            return several_segments(placeholder, text)
        return path_segment(text)

    return PLACEHOLDER.sub(encoded, url)


def path_segment(value: str) -> str:
    """``value`` as one path segment (RFC 3986): ``a/b`` stays one, ``..`` cannot climb."""
    encoded = quote(value, safe="")
    return encoded.replace(".", "%2E") if not encoded.strip(".") else encoded


def several_segments(placeholder: str, value: str) -> str:
    """``value`` as path segments, its slashes kept.

    Raises ``ResponseError`` where it would lead elsewhere: for ``?``, ``#``, and for segments that
    are empty, ``.`` or ``..``.
    """
    segments = value.split("/")
    if "?" in value or "#" in value or any(one in ("", ".", "..") for one in segments):
        raise ResponseError(
            f"path_parameters.{name_of(placeholder)}: {value!r} cannot be part of a path: with "
            "encode 'path' a value holds no '?' and no '#', and none of its segments is empty, "
            "'.' or '..'"
        )
    return "/".join(map(path_segment, segments))


def as_text(value: Any) -> str:
    """A scalar as requests carry it in path, query and headers: ``true`` for True."""
    if isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_param(value: Any) -> str:
    """The value of a query parameter: a scalar as text, an object or array as compact JSON."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return as_text(value)


def _text_for(found: re.Match[str], values: Mapping[str, Any]) -> str:
    placeholder = found.group(1)
    return as_text(values[placeholder]) if placeholder in values else found.group()
