"""Listings of one kind share the permits: a huge one does not starve small ones, nor they it."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from sandbox.serving import serve
from tests.support.core import Core, resource

PAGE = 2
PERMITS = 4


class Groups:
    """An API of groups: as many pages of members as ``pages`` says of each."""

    def __init__(self, pages: dict[str, int]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        name = scope["path"].split("/")[2] if scope["path"].endswith("/members") else ""
        query = parse_qs(scope["query_string"].decode())
        start = int(query.get("offset", ["0"])[0])
        await asyncio.sleep(0.005)
        if name:
            self.asked.append(name)
            size = self.pages[name] * PAGE
            items = [{"id": f"{name}-{n}"} for n in range(start, min(start + PAGE, size))]
            body = {"items": items, "total": size}
        else:
            body = {"items": [{"id": name} for name in self.pages]}
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})


@pytest.mark.parametrize(
    ("huge", "small"), [(80, 12), (20, 120)], ids=["a huge one", "many small ones"]
)
async def test_no_listing_waits_for_the_others_to_end(core: Core, huge: int, small: int) -> None:
    groups = Groups({"huge": huge, **{f"small{n}": 1 for n in range(small)}})
    group = {"endpoint": "/groups", "data_path": ".items", "field": ".id"}
    group["pagination"] = {"type": "none"}  # type: ignore[assignment]
    with serve(groups) as url:
        outcome = await core.resync(
            {
                "baseUrl": url,
                "paginationType": "offset",
                "pageSize": str(PAGE),
                "maxConcurrentRequests": str(PERMITS),
            },
            resource("/groups/{group}/members", path_parameters={"group": group}),
        )
    assert outcome.succeeded, outcome.error
    assert len(core.catalog.identifiers("record")) == (huge + small) * PAGE
    last = {name: place for place, name in enumerate(groups.asked)}
    others = max(place for name, place in last.items() if name != "huge")
    if huge > small:
        assert others < len(groups.asked) * 0.75
    else:
        assert last["huge"] < len(groups.asked) * 0.75
