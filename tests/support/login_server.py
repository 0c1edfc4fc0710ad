"""An API with a login of its own making, for ``authType`` custom."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


@dataclass
class LoginServer:
    """``/login`` answers with a session, which ``/team`` and others want in every place."""

    answer: Any = None
    latency: float = 0.0
    revoke_at: int | None = None
    sessions: int = 0
    calls: int = 0
    logins: list[dict[str, Any]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        query = {k: v[0] for k, v in parse_qs(scope["query_string"].decode()).items()}
        body = (await receive())["body"]
        request = {"headers": headers, "query": query, "body": body, "method": scope["method"]}
        request["peer"] = scope["client"]
        if scope["path"] == "/login":
            self.logins.append(request)
            await asyncio.sleep(self.latency)
            self.sessions += 1
            session = {"data": {"session": f"session-{self.sessions}-secret", "user": 7}}
            await _answer(send, 200, session if self.answer is None else self.answer)
            return
        self.calls += 1
        self.seen.append(request)
        if self.calls == self.revoke_at:
            self.sessions += 1
        if headers.get("x-session") != f"session-{self.sessions}-secret":
            await _answer(send, 401, {"message": f"got {headers.get('x-session')}"})
            return
        await asyncio.sleep(0.005)
        offset = int(query.get("offset", 0))
        items = [{"id": f"{scope['path']}-{n}"} for n in range(offset, min(offset + 2, 20))]
        await _answer(send, 200, {"items": items})


async def _answer(send: Any, status: int, body: Any) -> None:
    content = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": content})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
