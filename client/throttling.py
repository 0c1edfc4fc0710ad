"""What a response says about rate limits: whether it is throttling, and how long to wait."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

Headers = Mapping[str, str]

TOO_MANY = frozenset({420, 429})
"""Throttling by their meaning: RFC 6585 section 4, and what was used before it."""

EPOCH_FROM = 1_000_000_000
MILLISECONDS_FROM = 1_000_000_000_000
"""From here on a number is a Unix time, and in milliseconds."""

FAMILIES = ("ratelimit-", "x-ratelimit-", "x-rate-limit-")
"""How the names of the headers ``remaining``, ``reset`` and ``reset-after`` begin."""

GRAPHQL_CODES = frozenset({"RATE_LIMITED", "RATE_LIMIT", "RATELIMITED", "THROTTLED"})
"""What a GraphQL error has as ``type`` or ``extensions.code`` where a limit is used up."""

_GRAPHQL_WORDS = (b"RATE", b"THROTTLED")
"""One of them is in each code. Few and short, because every response is looked through."""

ERROR_BYTES = 64 * 1024
"""A larger body is more than an error."""

_IN_WORDS = re.compile(
    rb"(?:rate|requests?|calls?)[ _-]?(?:limit)?[ _-]?(?:(?:was|is|has been) )?(?:exceeded|reached)"
    rb"|exceeded (?:\w+ ){0,3}(?:rate|requests?|calls?)[ _-]?limit"
    rb"|too[ _-]?many[ _-]?requests|throttl(?:ed|ing)",
    re.IGNORECASE,
)
"""As in a 403 of GitHub or Google, or a 400 of AWS, without any header."""

_QUOTED = re.compile(r'"[^"]*"')
_PARAMETER = re.compile(r"\b(r|t|remaining|reset)\s*=\s*(\d+(?:\.\d+)?)", re.IGNORECASE)


def is_throttling(status: int, headers: Headers, body: bytes) -> bool:
    """Whether the API asks to slow down: 420 and 429; another 4xx with ``Retry-After``, or whose
    body says so; a 403 with a remaining quota of 0; a GraphQL error that says so, whatever its
    status. A 401 is about credentials."""
    if status in TOO_MANY:
        return True
    if status == 403 and _exhausted(headers):
        return True
    if 400 <= status < 500 and status != 401:
        if "retry-after" in headers or _says_so_in_words(body):
            return True
    elif status != 200:
        return False
    return _is_graphql_throttling(body)


def requested_wait(headers: Headers, about_limits: bool) -> float | None:
    """Seconds that the API asks to wait, or None: ``Retry-After`` (RFC 9110 section 10.2.3), and
    if the response is ``about_limits`` also the time at which a limit is reset."""
    asked = _seconds(headers.get("retry-after"))
    if asked is not None or not about_limits:
        return asked
    exhausted = _exhausted(headers)
    resets = [reset for reset in exhausted if reset is not None]
    return max(resets) if resets else _first_reset(headers)


def exhausted_for(headers: Headers) -> float | None:
    """Seconds until a quota that this response has used up is reset, or None."""
    resets = [reset for reset in _exhausted(headers) if reset is not None]
    return max(resets, default=None)


def _exhausted(headers: Headers) -> list[float | None]:
    """The resets of all quotas of which 0 remains; None for one that names no time."""
    found: list[float | None] = []
    for family in FAMILIES:
        if 0 in _numbers(headers.get(f"{family}remaining")):
            found.append(_reset(headers, family))
    found += [reset for remaining, reset in _policies(headers) if remaining == 0]
    return found


def _first_reset(headers: Headers) -> float | None:
    resets = [reset for _, reset in _policies(headers) if reset is not None]
    if resets:
        return max(resets)
    found = (_reset(headers, family) for family in FAMILIES)
    return next((reset for reset in found if reset is not None), None)


def _reset(headers: Headers, family: str) -> float | None:
    after = _seconds(headers.get(f"{family}reset-after"))
    return _seconds(headers.get(f"{family}reset")) if after is None else after


def _policies(headers: Headers) -> Iterator[tuple[float | None, float | None]]:
    """What remains and when it is reset, of each policy in the header ``RateLimit``:
    ``"day";r=0;t=30, "hour";r=5;t=9``, or ``limit=100, remaining=0, reset=30`` in older drafts of
    the IETF's "RateLimit header fields for HTTP"."""
    value = _QUOTED.sub("", headers.get("ratelimit") or "")
    if "reset" in value.lower() or "remaining" in value.lower():
        parts = [value]
    else:
        parts = value.split(",")
    for part in parts:
        found = {name[-2:].lower(): float(number) for name, number in _PARAMETER.findall(part)}
        if found:
            yield found.get("r", found.get("ng")), found.get("t", found.get("et"))


def _says_so_in_words(body: bytes) -> bool:
    return len(body) <= ERROR_BYTES and bool(_IN_WORDS.search(body))


def _is_graphql_throttling(body: bytes) -> bool:
    if len(body) > ERROR_BYTES or b'"errors"' not in body:
        return False
    if not any(word in body for word in _GRAPHQL_WORDS):
        return False
    try:
        errors = json.loads(body)["errors"]
        return any(_codes(error) & GRAPHQL_CODES for error in errors)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False


def _codes(error: Any) -> set[str]:
    if not isinstance(error, dict):
        return set()
    extensions = error.get("extensions")
    codes = (error.get("type"), extensions.get("code") if isinstance(extensions, dict) else None)
    return {code.upper() for code in codes if isinstance(code, str)}


def _seconds(value: str | None) -> float | None:
    """Seconds from now: a number of them, a Unix time in seconds or milliseconds, an HTTP date
    or one of ISO 8601. The largest, where a header came more than once."""
    numbers = _numbers(value)
    if numbers:
        return max(map(_from_now, numbers))
    moment = _moment(value) if value else None
    return None if moment is None else max(0.0, moment - time.time())


def _from_now(number: float) -> float:
    if number < EPOCH_FROM:
        return number
    seconds = number / 1000 if number >= MILLISECONDS_FROM else number
    return max(0.0, seconds - time.time())


def _moment(value: str) -> float | None:
    """The Unix time of a date; one without a zone is in UTC."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            date = read(value.strip())
            return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _numbers(value: str | None) -> list[float]:
    """The numbers of a header; several where it came more than once."""
    found: list[float] = []
    for part in (value or "").split(","):
        try:
            number = float(part)
        except ValueError:
            continue
        if 0 <= number < float("inf"):
            found.append(number)
    return found
