"""An API that answers one request after another with what a test wrote down."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """``body`` is sent as it is where it is bytes, else as JSON; ``seconds`` pass before it."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class ScriptedApi:
    """An ASGI application. ``paths`` come first; else the answers in order, the last repeatedly."""

    answers: list[Answer] = field(default_factory=list)
    paths: dict[str, Answer] = field(default_factory=dict)
    asked: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        answer = self.paths.get(scope["path"])
        if answer is None:
            answer = self.answers[min(self.asked, len(self.answers) - 1)]
            self.asked += 1
        await asyncio.sleep(answer.seconds)
        headers = {"content-type": "application/json", **answer.headers}
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
        await send({"type": "http.response.body", "body": answer.content})
