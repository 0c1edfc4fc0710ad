"""An API that answers each path with what a test gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass
class CannedApi:
    """An ASGI application: ``answers`` maps a path to (status, content type, body)."""

    answers: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)

    def json(self, path: str, text: str, status: int = 200) -> None:
        self.answers[path] = (status, "application/json", text.encode())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["raw_path"].decode("ascii")
        self.asked.append(path)
        self.queries.append(dict(parse_qsl(scope["query_string"].decode("ascii"))))
        missing = (404, "application/json", b'{"error": "no such path"}')
        status, content_type, body = self.answers.get(path, missing)
        headers = {"content-type": content_type, **self.headers}
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": body})
