"""Local servers that answer in the recorded shape of a real API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

Headers = dict[str, str]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: ``origin`` is the server's own, ``names`` are the parts of the path."""

    origin: str
    path: str
    query: dict[str, str]
    headers: Headers
    body: bytes
    names: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def url(self) -> str:
        return self.origin + self.path


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: bytes as they are, anything else as JSON."""

    body: Any
    status: int = 200
    headers: Headers = field(default_factory=dict)


Handler = Callable[[Ask], Answer]
Guard = Callable[[Ask], Answer | None]


class RecordedApi:
    """An ASGI application: routes by method and path, behind ``guard`` (an answer refuses)."""

    def __init__(self, guard: Guard, routes: dict[str, Handler]) -> None:
        self._guard = guard
        self._routes = [(re.compile(pattern), handler) for pattern, handler in routes.items()]
        self.asked: list[Ask] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        ask = await _ask(scope, receive)
        self.asked.append(ask)
        answer = self._answer(scope["method"], ask)
        headers = {"content-type": "application/json; charset=utf-8", **answer.headers}
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
            }
        )
        raw = isinstance(answer.body, bytes)
        body = answer.body if raw else json.dumps(answer.body).encode()
        await send({"type": "http.response.body", "body": body})

    def _answer(self, method: str, ask: Ask) -> Answer:
        refused = self._guard(ask)
        if refused is not None:
            return refused
        for pattern, handler in self._routes:
            if found := pattern.fullmatch(f"{method} {ask.path}"):
                named = Ask(ask.origin, ask.path, ask.query, ask.headers, ask.body, found.groups())
                return handler(named)
        return Answer({"message": "Not Found"}, 404)


async def _ask(scope: Any, receive: Any) -> Ask:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
    flat = {name: values[-1] for name, values in query.items()}
    return Ask(f"http://{headers['host']}", scope["path"], flat, headers, body)


def only_with(header: str, value: str, refusal: Answer) -> Guard:
    """Answers ``refusal`` to requests whose ``header`` is not ``value``."""
    return lambda ask: None if ask.headers.get(header) == value else refusal


def window[T](records: list[T], start: int, size: int, cap: int) -> tuple[list[T], bool]:
    """The records from ``start``, at most ``size`` and ``cap``, and whether more follow."""
    end = start + min(size, cap)
    return records[start:end], end < len(records)


def picked(records: Iterable[Record], names: Iterable[str]) -> list[Record]:
    """The records with no other fields than ``names``."""
    wanted = list(names)
    return [{name: record[name] for name in wanted if name in record} for record in records]
