"""An OAuth2 token endpoint and an API that takes its tokens, as one ASGI application."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


@dataclass
class TokenServer:
    """Issues ``secret-token-1``, ``secret-token-2``, ...; only the newest is accepted."""

    expires_in: Any = 3600
    answer: dict[str, Any] | None = None
    status: int = 200
    latency: float = 0.0
    revoke_at: int | None = None
    issued: int = 0
    refused: int = 0
    calls: int = 0
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {k.decode(): v.decode() for k, v in scope["headers"]}
        if scope["path"] == "/token":
            body = (await receive())["body"]
            await asyncio.sleep(self.latency)
            await _answer(send, *self._token(parse_qs(body.decode()), headers))
            return
        self.calls += 1
        if self.calls == self.revoke_at:
            self.issued += 1
        if headers.get("authorization") != f"Bearer secret-token-{self.issued}":
            self.refused += 1
            echo = {"error": "expired", "got": headers.get("authorization")}
            await _answer(send, 401, echo)
            return
        await asyncio.sleep(0.005)
        offset = int(parse_qs(scope["query_string"].decode()).get("offset", ["0"])[0])
        items = [{"id": f"{scope['path']}-{n}"} for n in range(offset, min(offset + 2, 20))]
        await _answer(send, 200, {"items": items})

    def _token(self, form: dict[str, list[str]], headers: dict[str, str]) -> tuple[int, Any]:
        self.forms.append(form)
        self.headers.append(headers)
        if self.answer is not None:
            return self.status, self.answer
        self.issued += 1
        token = {"access_token": f"secret-token-{self.issued}", "token_type": "Bearer"}
        return 200, {**token, "expires_in": self.expires_in}


async def _answer(send: Any, status: int, body: Any) -> None:
    content = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": content})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
