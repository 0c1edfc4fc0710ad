"""Only what has changed since a moment, for Ocean's incremental resyncs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from resync.plan import ListingPlan


def changed_since(plan: ListingPlan, param: str, since: datetime) -> ListingPlan:
    """``plan`` with ``since`` (a time with its zone) sent as the query parameter ``param``."""
    moment = since.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    kept = tuple(pair for pair in plan.endpoint.params if pair[0] != param)
    return replace(plan, endpoint=replace(plan.endpoint, params=(*kept, (param, moment))))


def newer(items: list[dict[str, Any]], field: str, since: datetime) -> list[dict[str, Any]]:
    """The items not older than ``since``; one whose time cannot be read is kept."""
    return [item for item in items if not _is_older(item, field, since)]


def _is_older(item: dict[str, Any], field: str, since: datetime) -> bool:
    value: Any = item
    for part in field.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if not isinstance(value, str):
        return False
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return False
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment < since
