"""An answer as detection sees it: where its items are, and which items they are."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cli.detect.texts import jq_path, listed, plain, singular, without_extension
from errors import ResponseError

ITEM_KEYS = (
    "items", "data", "results", "value", "values", "records", "entries", "content", "elements",
    "rows", "objects", "list", "result", "nodes", "edges", "resources", "hits", "docs", "members",
)  # fmt: skip
"""Keys that usually hold a listing's items, the most usual first."""

IDENTIFYING = ("id", "uuid", "_id", "guid", "key", "identifier", "sys_id", "slug", "name", "login")
MAX_DEPTH = 6
MAX_OBJECTS = 2_000

Identity = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its items, and ``keys``, by which they are compared. ``refused`` tells how a
    request was turned down; there are no items then."""

    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    items: tuple[Any, ...] = ()
    keys: tuple[str, ...] = ()
    refused: str = ""
    format: str | None = None

    def read(self, path: ItemsPath, identity: Identity) -> Answer:
        """This answer with the items at ``path`` in."""
        items = tuple(path.find(self.body))
        return replace(self, items=items, keys=tuple(identity(item) for item in items))


@dataclass(frozen=True, slots=True)
class ItemsPath:
    """Where the items are: the keys from an answer's root to them."""

    keys: tuple[str, ...] = ()

    @property
    def jq(self) -> str:
        """As a ``data_path``."""
        return jq_path(*self.keys)

    def find(self, body: Any) -> Sequence[Any]:
        """The items in ``body``: an array's items, one object, or none where the path ends."""
        for key in self.keys:
            body = body.get(key) if isinstance(body, dict) else None
        if isinstance(body, list):
            return body
        return () if body is None else (body,)


@dataclass(frozen=True, slots=True)
class Located:
    """The place of the items, why it is that one, and other places that could have been meant."""

    path: ItemsPath
    evidence: str
    others: tuple[str, ...] = ()
    certain: bool = True


def locate(body: Any, url_path: str = "") -> Located | None:
    """Where a listing's items are in ``body``, or None if it is neither array nor object.

    ``url_path`` helps to choose between arrays: ``/teams`` has its items under ``teams``.
    """
    if isinstance(body, list):
        return Located(ItemsPath(), "the answer is an array")
    if not isinstance(body, dict):
        return None
    arrays = list(_arrays(body))
    if not arrays:
        return _one_object(body)
    names = _expected(url_path)
    best = min(arrays, key=lambda found: _rank(found[0], found[1], names))
    path = ItemsPath(best[0])
    rivals = [jq_path(*keys) for keys, array in arrays if keys != best[0] and _objects(array)]
    what = "objects" if _objects(best[1]) else "values"
    evidence = f"an array of {len(best[1])} {what}" if best[1] else "an empty array"
    if rivals:
        evidence += f"; other arrays of objects: {listed(rivals)}"
    named = plain(best[0][-1]) in names
    certain = not rivals and (bool(best[1]) or named)
    return Located(path, evidence, tuple(rivals), certain)


def identity_of(items: Sequence[Any]) -> Identity:
    """How items are told apart: by a field that identifies those in ``items``, else wholly."""
    for name in IDENTIFYING:
        found = [item.get(name) if isinstance(item, dict) else None for item in items]
        scalars = all(isinstance(v, str | int) and not isinstance(v, bool) for v in found)
        if found and scalars and len(set(map(str, found))) == len(found):
            return lambda item: _named(item, name)
    return _whole


def place_of(keys: Sequence[str], reference: Sequence[str]) -> int | None:
    """The index in ``reference`` at which a page of ``keys`` begins, as far as both reach."""
    if not keys or keys[0] not in reference:
        return None
    start = list(reference).index(keys[0])
    both = min(len(keys), len(reference) - start)
    return start if tuple(keys[:both]) == tuple(reference[start : start + both]) else None


def _arrays(body: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """The arrays in ``body`` that are not inside another array, breadth first."""
    pending: deque[tuple[tuple[str, ...], dict[str, Any]]] = deque([((), body)])
    for _ in range(MAX_OBJECTS):
        if not pending:
            return
        keys, value = pending.popleft()
        for key, inner in value.items():
            if isinstance(inner, list):
                yield (*keys, key), inner
            elif isinstance(inner, dict) and len(keys) < MAX_DEPTH:
                pending.append(((*keys, key), inner))


def _expected(url_path: str) -> list[str]:
    segments = [plain(without_extension(part)) for part in url_path.split("/") if part]
    own = [segments[-1], singular(segments[-1])] if segments else []
    return [*own, *ITEM_KEYS]


def _rank(keys: tuple[str, ...], array: list[Any], names: list[str]) -> tuple[int, int, int, int]:
    """The lowest is the best: objects, then a usual name, then near the root, then long."""
    name = plain(keys[-1])
    rank = names.index(name) if name in names else len(names)
    filled = 0 if _objects(array) else 1 if not array else 2
    # An empty listing beside a filled array of something else is the listing all the same.
    if not array and name in names:
        filled = 0
    return filled, rank, len(keys), -len(array)


def _objects(array: list[Any]) -> bool:
    return any(isinstance(item, dict) for item in array)


def _one_object(body: dict[str, Any]) -> Located:
    for key, value in body.items():
        inner = list(value.values()) if isinstance(value, dict) else []
        if len(inner) > 1 and all(isinstance(one, dict) for one in inner):
            hint = f"; if the objects in {jq_path(key)} are the items, it is {jq_path(key)}[]"
            return Located(ItemsPath(), f"one object without an array{hint}", certain=False)
    return Located(ItemsPath(), "one object without an array: taken as one item", certain=False)


def _named(item: Any, name: str) -> str:
    value = item.get(name) if isinstance(item, dict) else None
    return _whole(item) if value is None else str(value)


def _whole(item: Any) -> str:
    # A resync hands on what is no object as a value in one, and what it reads is compared, too.
    one = item if isinstance(item, dict) else {"value": item}
    try:
        return json.dumps(one, sort_keys=True)
    except RecursionError:
        raise ResponseError("the answer's items are nested too deeply to be compared") from None
