"""What a page is counted by and compared by."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import msgspec

Keys = tuple[str | int, ...]


class Shape(StrEnum):
    """What stands where the records are expected."""

    ARRAY = "an array"
    OBJECT = "an object"
    NULL = "null"
    VALUE = "a single value"
    UNKNOWN = "something else"


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one page: what the API pages, whatever ``data_path`` makes of them.

    ``count`` is None where it cannot be told. ``first`` and ``last`` are fingerprints of single
    records, ``digest`` that of all where they are not at hand in ``values``; ``marks`` are hashes
    of each of 64 bits, where no more of them was kept. ``level`` leads to what holds the array of
    records; ``whole`` tells that the record is the response itself.
    """

    count: int | None = None
    first: bytes = b""
    last: bytes = b""
    digest: bytes = b""
    shape: Shape = Shape.UNKNOWN
    level: Keys | None = None
    whole: bool = False
    values: Sequence[Any] = field(default=(), repr=False, compare=False)
    marks: Sequence[int] | None = field(default=None, repr=False, compare=False)

    @property
    def fingerprint(self) -> bytes:
        """The same for equal records; made anew each time, because few need it."""
        return self.digest or fingerprint(self.values)

    @property
    def outline(self) -> tuple[int | None, bytes, bytes]:
        """The same for equal records, and cheap: few others have it."""
        return self.count, self.first, self.last

    def equals(self, other: Records) -> bool:
        """Whether these are the same records as those of ``other``."""
        if self.outline != other.outline:
            return False
        if other.marks is not None and not self.digest:
            return _marks(self.values) == other.marks
        return self.fingerprint == other.fingerprint

    def marked(self) -> Records:
        """These records for a comparison later on, without the records themselves."""
        return self if self.digest else replace(self, values=(), marks=_marks(self.values))

    def overlap(self, before: Records) -> int:
        """How many of the first records are the last ones of ``before``."""
        if not self.values or not (before.values or before.marks):
            return int(bool(self.count) and self.first == before.last != b"")
        mine, theirs = self.values, before.values
        if before.marks:
            if _marks(mine[:1])[0] not in before.marks:
                return 0
            mine, theirs = _marks(mine), before.marks
        for start in range(max(0, len(theirs) - len(mine)), len(theirs)):
            tail = len(theirs) - start
            if theirs[start] == mine[0] and theirs[start:] == mine[:tail]:
                return tail
        return 0


def records_of(
    values: Sequence[Any],
    shape: Shape = Shape.ARRAY,
    level: Keys | None = None,
    *,
    whole: bool = False,
    counted: bool = True,
) -> Records:
    """The ``Records`` for ``values``; without ``counted`` they are only compared."""
    return Records(
        count=len(values) if counted else None,
        first=fingerprint(values[:1]) if values else b"",
        last=fingerprint(values[-1:]) if values else b"",
        shape=shape,
        level=level,
        whole=whole,
        values=values,
    )


def fingerprint(values: Iterable[Any]) -> bytes:
    """A digest of 16 bytes."""
    digest = hashlib.blake2b(digest_size=16)
    for value in values:
        digest.update(_encoded(value))
        digest.update(b"\n")
    return digest.digest()


def _marks(values: Iterable[Any]) -> array[int]:
    """A hash of each, the same for records that are equal, whatever the order of their keys."""
    return array("q", (hash(_encoded(value, sort=True)) for value in values))


def _encoded(value: Any, *, sort: bool = False) -> bytes:
    try:
        if sort:
            return msgspec.json.encode(value, order="deterministic")
        return msgspec.json.encode(value)
    except (RecursionError, TypeError, ValueError):
        # Nested too deeply, or a float that JSON does not have.
        return repr(value).encode("utf-8", "replace")
