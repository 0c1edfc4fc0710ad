"""Which attempts are tried again, and after how long."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

import httpx

from client.request import Request, Response
from client.throttling import is_throttling, requested_wait

RETRIED_STATUSES = frozenset({202, 206, 408, 420, 425, 429})
"""Besides those of the server's own faults: 202 and 206 are not whole yet. 401 is never retried:
the same key fails again."""

LASTING_FAULTS = frozenset({501, 505})
"""Not implemented, and another version of HTTP."""

RETRIED_ERRORS = (
    httpx.TimeoutException,
    httpx.NetworkError,
    httpx.ProtocolError,
    httpx.ProxyError,
    httpx.DecodingError,
    OSError,
)
"""Failures below HTTP; an OSError is a name that could not be resolved. LocalProtocolError is one
of ours, and is left out by ``is_retried``."""

UNREACHABLE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, OSError)
"""Failures before a connection was there."""

LONGEST_WAIT = 900.0
"""Seconds; a server that asks for a longer wait is asked again after this one."""


class Verdict(Enum):
    """What becomes of a response: FINAL ones are returned or raised, all others tried again.
    THROTTLED ones hold back every request to their origin, too."""

    FINAL = "final"
    LATER = "later"
    THROTTLED = "throttled"


def verdict_on(response: Response, request: Request, further: Collection[int]) -> Verdict:
    """Judges a response; ``further`` are statuses that mean "later" in this API (Port setting
    ``retryStatuses``). What the request accepts is final, unless it is throttling."""
    status = response.status
    body = response.content if response.file is None else b""
    if is_throttling(status, response.headers, body):
        return Verdict.THROTTLED
    if status in request.accepted or status == 401:
        return Verdict.FINAL
    fault = 500 <= status <= 599 and status not in LASTING_FAULTS
    later = fault or status in RETRIED_STATUSES or status in further
    return Verdict.LATER if later else Verdict.FINAL


def is_retried(error: Exception) -> bool:
    """Whether a failed attempt may succeed when sent again."""
    if isinstance(error, httpx.LocalProtocolError):
        return False
    return isinstance(error, RETRIED_ERRORS) and "CERTIFICATE_VERIFY_FAILED" not in str(error)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``attempts`` in all (None: as Port setting ``maxAttempts`` says); waits of ``base_seconds``
    doubling up to ``max_seconds``, with jitter.

    ``throttled_base_seconds`` is the base after throttling, and ``longest_wait_seconds`` the most
    that is waited where a server names a time.
    """

    attempts: int | None = None
    base_seconds: float = 0.5
    throttled_base_seconds: float = 2.0
    max_seconds: float = 60.0
    longest_wait_seconds: float = LONGEST_WAIT

    def wait_after(self, response: Response, verdict: Verdict, attempt: int) -> float:
        """Seconds to wait after an ``attempt`` (from 1) whose response was judged: as long as the
        API asks for, and never shorter than the backoff."""
        throttled = verdict is Verdict.THROTTLED
        # With a 503 a reset is about the overload; other faults have nothing to do with it.
        asked = requested_wait(response.headers, throttled or response.status == 503)
        backoff = self.backoff(attempt, throttled)
        return backoff if asked is None else max(backoff, self.at_most(asked))

    def backoff(self, attempt: int, throttled: bool = False) -> float:
        """Seconds to wait after the failed ``attempt``, if nobody names a time."""
        base = self.throttled_base_seconds if throttled else self.base_seconds
        backoff = min(base * 2.0 ** (attempt - 1), self.max_seconds)
        return backoff * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not cryptography

    def at_most(self, asked: float) -> float:
        """``asked`` seconds, or the longest wait."""
        return min(asked, self.longest_wait_seconds)
