"""Only what has changed since a moment, for Ocean's incremental resyncs."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from resync.plan import ListingPlan

EPOCHS = {10: 1, 13: 10**3, 16: 10**6, 19: 10**9}
"""By their digits before a point: seconds, milliseconds, microseconds and nanoseconds since 1970
have so many from 2001 to 2286. Other numbers, as 202603011200, are no moments."""

NUMBER = re.compile(r"(\d+)(?:\.\d+)?", re.ASCII)
BASIC_DATE = len("20260301")
MIDNIGHT = time()
UNSET = 1970
"""Times up to that year, as 0001-01-01 and 1970-01-01, stand where nothing is known."""


def changed_since(plan: ListingPlan, param: str, since: datetime) -> ListingPlan:
    """``plan`` with ``since`` (a time with its zone) sent as the query parameter ``param``."""
    moment = since.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    kept = tuple(pair for pair in plan.endpoint.params if pair[0] != param)
    return replace(plan, endpoint=replace(plan.endpoint, params=(*kept, (param, moment))))


def newer(
    items: list[dict[str, Any]], field: str, since: datetime, zone: tzinfo = UTC
) -> list[dict[str, Any]]:
    """The items whose time at ``field`` (a dot path) is not before ``since``; a time without a zone
    is one of ``zone``. An item whose time cannot be read is kept."""
    return [item for item in items if not _is_older(item, field, since, zone)]


def _is_older(item: dict[str, Any], field: str, since: datetime, zone: tzinfo) -> bool:
    value: Any = item
    for part in field.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    try:
        moment = _moment(value, zone)
        if moment is None or moment.year <= UNSET:
            return False
        return _end(moment) <= since.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return False


def _moment(value: Any, zone: tzinfo) -> datetime | None:
    """The moment that a value names, with its zone; None where it names none. Raises
    ``ValueError``, ``OverflowError`` and ``OSError`` where it is no moment after all."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if number := NUMBER.fullmatch(text):
        if unit := EPOCHS.get(len(number[1])):
            return datetime.fromtimestamp(float(text) / unit, zone)
        if len(text) != BASIC_DATE or not isinstance(value, str):
            return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _end(moment: datetime) -> datetime:
    """When the time ends, in UTC, that ``moment`` stands for, as exactly as it seems to be written:
    a date is its whole day, midnight is often a date in disguise, and an API that keeps whole
    seconds rounds down. Of an hour that comes twice, as clocks are set back, it is the second."""
    written = (
        (moment.time() == MIDNIGHT, timedelta(days=1)),
        (not (moment.minute or moment.second or moment.microsecond), timedelta(hours=1)),
        (not (moment.second or moment.microsecond), timedelta(minutes=1)),
        (not moment.microsecond, timedelta(seconds=1)),
        (not moment.microsecond % 1000, timedelta(milliseconds=1)),
    )
    span = next((span for fits, span in written if fits), timedelta(microseconds=1))
    return max((moment + span).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
