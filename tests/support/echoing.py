"""An API that refuses every request, and returns in its error what it and its login were sent."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, field
from typing import Any

TOKEN = "zq-token/6"
"""What the login returns."""


@dataclass
class EchoingApi:
    """``/login`` returns a token, or 403 where ``refuses``; any other path ends in a number, which
    says what of all that was ``seen`` its 400 returns."""

    refuses: bool = False
    seen: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"].decode()
        values = (value.decode() for name, value in scope["headers"] if _is_told(name))
        sent = [*values, scope["query_string"].decode(), body]
        self.seen += [text for text in sent if text and text not in self.seen]
        status = 403
        response: dict[str, Any] = {"got": sent}
        if scope["path"] != "/login":
            piece = self.seen[int(scope["path"].rpartition("/")[2]) % len(self.seen)]
            status = 400
            response = {"got": [piece, html.escape(piece), json.dumps({"nested": piece})]}
        elif not self.refuses:
            status, response = 200, {"session": TOKEN, "access_token": TOKEN}
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(response).encode()})


def _is_told(name: bytes) -> bool:
    return name.startswith((b"x-", b"auth"))
