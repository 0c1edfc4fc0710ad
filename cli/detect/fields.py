"""The fields of items, and the property of a blueprint that each makes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cli.detect.texts import jq_path, legal, title_of

MOST_FIELDS = 100
EXACT = 2**53
"""Port keeps numbers as doubles: a larger whole number is kept as text."""

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"  # RFC 3339 section 5.6
)
PERSON = re.compile(
    r"owner|assignee|author|creator|reporter|manager|maintainer|lead|approver|reviewer|user"
    r"|(created|updated|deployed|modified|opened|closed)_?by",
    re.IGNORECASE,
)
AS_TEXT = "if . == null then null else tostring end"


@dataclass(frozen=True, slots=True)
class Property:
    """A property: its key in Port, its JSON schema, and the jq expression for its value."""

    name: str
    key: str
    schema: dict[str, Any]
    expression: str


@dataclass(frozen=True, slots=True)
class Fields:
    """The properties of items, and those fields that make none, with the reason."""

    properties: tuple[Property, ...]
    left_out: tuple[tuple[str, str], ...] = ()


def as_objects(items: Sequence[Any]) -> list[dict[str, Any]]:
    """Items as a resync hands them on: what is no object becomes ``{"value": item}``."""
    return [item if isinstance(item, dict) else {"value": item} for item in items]


def values_of(items: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """By field: the values of all items that have one, null left out."""
    found: dict[str, list[Any]] = {}
    for item in items:
        for name, value in item.items():
            values = found.setdefault(name, [])
            if value is not None:
                values.append(value)
    return found


def read_fields(
    items: Sequence[dict[str, Any]], left_out: Sequence[tuple[str, str]] = ()
) -> Fields:
    """The properties that ``items`` need, beside fields that were ``left_out`` of them already."""
    properties: list[Property] = []
    left_out = list(left_out)
    keys: set[str] = set()
    for name, values in values_of(items).items():
        if not values:
            left_out.append((name, "it never has a value"))
        elif len(properties) == MOST_FIELDS:
            left_out.append((name, f"there are {MOST_FIELDS} properties already"))
        else:
            key = _unused(legal(name), keys)
            keys.add(key)
            properties.append(_property(name, key, values))
    return Fields(tuple(properties), tuple(left_out))


def schema_of(name: str, values: Sequence[Any]) -> dict[str, Any] | None:
    """The JSON schema for ``values``, none of them null; None where they are of several types."""
    if all(isinstance(value, bool) for value in values):
        return {"type": "boolean"}
    if all(_is_number(value) for value in values):
        exact = all(not isinstance(value, int) or abs(value) <= EXACT for value in values)
        return {"type": "number"} if exact else None
    if all(isinstance(value, str) for value in values):
        return {"type": "string", **_format(name, [value for value in values if value])}
    if all(isinstance(value, dict) for value in values):
        return {"type": "object"}
    if all(isinstance(value, list) for value in values):
        return {"type": "array", **_items([one for value in values for one in value])}
    return None


def _property(name: str, key: str, values: list[Any]) -> Property:
    schema = schema_of(name, values)
    path = jq_path(name)
    title = {"title": title_of(name)}
    if schema is None:
        return Property(name, key, {**title, "type": "string"}, f"{path} | {AS_TEXT}")
    if "format" in schema and "" in values:
        # An empty text is no URL, no address and no time.
        path = f'{path} | if . == "" then null else . end'
    return Property(name, key, {**title, **schema}, path)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _format(name: str, texts: Sequence[str]) -> dict[str, str]:
    if not texts:
        return {}
    if all(DATE_TIME.fullmatch(text) for text in texts):
        return {"format": "date-time"}
    if all(EMAIL.fullmatch(text) for text in texts):
        return {"format": "user" if PERSON.search(name) else "email"}
    return {"format": "url"} if all(map(_is_url, texts)) else {}


def _is_url(text: str) -> bool:
    if not text.startswith(("http://", "https://")) or not text.isprintable() or " " in text:
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False


def _items(values: Sequence[Any]) -> dict[str, Any]:
    schema = schema_of("", values) if values else None
    # Of objects and arrays only that they are such is told.
    return {"items": {"type": schema["type"]}} if schema else {}


def _unused(key: str, taken: set[str]) -> str:
    number, free = 2, key
    while free in taken:
        free, number = f"{key}_{number}", number + 1
    return free
