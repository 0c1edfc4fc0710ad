"""An API that dies in the middle of a fan-out, through real Ocean core."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest

import client.http_client
from client.retry import RetryPolicy
from sandbox.serving import serve
from tests.support.core import Core, resource

PARENTS = 400
PER_PAGE = 20
DEAD_AFTER = 60
SLOW = RetryPolicy(attempts=4, base_seconds=0.5)
"""Three waits, 3.5 seconds together."""


@dataclass
class Nested:
    """Parents on many pages, and a child for each; ``served`` are the parents of those sent."""

    name: str = "old"
    served: list[str] = field(default_factory=list)
    enough: asyncio.Event | None = None
    loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        if path == "/parents":
            page = int(parse_qs(scope["query_string"].decode())["page"][0])
            numbers = range((page - 1) * PER_PAGE, min(page * PER_PAGE, PARENTS))
            await _send(send, [{"id": f"p{number}"} for number in numbers])
            return
        parent = path.split("/")[2]
        await asyncio.sleep(0.01)
        await _send(send, [{"id": f"{parent}-child", "name": self.name}])
        self.served.append(parent)
        if len(self.served) == DEAD_AFTER and self.enough and self.loop:
            self.loop.call_soon_threadsafe(self.enough.set)


async def _send(send: Any, items: list[dict[str, str]]) -> None:
    body = json.dumps({"items": items}).encode()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


NESTED = resource(
    "/parents/{parent}/children",
    path_parameters={
        "parent": {
            "endpoint": "/parents",
            "data_path": ".items",
            "field": ".id",
            "pagination": {"type": "page", "page_size": PER_PAGE},
        }
    },
)


async def test_a_fan_out_over_a_dead_api_ends_soon_and_keeps_what_it_has(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Nested()
    with ExitStack() as stack:
        settings = {"baseUrl": stack.enter_context(serve(api))}
        outcome = await core.resync(settings, NESTED)
        assert outcome.succeeded, outcome.error
        everything = core.catalog.identifiers("record")
        assert len(everything) == PARENTS

        monkeypatch.setattr(client.http_client, "DEFAULT_RETRY", SLOW)
        api.name, api.served = "new", []
        api.enough, api.loop = asyncio.Event(), asyncio.get_running_loop()
        resync = asyncio.create_task(core.resync(settings, NESTED))
        await asyncio.wait_for(api.enough.wait(), 60)
        await asyncio.to_thread(stack.close)
        died = time.monotonic()
        outcome = await asyncio.wait_for(resync, 120)
    # Each of ten at a time is tried four times: twice 3.5 seconds, and a moment for Ocean.
    assert time.monotonic() - died < 30
    assert not outcome.succeeded
    assert "its last 20 requests all failed to connect" in outcome.error
    assert core.catalog.identifiers("record") == everything
    assert core.catalog.deletions() == []
    names = {one["identifier"]: one["properties"]["name"] for one in core.catalog.entities()}
    assert {f"{parent}-child" for parent in api.served} <= {
        identifier for identifier, name in names.items() if name == "new"
    }
