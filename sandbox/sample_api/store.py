"""The records being served, kept as the JSON they are sent as."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sandbox.sample_api.data import Company, Record
from sandbox.sample_api.messages import dump
from sandbox.sample_api.routes import NESTED, PARENT, RESOURCES


class Collection:
    """One list of records, made as far as it has been asked for.

    Rows are serialised once: a page is then only a join, which keeps the server out of the way
    of what is measured against it.
    """

    def __init__(
        self, make: Callable[[int], Record], numbers: Iterator[int], size: int, gone: set[str]
    ) -> None:
        self._make = make
        self._numbers = numbers
        self._natural = size
        self._gone = set(gone)
        self._lock = threading.Lock()
        self._rows: list[bytes] = []
        self._places: dict[str, int] = {}
        self._made = 0
        # Rows that matched a search, so that walking its pages does not filter each time.
        self._found: dict[tuple[str, int | None], list[bytes]] = {}
        if gone:
            self._settle()

    def window(self, start: int, stop: int | None, count: int | None) -> tuple[int, list[bytes]]:
        """How many records there are, and those from ``start`` to before ``stop``."""
        with self._lock:
            total = self._size(count)
            end = total if stop is None else min(stop, total)
            self._grow(end)
            return total, self._rows[start:end]

    def find(self, record_id: str, count: int | None = None) -> bytes | None:
        """One record, or None."""
        with self._lock:
            total = self._size(count)
            if record_id not in self._places:
                self._grow(total)
            place = self._places.get(record_id, total)
            return self._rows[place] if place < total else None

    def knows(self, record_id: str) -> bool:
        """Whether a record has been made, even one past the natural size."""
        with self._lock:
            self._grow(self._natural)
            return record_id in self._places

    def search(self, wanted: Mapping[str, Any], count: int | None) -> list[bytes]:
        """The records that match a filter."""
        key = (json.dumps(wanted, sort_keys=True), count)
        with self._lock:
            if key in self._found:
                return self._found[key]
        _, rows = self.window(0, None, count)
        found = [row for row in rows if matches(json.loads(row), wanted)] if wanted else rows
        with self._lock:
            self._found[key] = found
        return found

    def _size(self, count: int | None) -> int:
        return self._natural if count is None else count

    def _settle(self) -> None:
        """Takes the records that are gone out of the natural size."""
        while self._made < self._natural:
            self._append(next(self._numbers))
        self._natural = len(self._rows)

    def _grow(self, size: int) -> None:
        while len(self._rows) < size:
            self._append(next(self._numbers))

    def _append(self, number: int) -> None:
        record = self._make(number)
        self._made += 1
        if record["id"] not in self._gone:
            self._places[record["id"]] = len(self._rows)
            self._rows.append(dump(record))


class Store:
    """All collections of one company."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._lock = threading.RLock()
        self._gone: dict[str, set[str]] = {}
        self._collections: dict[str, Collection] = {}
        self._teams: dict[int, list[int]] | None = None

    def collection(self, path: str) -> Collection | None:
        """The collection at ``services`` or ``teams/team-0001/members``; None if there is none."""
        with self._lock:
            parts = path.split("/")
            if len(parts) == 3:
                return self._nested(path, parts[1]) if parts[::2] == [PARENT, NESTED] else None
            if path not in RESOURCES:
                return None
            if path not in self._collections:
                self._collections[path] = self._plain(path)
            return self._collections[path]

    def remove(self, path: str, ids: Iterable[str]) -> None:
        """Deletes records; users also leave their teams."""
        with self._lock:
            if self.collection(path) is None:
                raise ValueError(f"there is no resource {path}")
            self._gone.setdefault(path, set()).update(ids)
            for known in list(self._collections):
                if known == path or known.endswith(NESTED):
                    del self._collections[known]

    def restore(self) -> None:
        """Brings all deleted records back."""
        with self._lock:
            if self._gone:
                self._gone.clear()
                self._collections.clear()

    def _plain(self, name: str) -> Collection:
        company = self._company
        return Collection(
            lambda number: company.make(name, number),
            itertools.count(1),
            company.sizes[name],
            self._gone.get(name, set()),
        )

    def _nested(self, path: str, team_id: str) -> Collection | None:
        teams = self.collection(PARENT)
        if teams is None or not teams.knows(team_id):
            return None
        if path not in self._collections:
            company = self._company
            members = self._members().get(int(team_id.rpartition("-")[2]), [])
            self._collections[path] = Collection(
                lambda number: company.make_member(team_id, number),
                itertools.chain(members, itertools.count(company.sizes["users"] + 1)),
                len(members),
                self._gone.get("users", set()) | self._gone.get(path, set()),
            )
        return self._collections[path]

    def _members(self) -> dict[int, list[int]]:
        if self._teams is None:
            self._teams = {}
            for number in range(1, self._company.sizes["users"] + 1):
                self._teams.setdefault(self._company.team_of_user(number), []).append(number)
        return self._teams


def matches(record: Any, wanted: Any) -> bool:
    """Whether a record fits a filter: an object field by field, a list as any of its values."""
    if isinstance(wanted, Mapping):
        return isinstance(record, Mapping) and all(
            matches(record.get(name), value) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return any(matches(record, one) for one in wanted)
    return bool(record == wanted)
