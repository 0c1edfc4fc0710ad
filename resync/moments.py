"""Moments in the texts of a request: ``{now}``, ``{today}``, ``{now-7d}``, ``{now-24h:%Y-%m-%d}``.

All are in UTC, and all of one resync count from the same moment.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from resync.placeholders import BRACES, replaced, texts_in

MOMENT = re.compile(r"\{(now|today)(?:([+-])([0-9]+)([smhdw]))?(?::([^{}]*))?\}")
_MEANT = re.compile(r"\s*(?:now|today)\s*(?:[+\-:].*)?", re.IGNORECASE | re.DOTALL)
"""What stands between braces where somebody means a moment."""

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
DEFAULT_FORMATS = {"now": "%Y-%m-%dT%H:%M:%SZ", "today": "%Y-%m-%d"}

EPOCHS = ("epoch", "epoch_ms")
"""Formats that are numbers: seconds and milliseconds since 1970."""

_FORMAT = re.compile(r"(?:[^%]|%(?:[aAbBdefFgGHIjmMpSTuUVwWyYzZ%]|:z))*")
_DIRECTIVE = re.compile(r"%[^%]")

FORMS = "{now}, {today}, {now-7d}, {now+1h}, {now-24h:%Y-%m-%d}, {now-30d:epoch}, {now:epoch_ms}"


def with_moments(value: Any, now: datetime) -> Any:
    """A JSON value with the moments in its texts written out.

    A text that is one moment alone, as ``epoch`` or ``epoch_ms``, becomes a number.
    """

    def change(text: str) -> Any:
        whole = MOMENT.fullmatch(text)
        if whole:
            return _written(whole, now)
        return MOMENT.sub(lambda found: str(_written(found, now)), text)

    return replaced(value, change)


def path_with_moments(path: str, now: datetime) -> str:
    """A path, perhaps with a query, with its moments written out and percent-encoded."""
    return MOMENT.sub(lambda found: quote(str(_written(found, now)), safe="/:"), path)


def moment_problems(place: str, value: Any, names: Collection[str], strict: bool) -> Iterator[str]:
    """What is wrong with the moments in the texts of ``value`` (JSON) at ``place``.

    What is in ``names`` is a parameter. Without ``strict``, ``{ now }`` alone may be something
    else, as in a GraphQL query.
    """
    for text in texts_in(value):
        for found in BRACES.finditer(text):
            inner = found.group(1)
            meant = _MEANT.fullmatch(inner) and (strict or set(inner) & set("+-:"))
            if inner not in names and (meant or MOMENT.fullmatch(found.group())):
                yield from _problem(place, found.group())


def _problem(place: str, text: str) -> Iterator[str]:
    moment = MOMENT.fullmatch(text)
    if moment is None:
        yield f"{place}: {text} is no moment; allowed: such as {FORMS}"
        return
    pattern = moment.group(5)
    if pattern is not None and not _is_format(pattern):
        yield (
            f"{place}: {text} has a format that cannot be written; allowed: epoch, epoch_ms, "
            "or directives of strftime, such as %Y-%m-%dT%H:%M:%SZ"
        )
        return
    try:
        _written(moment, datetime.now(UTC))
    except (OverflowError, ValueError):
        yield f"{place}: {text} is too far away; allowed: the years 1 to 9999"


def _is_format(pattern: str) -> bool:
    if pattern in EPOCHS:
        return True
    return bool(_FORMAT.fullmatch(pattern) and _DIRECTIVE.search(pattern))


def _written(moment: re.Match[str], now: datetime) -> str | int:
    """Raises ``OverflowError`` for a moment that the calendar does not have."""
    word, sign, count, unit, pattern = moment.groups()
    at = now.astimezone(UTC)
    if word == "today":
        at = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if count:
        distance = timedelta(**{UNITS[unit]: int(count)})
        at = at - distance if sign == "-" else at + distance
    if pattern in EPOCHS:
        seconds = int(at.replace(microsecond=0).timestamp())
        return seconds if pattern == "epoch" else seconds * 1000 + at.microsecond // 1000
    return at.strftime(pattern or DEFAULT_FORMATS[word])
