"""What surrounds the items of a large body, as little of it as signs and errors can be read from.

All that can be a sign of further pages or an error stays as it is, and more of the rest the sooner
it comes. What is not empty is not empty afterwards. ``resync.large_worker`` makes it from the body.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from errors import ResponseError
from pagination import places
from pagination.places import plain
from pagination.recognised import INNER_CURSORS, INNER_LINKS
from records import Keys
from resync import extraction
from resync.record_path import WHOLE, record_path

SIGN_BYTES = 1024 * 1024
"""Of what can be a sign or an error. More is refused: what is left out might say more."""

REST_BYTES = 256 * 1024
REST_CHARACTERS = 20_000
"""Of a text that can be neither, all of which may have ``REST_BYTES``."""

STUB_CHARACTERS = 100
STUBS = (200, 20)
"""How many keys of the root, and of what it holds, are kept whatever there is; below that one is,
so that nothing looks empty that is not."""

VALUE_BYTES = 16
"""What a value counts, beside its text and its key."""

SIGNS = frozenset().union(
    places.MORE_FLAGS, places.LAST_FLAGS, places.NEXT, places.CURSORS, places.PAGES,
    places.NUMBERS, places.TOTALS, *places.ONLY_MORE.values(), places.FIRST_FLAGS,
    places.PREVIOUS_FLAGS, places.PREVIOUS, places.LINK_OBJECTS, INNER_LINKS, INNER_CURSORS,
    ("offset", "value", "count", "rel", "relation"),
)  # fmt: skip
ERRORS = frozenset().union(
    extraction.ERROR_KEYS, extraction.YES_KEYS, extraction.STATE_KEYS, extraction.STATUS_OBJECTS,
    extraction.MESSAGE_KEYS,
)  # fmt: skip
PREFIXES = frozenset(places.PREFIXES)
LONGEST_PREFIX = max(map(len, PREFIXES))
WAY_TO_PREFIX = frozenset(one[:size] for one in PREFIXES for size in range(1, len(one) + 1))
WORDS = SIGNS | ERRORS | {word for one in PREFIXES for word in one}
DEEPEST_SIGN = 4
"""Steps from the object of a sign to the innermost of its values, as in ``links.next.href``."""


@dataclass(frozen=True, slots=True)
class Places:
    """What matters in a body: what is at ``paths`` (dot paths of settings), at recognised places
    below the root, and beside the records, which ``records`` lead to. ``whole`` tells that the body
    would be an item itself, so that what it holds may be what surrounds a listing."""

    paths: tuple[str, ...] = ()
    records: tuple[Keys, ...] = ()
    whole: bool = False

    def hold(self, way: Keys) -> bool:
        """Whether what is at ``way`` can be a sign or an error, or leads to one or to the items."""
        return self._may_hold(way[-1]) and (
            self._is_named(way)
            or any(way == one[: len(way)] for one in self.records)
            or _is_recognised(way, 0)
            or any(
                way[: len(one) - 1] == one[:-1] and _is_recognised(way, len(one) - 1)
                for one in self.records
            )
            # Beside an array in a list, its first objects are looked at, too.
            or (
                (way[0] in range(5) if isinstance(way[0], int) else self.whole)
                and (len(way) == 1 or _is_recognised(way, 1))
            )
        )

    def _may_hold(self, key: str | int) -> bool:
        """What can be said at once of nearly all keys of an object that has very many."""
        return (
            isinstance(key, int)
            or plain(key) in WORDS
            or any(key in one for one in self.records)
            or any(key in path for path in self.paths)
        )

    def _is_named(self, way: Keys) -> bool:
        """Whether a named path leads to ``way``, through it, or to the object that holds it."""
        if not self.paths:
            return False
        name = ".".join(map(str, way))
        holder = name.rpartition(".")[0]
        inner = plain(str(way[-1])) in SIGNS
        return any(
            path == name
            or path.startswith(f"{name}.")
            or (inner and (name.startswith(f"{path}.") or path.rpartition(".")[0] == holder))
            for path in self.paths
        )

    def name_elements(self, way: Keys) -> bool:
        """Whether a named path leads to an element of the array at ``way``."""
        name = "".join(f"{one}." for one in way)
        return any(path.startswith(name) for path in self.paths)


def _is_recognised(way: Keys, start: int) -> bool:
    """Whether a sign, an error or the way to one can be at ``way``, as seen from ``start``."""
    names = tuple(plain(one) if isinstance(one, str) else one for one in way[start:])
    if not names or names in WAY_TO_PREFIX:
        return bool(names)
    if len(names) <= 2 and names[-1] in ERRORS:
        return len(names) == 1 or names[0] in extraction.STATUS_OBJECTS
    if names[:2] == ("errors", 0):
        return names[2:] in ((), ("message",))
    return any(
        names[:size] in PREFIXES and _is_sign(names[size:])
        for size in range(min(LONGEST_PREFIX, len(names) - 1) + 1)
    )


def _is_sign(names: Keys) -> bool:
    if len(names) > DEEPEST_SIGN:
        return False
    return all(
        name in SIGNS if isinstance(name, str) else at and names[at - 1] in places.LINK_OBJECTS
        for at, name in enumerate(names)
    )


@dataclass(slots=True)
class _Frame:
    """An object or array that is being read, and how much of both budgets was left before it."""

    value: Any
    way: Keys
    index: int = 0
    key: str = ""
    stubs: int = 0
    signs_left: int = 0
    named: bool = False
    of_links: bool = False


@dataclass(slots=True)
class EnvelopeBuilder:
    """Takes the events of a parser (ijson's names) and makes a small ``value`` of them. Of arrays
    it keeps the first ``elements``, at most.

    Raises ``ResponseError`` where what matters has more than ``SIGN_BYTES``.
    """

    places: Places
    elements: int
    value: Any = None
    _frames: list[_Frame] = field(default_factory=list)
    _skipped: int = 0
    _signs_left: int = SIGN_BYTES
    _rest_left: int = REST_BYTES

    @property
    def skips(self) -> bool:
        """Whether what comes is inside of something that is left out."""
        return self._skipped > 0

    def event(self, event: str, value: Any) -> None:
        """Takes the next event."""
        if event in ("end_map", "end_array"):
            if self._skipped:
                self._skipped -= 1
            else:
                self._end(self._frames.pop())
        elif self._skipped:
            self._skipped += event in ("start_map", "start_array")
        elif event == "map_key":
            self._frames[-1].key = value
        else:
            container: Any = {"start_map": {}, "start_array": []}.get(event)
            self._add(value if container is None else container, container is not None)

    def _add(self, value: Any, opens: bool) -> None:
        frame = self._frames[-1] if self._frames else None
        before = self._signs_left
        way: Keys = ()
        if frame is None:
            self.value = value
        else:
            of_array = isinstance(frame.value, list)
            key: str | int = frame.index if of_array else frame.key
            frame.index += 1
            if of_array and frame.index > self.elements and not (frame.named or frame.of_links):
                self._skipped += opens
                return
            way = (*frame.way, key)
            kept, value = self._kept(frame, way, value)
            if not kept:
                self._skipped += opens
                return
            _put(frame, key, value)
        if opens:
            self._frames.append(self._opened(value, way, before))

    def _opened(self, value: Any, way: Keys, signs_left: int) -> _Frame:
        named = isinstance(value, list) and self.places.name_elements(way)
        last = way[-1] if way else 0
        of_links = isinstance(last, str) and plain(last) in places.LINK_OBJECTS
        return _Frame(value, way, signs_left=signs_left, named=named, of_links=of_links)

    def _kept(self, frame: _Frame, way: Keys, value: Any) -> tuple[bool, Any]:
        """Whether to keep ``value``, and what of it."""
        key = way[-1]
        text = len(value) if isinstance(value, str) else 0
        cost = VALUE_BYTES + (len(key) if isinstance(key, str) else 0)
        if self.places.hold(way):
            if isinstance(key, str) and plain(key) in ERRORS - SIGNS:
                value = value[:REST_CHARACTERS] if text else value
                text = min(text, REST_CHARACTERS)
            self._signs_left -= cost + text
            if self._signs_left < 0:
                at = ".".join(map(str, way))
                raise ResponseError(
                    f"what surrounds the items holds more than {SIGN_BYTES:,} bytes where signs of "
                    f"further pages stand, the last of them at {at!r:.99}, and none of those may "
                    "be left out: let the API send less there"
                )
            return True, value
        if isinstance(key, int) and key >= self.elements:
            return False, None
        if cost + min(text, REST_CHARACTERS) <= self._rest_left:
            self._rest_left -= cost + min(text, REST_CHARACTERS)
            return True, value[:REST_CHARACTERS] if text else value
        depth = len(way) - 1
        frame.stubs += 1
        if frame.stubs > (STUBS[depth] if depth < len(STUBS) else 1) or (frame.value and depth > 1):
            return False, None
        return True, value[:STUB_CHARACTERS] if text else value

    def _end(self, frame: _Frame) -> None:
        """Of a list of links, only those that lead to the next page are looked at."""
        parent = self._frames[-1] if self._frames else None
        if parent is None or not parent.of_links or parent.named or len(parent.value) < 2:
            return
        if not isinstance(parent.value, list):
            return
        named = frame.value if isinstance(frame.value, dict) else {}
        rel = named.get("rel", named.get("relation"))
        if "next" not in (rel if isinstance(rel, list) else [rel]):
            parent.value.pop()
            self._signs_left = frame.signs_left


def _put(frame: _Frame, key: str | int, value: Any) -> None:
    if isinstance(key, str):
        frame.value[key] = value
        return
    if frame.named:
        # The path leads to an element behind others that were left out.
        frame.value.extend([None] * (key - len(frame.value)))
    frame.value.append(value)


def bounded(value: Any, at: Places, elements: int) -> Any:
    """``value``, a whole body, as ``EnvelopeBuilder`` keeps it."""
    builder = EnvelopeBuilder(at, elements)
    _feed(builder, value)
    return builder.value


def _feed(builder: EnvelopeBuilder, value: Any) -> None:
    if not isinstance(value, dict | list):
        builder.event("value", value)
        return
    kind = "map" if isinstance(value, dict) else "array"
    builder.event(f"start_{kind}", None)
    if not builder.skips:
        _feed_all(builder, value)
    builder.event(f"end_{kind}", None)


def _feed_all(builder: EnvelopeBuilder, value: dict[str, Any] | list[Any]) -> None:
    if isinstance(value, list):
        for one in value:
            _feed(builder, one)
        return
    for key, one in value.items():
        builder.event("map_key", key)
        _feed(builder, one)


def places_of(paths: Iterable[str], data_path: str) -> Places:
    """What matters beside the items at ``data_path`` (jq), where settings name dot ``paths``."""
    found = record_path(data_path)
    ways = found.alternatives if found else ()
    return Places(tuple(paths), tuple(one for one in ways if one), whole=data_path in WHOLE)
