"""What the API of the soak has, and how it changes between resyncs."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from sandbox.fault_server.listing import PAGINATIONS, Document

PARENTS = "/parents/offset/0/always/records"
CHILD_KIND = "/children/page/0/{parent}/records"


@dataclass
class World:
    """The records of each listing, by its path."""

    listings: dict[str, list[Document]] = field(default_factory=dict)
    born: int = 0

    def grow(self, chance: random.Random) -> None:
        """The listings that there are from the start: one for each pagination, and parents."""
        for name in PAGINATIONS:
            self.listings[f"/{name}/{name}/0/always/records"] = []
        self.listings[PARENTS] = []
        for _ in range(60):
            self.change(chance)

    def change(self, chance: random.Random) -> None:
        """Adds, changes or removes a record of a random listing."""
        path = chance.choice(sorted(self.listings))
        records = self.listings[path]
        what = chance.random()
        if what < 0.55 or not records:
            self._add(path, records, chance)
        elif what < 0.75:
            chance.choice(records)["name"] = f"changed {chance.random()}"
        else:
            gone = records.pop(chance.randrange(len(records)))
            self.listings.pop(_children_of(gone["id"]), None)

    def expected(self, kind: str) -> dict[str, str]:
        """Identifier and name of each entity that ``kind`` should have."""
        paths = [kind]
        if kind == CHILD_KIND:
            paths = [path for path in self.listings if path.startswith("/children/")]
        return {one["id"]: one["name"] for path in paths for one in self.listings[path]}

    def _add(self, path: str, records: list[Document], chance: random.Random) -> None:
        self.born += 1
        identifier = f"r{self.born:06d}"
        record = {"id": identifier, "name": f"new {self.born}"}
        records.insert(chance.randint(0, len(records)), record)
        if path == PARENTS:
            self.listings[_children_of(identifier)] = []


def _children_of(parent: str) -> str:
    return CHILD_KIND.format(parent=parent)
