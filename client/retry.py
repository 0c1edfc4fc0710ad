"""Which failures are tried again, and after how long."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

RETRIED_STATUSES = frozenset({202, 206, 408, 425, 429, 500, 502, 503, 504})
"""Answers that may be better the next time: 202 and 206 are not whole yet. 401 is not among them:
the same key fails again."""

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

THROTTLED_STATUSES = frozenset({429, 503})
LONGEST_WAIT = 900.0
"""Seconds; a server that asks for a longer wait is asked again after this one."""

EPOCH_FROM = 1_000_000_000
MILLISECONDS_FROM = 1_000_000_000_000
"""From here on a reset value is a Unix time, and in milliseconds."""


def is_retried(error: Exception) -> bool:
    """Whether a failed attempt may succeed when sent again."""
    if isinstance(error, httpx.LocalProtocolError):
        return False
    return isinstance(error, RETRIED_ERRORS) and "CERTIFICATE_VERIFY_FAILED" not in str(error)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``attempts`` in all; waits of ``base_seconds`` doubling up to ``max_seconds``, with jitter.

    ``throttled_base_seconds`` is the base after a 429 that names no time of its own, and
    ``longest_wait_seconds`` the most that is waited where a server names one.
    """

    attempts: int = 6
    base_seconds: float = 0.5
    throttled_base_seconds: float = 2.0
    max_seconds: float = 60.0
    longest_wait_seconds: float = LONGEST_WAIT

    def wait(self, attempt: int, status: int | None, headers: Mapping[str, str]) -> float:
        """Seconds to wait after the failed ``attempt`` (from 1): what the server asks for, else
        exponential backoff with jitter."""
        if status is not None:
            asked = requested_wait(headers, status)
            if asked is not None:
                return min(asked, self.longest_wait_seconds)
        base = self.throttled_base_seconds if status == 429 else self.base_seconds
        backoff = min(base * 2.0 ** (attempt - 1), self.max_seconds)
        return backoff * random.uniform(0.75, 1.25)  # noqa: S311 - jitter, not cryptography


def requested_wait(headers: Mapping[str, str], status: int) -> float | None:
    """Seconds a server asks to wait, or None: ``Retry-After`` (RFC 9110 section 10.2.3, seconds
    or a date); for 429 and 503 also ``RateLimit-Reset`` and ``X-RateLimit-Reset``."""
    asked = _seconds_or_date(headers.get("retry-after"))
    if asked is not None or status not in THROTTLED_STATUSES:
        return asked
    for name in ("ratelimit-reset", "x-ratelimit-reset"):
        reset = _reset(headers.get(name))
        if reset is not None:
            return reset
    return None


def exhausted_for(headers: Mapping[str, str]) -> float | None:
    """Seconds until a rate limit that this answer has used up is reset, or None."""
    for prefix in ("ratelimit", "x-ratelimit"):
        if _number(headers.get(f"{prefix}-remaining") or "") == 0:
            reset = _reset(headers.get(f"{prefix}-reset"))
            return None if reset is None else min(reset, LONGEST_WAIT)
    return None


def _seconds_or_date(value: str | None) -> float | None:
    if not value:
        return None
    seconds = _number(value)
    if seconds is not None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _reset(value: str | None) -> float | None:
    """A reset is seconds from now or a Unix time, in seconds or milliseconds."""
    number = _number(value or "")
    if number is None or number < EPOCH_FROM:
        return number
    seconds = number / 1000 if number >= MILLISECONDS_FROM else number
    return max(0.0, seconds - time.time())


def _number(value: str) -> float | None:
    try:
        number = float(value.strip())
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
