"""Where the records of a response are: the array at the leading plain path of ``data_path``."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from errors import ResponseError
from records import Keys, Records, Shape, records_of
from resync.extraction import shape_of

_STEP = r"""(?:\.[A-Za-z_]\w*|\."[^"\\]*"|\.?\["[^"\\]*"\]|\.?\[\d+\])\??"""
_PATH = re.compile(rf"(\.(?![A-Za-z_\"]|\[[^\]])|(?:{_STEP})+)\s*")
_STEPS = re.compile(r"""\.?\[?(?:"([^"\\]*)"|([A-Za-z_]\w*)|(\d+))\]?\??""")
_BEHIND = re.compile(rf"(?:\[\]\??|{_STEP})*")
_DELETES = re.compile(r"del\([^()]*\)\s*")
_NOTHING = frozenset({"[]", "empty", "null"})
_OPEN, _CLOSE = "([{", ")]}"

WHOLE = frozenset({".", "[.]"})
"""A ``data_path`` whose item can be the response itself."""


@dataclass(frozen=True, slots=True)
class RecordPath:
    """``alternatives`` are the paths that are tried in turn (``.a // .b``); ``iterates`` tells that
    what is there is taken apart by ``[]``, ``plain`` that nothing else is done with it."""

    alternatives: tuple[Keys, ...]
    iterates: bool = False
    plain: bool = True


@functools.lru_cache(maxsize=1024)
def record_path(data_path: str) -> RecordPath | None:
    """The path of the records, as far as ``data_path`` (jq) begins with a plain one; else None."""
    text = _unwrapped(data_path.strip())
    if text.startswith("map("):
        text = f". | {text}"
    keys: Keys = ()
    segments = list(_split(text, "|"))
    while segments and _DELETES.fullmatch(segments[0]):
        segments.pop(0)
    for index, segment in enumerate(segments):
        found = _segment(segment)
        if found is None:
            return RecordPath((keys,), plain=False) if index else None
        alternatives, iterates = found
        last = index == len(segments) - 1
        if last or iterates or len(alternatives) > 1:
            ways = tuple(keys + one for one in alternatives)
            return RecordPath(ways, iterates, plain=last)
        keys += alternatives[0]
    return None


def record_paths(data_path: str, items_to_parse: str | None) -> list[RecordPath]:
    """The paths that ``records_in`` counts by; none where the records cannot be counted."""
    inner = record_path(items_to_parse) if items_to_parse and data_path in WHOLE else None
    return [path for path in (record_path(data_path), inner) if path is not None]


def records_in(body: Any, data_path: str, items_to_parse: str | None) -> Records:
    """The records of a response. ``itemsToParse`` takes items apart, and says what is counted only
    where the one item is an object in place of an array, such as the whole response."""
    inner = record_path(items_to_parse) if items_to_parse else None
    if data_path in WHOLE and not (data_path == "." and isinstance(body, list | None)):
        if inner is not None and isinstance(body, dict):
            return _records_at(body, inner)
        return records_of([body], Shape.OBJECT, whole=True)
    path = record_path(data_path)
    found = _records_at(body, path)
    one = found.shape is Shape.OBJECT
    if path is not None and inner is not None and one and not path.iterates:
        keys, value = _first(body, path)
        nested = _records_at(value, inner)
        return replace(nested, level=(*keys, *(nested.level or ())))
    return found


def refuse_absent(body: Any, data_path: str) -> None:
    """Raises ``ResponseError`` where the plain path that ``data_path`` begins with is not there, so
    that its null says nothing of the items."""
    path = record_path(data_path)
    if path is None or len(path.alternatives) != 1 or "//" in data_path:
        return
    value = body
    for depth, key in enumerate(path.alternatives[0]):
        if not _holds(value, key):
            before = path.alternatives[0][:depth]
            walked = "".join(f".{one}" if isinstance(one, str) else f"[{one}]" for one in before)
            at = f"at {walked}" if walked else "in the answer"
            cure = f"({data_path}) // []"
            raise ResponseError(
                f"data_path {data_path!r} leads nowhere: there is no {key!r} {at}, which is "
                f"{shape_of(value)}. Correct data_path; where the API leaves the key out when "
                f"there is nothing, write {cure!r}."
            )
        value = value[key]


