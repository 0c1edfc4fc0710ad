"""What the servers of the recipes are made of."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from tests.support.recorded import Answer, Handler, RecordedApi

CAP = 10
"""Items on a page at most, whatever is asked for."""

REFUSED = Answer({"error": "a parameter is missing or wrong"}, 400)


@dataclass(frozen=True, slots=True)
class Shape:
    """A server's routes, and what a resync by the recipe must bring, by blueprint."""

    routes: dict[str, Handler]
    expected: dict[str, list[str]]

    def serve(self) -> RecordedApi:
        return RecordedApi(lambda _: None, self.routes)


def numbered(prefix: str, count: int = 25) -> list[str]:
    return [f"{prefix}-{number:02d}" for number in range(count)]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def decoded(text: str) -> str:
    return base64.b64decode(text).decode()
