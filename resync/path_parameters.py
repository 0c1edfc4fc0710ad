"""From a plan to its listings: one, or one for each value that a discovery finds."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from errors import ResponseError
from resync.extraction import shape_of
from resync.jq import evaluate
from resync.listing import Listing, ListingReader
from resync.plan import Discovery, ListingPlan


async def listings(plan: ListingPlan, reader: ListingReader) -> AsyncGenerator[Listing]:
    """Yields the listings of ``plan`` as they are discovered.

    A value that comes twice is read once; one that is null or empty is skipped and counted in a
    warning. Raises what reading the discovery raises, and ``ResponseError`` where ``field`` or
    ``filter`` fails or finds something that is no value.
    """
    discovery = plan.discovery
    if discovery is None:
        yield Listing(plan.kind, plan.endpoint, {})
        return
    source = Listing(plan.kind, discovery.endpoint, {})
    seen: set[str] = set()
    skipped = 0
    async with aclosing(reader.pages(source)) as pages:
        async for page in pages:
            for value in (value for item in page.items for value in _values(plan, discovery, item)):
                if value is None or value == "":
                    skipped += 1
                elif value not in seen:
                    seen.add(value)
                    yield Listing(plan.kind, plan.endpoint, {discovery.name: value})
    if skipped:
        reader.warn_once(
            f"skipped {plan.kind}",
            f"kind {plan.kind}: {skipped} discovered values of {{{discovery.name}}} were null or "
            "empty and are skipped",
        )


def _values(plan: ListingPlan, discovery: Discovery, item: Any) -> list[str | None]:
    place = f"kind {plan.kind}: path_parameters.{discovery.name}"
    try:
        if discovery.filter and not _passes(place, discovery.filter, item):
            return []
        found = evaluate(discovery.field, item)
    except ValueError as error:
        raise ResponseError(f"{place} failed for {shape_of(item)}: {error}") from None
    values = [single for value in found for single in (value if _is_list(value) else [value])]
    return [_as_text(place, value) for value in values]


def _passes(place: str, expression: str, item: Any) -> bool:
    found = evaluate(expression, item)
    if len(found) != 1 or not isinstance(found[0], bool):
        raise ResponseError(f"{place}.filter {expression!r} must answer true or false")
    return found[0]


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _as_text(place: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | dict | list):
        raise ResponseError(f"{place}.field leads to {shape_of(value)}, which is no value")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