def refuse_value(records: Records, data_path: str) -> None:
    """Raises ``ResponseError`` where a text, number or flag stands in place of the records."""
    if records.shape is Shape.VALUE:
        raise ResponseError(
            f"data_path {data_path!r} leads to {records.shape}, where an array or an object was "
            f"expected. Correct data_path; where that is an item, write '[{data_path}]'."
        )


def _records_at(body: Any, path: RecordPath | None) -> Records:
    """The records of ``body``, all of which is fingerprinted where they cannot be told."""
    if path is None:
        return records_of([body], Shape.UNKNOWN, counted=False)
    keys, value = _first(body, path)
    level = keys[:-1] if keys else None
    if isinstance(value, list):
        return records_of(value, Shape.ARRAY, level)
    if value is None:
        return records_of([], Shape.NULL if body is None else Shape.UNKNOWN, level)
    if isinstance(value, dict) and path.iterates:
        return records_of(list(value.values()), Shape.OBJECT, level)
    if isinstance(value, dict) and path.plain:
        return records_of([value], Shape.OBJECT, level)
    lone = not isinstance(value, dict) and (path.plain or path.iterates)
    return records_of([body], Shape.VALUE if lone else Shape.UNKNOWN, level, counted=False)


def _first(body: Any, path: RecordPath) -> tuple[Keys, Any]:
    """The first alternative that leads to something, and what is there."""
    for keys in path.alternatives:
        value = body
        for key in keys:
            value = value[key] if _holds(value, key) else None
        if value is not None and value is not False:
            return keys, value
    return path.alternatives[-1], None


def _holds(value: Any, key: str | int) -> bool:
    """Whether a step of a path, a key or an index, leads from ``value`` to something."""
    if isinstance(key, str):
        return isinstance(value, dict) and key in value
    return isinstance(value, list) and key < len(value)


def _segment(text: str) -> tuple[tuple[Keys, ...], bool] | None:
    """The alternatives of ``.a // .b // []``, and whether they are taken apart, as also by
    ``(.a // [])[]``."""
    closes = _closes(text) if text.startswith("(") else -1
    if closes > 0 and text.startswith("[]", closes + 1) and _BEHIND.fullmatch(text, closes + 1):
        inner = _segment(text[1:closes].strip())
        return (inner[0], True) if inner else None
    ways: list[Keys] = []
    iterates = False
    for part in _split(_unwrapped(text), "//"):
        if ways and (part in _NOTHING or part.startswith("error(")):
            break
        found = _PATH.match(part)
        if found is None:
            return None
        behind = part[found.end() :].strip()
        if behind and not (behind.startswith("[]") and _BEHIND.fullmatch(behind)):
            return None
        iterates = iterates or bool(behind)
        ways.append(_keys(found.group(1)))
    return (tuple(ways), iterates) if ways else None


def _keys(path: str) -> Keys:
    return tuple(
        int(index) if index else quoted or name for quoted, name, index in _STEPS.findall(path)
    )


def _unwrapped(text: str) -> str:
    """``text`` without brackets around all of it; ``[.]`` keeps them, and what collects several
    things."""
    while text[:1] in ("(", "[") and text != "[.]" and _closes(text) == len(text) - 1:
        inner = text[1:-1].strip()
        if not inner or len(list(_split(inner, ","))) > 1:
            return text
        text = inner
    return text


def _closes(text: str) -> int:
    """Where the bracket that ``text`` begins with is closed, or -1."""
    return next((index for index, depth in _depths(text) if index and depth == 0), -1)


def _split(text: str, mark: str) -> Iterator[str]:
    """The parts of ``text`` between the ``mark`` outside of brackets and texts."""
    start = 0
    for index, depth in _depths(text):
        at_mark = text.startswith(mark, index) and text[index : index + 2] != "|="
        if depth == 0 and index >= start and at_mark and text[index] not in _CLOSE:
            yield text[start:index].strip()
            start = index + len(mark)
    yield text[start:].strip()


def _depths(text: str) -> Iterator[tuple[int, int]]:
    """The place and depth of each character outside of texts, brackets counted after them."""
    depth, index = 0, 0
    while index < len(text):
        if text[index] == '"':
            index += 1
            while index < len(text) and text[index] != '"':
                index += 2 if text[index] == "\\" else 1
        else:
            depth += (text[index] in _OPEN) - (text[index] in _CLOSE)
            yield index, depth
        index += 1
