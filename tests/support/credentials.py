"""An authentication with surroundings that a test answers for, and an API that records."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
import jq

from auth import build_auth
from auth.exchange import AuthRequest, Surroundings
from client import Origin
from settings import parse_settings

BASE = "https://api.example.com/v2"


@dataclass
class Credentials:
    """Gives ``answers`` to requests for credentials, in turn and the last for ever; the API gives
    ``statuses``, then 200; it refuses a token that is ``revoked``."""

    answers: list[Any]
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    revoked: str | None = None
    asked: list[AuthRequest] = field(default_factory=list)
    learned: list[str] = field(default_factory=list)
    received: list[httpx.Request] = field(default_factory=list)

    def client(self, **settings: Any) -> httpx.AsyncClient:
        """A client that authenticates as ``settings`` say."""
        return httpx.AsyncClient(
            auth=self.auth(**settings), transport=httpx.MockTransport(self._receive), timeout=7
        )

    def auth(self, **settings: Any) -> httpx.Auth:
        texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in settings.items()}
        around = Surroundings(Origin.of(BASE).covers, self._send, _evaluate, self._learn)
        return build_auth(parse_settings({"baseUrl": BASE, **texts}), around)

    def _learn(self, *secrets: str) -> None:
        self.learned += sorted(secrets)

    async def _send(self, request: AuthRequest) -> tuple[int, bytes]:
        self.asked.append(request)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return self.status, answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    async def _receive(self, request: httpx.Request) -> httpx.Response:
        before = len(self.received)
        self.received.append(request)
        await asyncio.sleep(0.01)
        if self.revoked and request.headers.get("Authorization") == f"Bearer {self.revoked}":
            return httpx.Response(401)
        return httpx.Response(self.statuses[before] if before < len(self.statuses) else 200)


async def _evaluate(expression: str, value: Any) -> list[Any]:
    found: list[Any] = jq.compile(expression).input_value(value).all()
    return found
