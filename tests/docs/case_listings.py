"""Pagination, path parameters and what ends a listing, by ``docs/troubleshooting.md``."""

from __future__ import annotations

import sqlite3
from typing import Any

from client import Response
from resync.response_store import ResponseStore
from tests.docs.world import Case, World, reads
from tests.support.scripted import Answer

PARENT = {"team": {"endpoint": "/teams", "data_path": ".items", "field": ".id"}}


def page(*ids: int, **more: Any) -> Answer:
    """A page of items, and what else its answer holds."""
    return Answer({"items": [{"id": one} for one in ids], **more})


def paged(kind: str, *answers: Answer, **settings: str) -> Case:
    """A case of a pagination type."""
    return reads(*answers, settings={"paginationType": kind, "pageSize": "2", **settings})


def children(*answers: Answer, teams: Any = None, **parent: Any) -> Case:
    """A case of path parameters."""

    async def make(world: World) -> str:
        found = [{"id": "a"}, {"id": "b"}] if teams is None else teams
        world.api.paths = {"/teams": Answer({"items": found})}
        entries = {"team": {**PARENT["team"], **parent}}
        return await world.read(*answers, kind="/teams/{team}/users", path_parameters=entries)

    return make


def shrinking(**settings: str) -> Case:
    """A case of a listing from which an item goes in each reading."""
    reading = [page(1, 2, total=9), page(3, 4, total=8), page(5, 6, total=8), page(7, 8, total=8)]
    return paged("offset", *reading * 3, maxConcurrentRequests="1", **settings)


async def _disk_fails(world: World) -> str:
    def fail(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    world.patch.setattr("resync.response_store.sqlite3.connect", fail)
    await ResponseStore().put(b"key", Response(200, {}, b"", ""))  # type: ignore[arg-type]
    return "\n".join(world.log)


CASES: dict[str, Case] = {
    "holds the same <n> items": paged("offset", page(1, 2)),
    "does not paginate": paged("offset", page(1)),
    "a page that was read already": paged(
        "cursor", page(1, next_cursor="a"), page(2, next_cursor="a")
    ),
    "longer than maxPages": paged("cursor", page(1, next_cursor="a"), maxPages="1"),
    "says that there are more items, but page": paged("offset", page(has_more=True)),
    "no cursor is at any common place": paged("cursor", page(1, has_more=True)),
    "says that there is more, but no cursor is at cursorPath": paged(
        "cursor", page(1, has_more=True), cursorPath="meta.nxt"
    ),
    "set cursorPath to where it is": paged("cursor", page(1, 2), cursorPath="meta.nxt"),
    "neither text nor a whole number": paged("cursor", page(1, next_cursor=["a"])),
    "but there is no link": paged("next_link", page(1, has_more=True)),
    "no link is at <setting>": paged("next_link", page(1, 2), nextLinkPath="links.next"),
    "what is at <setting> is no link": paged("next_link", page(1, next=5), nextLinkPath="next"),
    "the link to the next page is not a URL": paged(
        "next_link", page(1, next="http://[::1"), nextLinkPath="next"
    ),
    "totalPath <path> leads to": paged("offset", page(1, total="many"), totalPath="total"),
    "items were read when the listing ended": paged(
        "offset", page(1, total=9), page(total=9), totalPath="total"
    ),
    "is none: set paginationType": reads(page(1, more=True), settings={"hasMorePath": "more"}),
    "tells of more items, but paginationType is none`": reads(page(1, has_more=True)),
    "items were removed from the listing": shrinking(totalPath="total"),
    "although the page before says": reads(
        page(1, has_more=True),
        Answer(b"", 404),
        settings={"paginationType": "offset", "pageSize": "2"},
        ignore_statuses=[404],
    ),
    "listings of kind": children(Answer(b"no", 403)),
    "were null or empty": children(page(), teams=[{"id": None}, {"id": "a"}]),
    "must answer true or false": children(page(), filter=".id"),
    "which is no value": children(page(), field=".", teams=[{"id": "a"}]),
    "Cannot index": children(page(), field=".id.name"),
    "the total is reached": paged("offset", page(1, 2, total=3), page(3, total=3)),
    "ended: an empty page": paged("offset", page(1), page()),
    "where <n> can come": paged("offset", page(1, 2), page(3)),
    "ended: no next cursor": paged("cursor", page(1)),
    "ended: no link": paged("header_link", page(1)),
    "says that this was the last page": paged("offset", page(1, has_more=False)),
    "ended: paginationType is none": reads(page(1)),
    "means that there is nothing here": reads(Answer(b"", 404), ignore_statuses=[404]),
    "the last reading's end": shrinking(),
    "What several listings of this resync need": _disk_fails,
}
