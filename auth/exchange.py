"""What authentications need of their surroundings: they do no I/O and know no jq themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auth.origin_bound import Covers
from errors import OceanCustomError


class AuthenticationError(OceanCustomError):
    """No token was to be had, or what was answered is none."""


@dataclass(frozen=True, slots=True)
class AuthRequest:
    """A request for credentials: ``body`` as it is sent, None for none. Statuses in ``accepted``
    are answers to look into; any other outside 2xx is an error."""

    method: str
    url: str
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    accepted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``covers`` says where credentials may go; ``send`` sends a request for credentials and
    returns status and body; ``evaluate`` runs jq; ``learn`` is told of each secret that comes."""

    covers: Covers
    send: Callable[[AuthRequest], Awaitable[tuple[int, bytes]]]
    evaluate: Callable[[str, Any], Awaitable[list[Any]]]
    learn: Callable[[str], None]
