"""What authentications need of their surroundings: they do no I/O and know no jq themselves."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auth.origin_bound import Covers
from errors import OceanCustomError


class AuthenticationError(OceanCustomError):
    """No token could be fetched, or what came is none.

    It has no status, and is no ``RequestError``: what a login returns is never the response of the
    resource that needed it.
    """


@dataclass(frozen=True, slots=True)
class AuthRequest:
    """A request for credentials, made from the Port setting ``setting``: ``body`` as it is sent,
    None for none. Statuses in ``accepted`` are looked into; any other outside 2xx is an error."""

    setting: str
    method: str
    url: str
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    accepted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``covers`` says where credentials may go; ``send`` sends a request for credentials, returns
    status and body, and raises ``AuthenticationError`` where there is none; ``evaluate`` runs jq;
    ``learn`` gets all secrets that one renewal brings; ``mask`` takes secrets out of a text."""

    covers: Covers
    send: Callable[[AuthRequest], Awaitable[tuple[int, bytes]]]
    evaluate: Callable[[str, Any], Awaitable[list[Any]]]
    learn: Callable[..., None]
    mask: Callable[[str], str] = str


def parsed(body: bytes) -> Any:
    """The JSON value in ``body``. Raises ``ValueError``, whose text says what it is in its place,
    and nothing of what is in it."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        pass
    begin = body.lstrip()[:1]
    raise ValueError("HTML or XML" if begin == b"<" else "text" if begin else "empty")
