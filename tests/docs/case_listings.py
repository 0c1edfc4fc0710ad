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
    if not settings:
        # A total that nobody has named ends no full page.
        reading.append(page(total=8))
    return paged("offset", *reading * 3, maxConcurrentRequests="1", **settings)


async def _disk_fails(world: World) -> str:
    def fail(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    world.patch.setattr("resync.response_store.sqlite3.connect", fail)
    await ResponseStore().put(b"key", Response(200, {}, b"", ""))  # type: ignore[arg-type]
    return "\n".join(world.log)


async def _in_a_header(world: World) -> str:
    entries = {"team": {"values": ["ü"]}}
    return await world.read(page(), headers={"X-Team": "{team}"}, path_parameters=entries)


UNFOLLOWED: dict[str, Case] = {
    "paginationType is none, which reads": reads(page(1, has_more=True)),
    "<n> records were read: <sign> says": reads(page(1, total=9)),
    "cannot follow it, and there is no cursor at any": paged("cursor", page(1, has_more=True)),
    "cannot follow it, and there is no cursor at cursorPath": paged(
        "cursor", page(1, has_more=True), cursorPath="meta.nxt"
    ),
    "cannot follow it, and there is no link": paged("next_link", page(1, has_more=True)),
    "no cursor at cursorPath <path>, nor on": paged("cursor", page(1, 2), cursorPath="meta.nxt"),
    "no link at <setting>, nor on": paged(
        "next_link", page(1, 2), nextLinkPath="links.next", sizeParam="limit"
    ),
    "no link at <setting>, so that": paged("header_link", page(1, 2)),
    "(all that it was asked for)": reads(
        page(1, 2), settings={"paginationType": "cursor"}, data_path="[.. | .id? // empty]"
    ),
    "paginationType). Check <path>": paged(
        "offset", page(1, 2, total=3), page(total=3), totalPath="total"
    ),
    "startOffset, paginationType)`": paged("offset", page(1, 2, total=3), page(total=3)),
    "pages in a row are empty": paged("offset", page(has_more=True)),
    "which is a usual page size": reads(page(*range(50))),
    "of a listing, and <sign> says": paged("page", page(1, 2, has_more=True), Answer(b"no", 404)),
    "the page before is full": paged("page", page(1, 2), Answer(b"no", 404)),
    "although the page before says": reads(
        page(1, has_more=True),
        Answer(b"", 404),
        settings={"paginationType": "offset", "pageSize": "2"},
        ignore_statuses=[404],
    ),
}
"""More that is not read."""

WRONG_PAGES: dict[str, Case] = {
    "is not the listing's first": paged("page", page(1, 2, number=1, first=False, last=False)),
    "the API seems to ignore": paged("offset", page(1, 2)),
    "served a page from a cache": paged(
        "page", page(1, 2), page(3, 4), page(3, 4), page(5, 6), page()
    ),
    "may begin anew behind": paged("page", page(1, 2), page(3, 4), page(1, 2)),
    "a page that was read already": paged(
        "cursor", page(1, next_cursor="a"), page(2, next_cursor="a")
    ),
    "where the pages before were arrays": paged("page", page(1, 2), Answer({"items": {"id": 3}})),
    "so that no offset leads": reads(
        Answer({"items": {"a": {"id": 1}}}),
        settings={"paginationType": "offset"},
        data_path=".items | map(.id)",
    ),
    "so that totalPath says nothing": reads(
        Answer({"items": {"a": {"id": 1}}, "total": 1}),
        settings={"paginationType": "page", "totalPath": "total"},
        data_path=".items | map(.id)",
    ),
    "pages are empty, although": paged("offset", *[page(has_more=True)] * 2, page(1)),
    "longer than maxPages": paged("cursor", page(1, next_cursor="a"), maxPages="1"),
    "the link leads to it again": paged(
        "next_link", page(1, 2, next="?p=2"), page(1, 2, next="?p=3"), nextLinkPath="next"
    ),
    "startPage to 1 if": paged("page", page(1, 2), page(1, 2), startPage="0"),
    "shows no more than that": paged("page", page(1, 2), page(3, 4), page(3, 4)),
    "came over <n> pages": paged(
        "next_link",
        *(page(1, 2, next="?p=2"), page(3, 4), page(1)),
        **{"nextLinkPath": "next", "sizeParam": "top", "pageSize": "4"},
    ),
    "pages overlap": paged("offset", page(1, 2), page(2, 3), page()),
    "Let the API sort": shrinking(totalPath="total"),
    "may have been passed over`": shrinking(),
}
"""Pages that cannot be right."""

WRONG_PATHS: dict[str, Case] = {
    "correct the path that is wrong": paged(
        "offset", page(1, 2, has_more=False, total=9), totalPath="total", hasMorePath="has_more"
    ),
    "is below the <n> records": paged("offset", page(1, 2, total=1), totalPath="total"),
    "neither yes nor no": paged("page", page(1, last=3), lastPagePath="last"),
    "which is no number": paged("page", page(1, pages="many"), totalPagesPath="pages"),
    "neither text nor a whole number": paged(
        "cursor", page(1, next_cursor=["a"]), cursorPath="next_cursor"
    ),
    "nextLinkPath <path> is no link": paged("next_link", page(1, next=5), nextLinkPath="next"),
    "the link to the next page is not a URL": paged(
        "next_link", page(1, next="http://[::1"), nextLinkPath="next"
    ),
}
"""Paths that lead to something else."""

ENDS: dict[str, Case] = {
    "ended: <sign> says that this": paged("offset", page(1, has_more=False)),
    "ended: the total is reached": paged("offset", page(1, 2, total=3), page(3, total=3)),
    "ended: the number of pages": paged(
        "page", page(1, 2, page=1, pages=1), totalPagesPath="pages"
    ),
    "ended: an empty page`": paged("offset", page(1), page()),
    "and shortPageEnds is true": paged("offset", page(1), shortPageEnds="true"),
    "the page after the last is refused": paged("page", page(1), Answer(b"no", 404)),
    "the last page is served again": paged("page", page(1, 2), page(3, 4), page(3, 4)),
    "ended: every position": paged("offset", page(1, 2, total=3), page(total=3)),
    "ended: no next cursor`": paged("cursor", page(1)),
    "a cursor of 0 leads back": paged(
        "cursor", page(1, 2, next_cursor=0), page(1, 2, next_cursor=0), page(1, next_cursor=1)
    ),
    "where half the page size": paged("cursor", page(1, 2), page(1, next_cursor="a")),
    "whose cursor is the one that was sent": paged(
        "cursor", page(1, next_cursor="a"), page(next_cursor="a")
    ),
    "ended: no link": paged("header_link", page(1)),
    "ended: paginationType is none": reads(page(1)),
    "means that there is nothing here": reads(Answer(b"", 404), ignore_statuses=[404]),
    "the last reading's end": shrinking(),
}
"""What has ended a listing."""

OTHERS: dict[str, Case] = {
    "listings of kind": children(Answer(b"no", 403)),
    "were null or empty": children(page(), teams=[{"id": None}, {"id": "a"}]),
    "must answer true or false": children(page(), filter=".id"),
    "which is no value": children(page(), field=".", teams=[{"id": "a"}]),
    "is null or empty in all of": children(page(), teams=[{"key": "a"}]),
    "none has the key": children(page(), filter=".activ == true"),
    "so there are no parents": children(page(), filter='.id == "c"'),
    "where a list of records was expected": children(page(), data_path="."),
    "cannot be part of a path": children(page(), teams=[{"id": "a/../b"}], encode="path"),
    "that the header <name> cannot carry": _in_a_header,
    "Cannot index": children(page(), field=".id.name"),
    "What several listings of this resync need": _disk_fails,
}

CASES = UNFOLLOWED | WRONG_PAGES | WRONG_PATHS | ENDS | OTHERS
