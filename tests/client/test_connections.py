"""Every permit has a connection, also where there are more than httpx opens by itself."""

from __future__ import annotations

import asyncio
from typing import Any

from client import Request
from sandbox.serving import serve
from tests.client.conftest import MakeClient

MANY = 101


class Gathering:
    """An API that answers nobody until ``MANY`` have asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.all_here = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        if self.asked == MANY:
            self.all_here.set()
        await self.all_here.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"[]"})


async def test_more_than_a_hundred_requests_are_in_flight_where_they_may(
    make_client: MakeClient,
) -> None:
    with serve(Gathering()) as url:
        client = make_client(baseUrl=url, maxConcurrentRequests=str(MANY))
        sent = [client.send(Request("GET", url)) for _ in range(MANY)]
        responses = await asyncio.wait_for(asyncio.gather(*sent), 20)
    assert [response.status for response in responses] == [200] * MANY
