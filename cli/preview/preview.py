"""Reads the first pages of each kind and maps them, without Port."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from loguru import logger

from cli.preview.entities import Mapped, map_items, records
from cli.preview.inputs import Inputs
from cli.preview.masking import visible
from cli.preview.offline import entity_processor, start_offline
from cli.preview.relations import Relation, relations_of
from client import Exchange, Redactor
from errors import SettingsError
from mapping import CustomResourceConfig
from resync.clients import Clients
from resync.fan_out import describe
from resync.first_pages import IMPATIENT, FirstPages, Reading, first_listings
from resync.plan import ListingPlan, build_plan
from resync.plan_checks import expression_problem
from resync.response_cache import ResponseCache, shared_endpoints
from settings.parsing import advice

PARENTS = 3
"""Of a kind with path parameters, as many listings are read."""

MAPPED_ITEMS = 1000
"""As many items of a kind are mapped."""


@dataclass(slots=True)
class Kind:
    """One resource of the mapping as it was previewed."""

    index: int
    resource: CustomResourceConfig
    exchanges: list[Exchange] = field(default_factory=list)
    discoveries: list[Reading] = field(default_factory=list)
    listings: list[Reading] = field(default_factory=list)
    more_listings: bool = False
    items: list[Any] = field(default_factory=list)
    unmapped: int = 0
    mapped: Mapped = field(default_factory=Mapped)
    relations: list[Relation] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def made(self) -> list[dict[str, Any]]:
        """The entities."""
        return [entity for _, entity in self.mapped.entities]

    @property
    def whole(self) -> bool:
        """Whether everything that this kind has was read, for certain, and mapped."""
        read = all(reading.proven for reading in self.listings)
        return read and not (self.more_listings or self.unmapped or self.errors)


@dataclass(slots=True)
class Preview:
    """All kinds that were previewed."""

    inputs: Inputs
    pages: int
    kinds: list[Kind] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    redactor: Redactor | None = None

    @property
    def ok(self) -> bool:
        """Whether every listing could be read and nothing would be lost."""
        strict = not self.inputs.config.create_missing_related_entities
        dangling = any(one.missing and not one.unchecked for k in self.kinds for one in k.relations)
        lost = any(kind.errors or kind.mapped.lost for kind in self.kinds)
        return not lost and not (strict and dangling)

    @property
    def whole(self) -> bool:
        """Whether everything that these kinds have was read, for certain, and mapped."""
        return all(kind.whole for kind in self.kinds)


async def preview(
    inputs: Inputs,
    pages: int,
    *,
    echo: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Preview:
    """Previews the chosen kinds; ``echo`` also writes warnings to standard error, and ``progress``
    is told each kind before it is read.

    Raises ``SettingsError`` with every problem of the mapping, before any request.
    """
    logger.remove()
    await start_offline(inputs.blueprints)
    plans = _plans(inputs)
    exchanges: list[Exchange] = []
    one_at_a_time = inputs.settings.model_copy(update={"max_concurrent_requests": 1})
    found = Preview(inputs, pages, notes=advice(inputs.settings))
    with _noting(found.notes, None):
        clients = Clients(one_at_a_time, IMPATIENT, exchanges.append)
    found.redactor = clients.api.redactor
    cache = ResponseCache(clients.api.send, shared_endpoints(plans))
    try:
        for (index, resource), plan in zip(inputs.chosen, plans, strict=True):
            kind = Kind(index, resource)
            found.kinds.append(kind)
            progress(found.redactor.text(resource.kind))
            with _noting(kind.notes, found.redactor if echo else None):
                await _read(kind, plan, FirstPages(clients.api, clients.jq, pages, cache))
                await _map(kind, inputs, found.redactor)
            kind.exchanges = exchanges[:]
            exchanges.clear()
    finally:
        cache.close()
        await clients.aclose()
    for kind in found.kinds:
        kind.relations = relations_of(kind, found.kinds, inputs.config.resources, inputs.blueprints)
    return found


async def _read(kind: Kind, plan: ListingPlan, reader: FirstPages) -> None:
    found = await first_listings(plan, reader, PARENTS)
    kind.discoveries = list(reader.readings)
    kind.more_listings = found.more
    if found.error:
        kind.errors.append(describe(found.error))
    for listing in found.listings:
        try:
            async with aclosing(reader.pages(listing)) as pages:
                async for page in pages:
                    if page.rest is not None and page.items:
                        break
        except Exception as error:
            kind.errors.append(describe(error))
        reading = reader.readings[-1]
        kind.listings.append(reading)
        kind.items += [item for page in reading.pages for item in page.items]


async def _map(kind: Kind, inputs: Inputs, redactor: Redactor) -> None:
    try:
        with entity_processor().watching(kind.resource) as watched:
            items = await records(kind.resource, kind.items)
        if watched.apart is not None:
            watched.apart.refuse(kind.resource.kind, redactor.excerpt)
        kind.unmapped = max(0, len(items) - MAPPED_ITEMS)
        kind.mapped = await map_items(kind.resource, items[:MAPPED_ITEMS], inputs.blueprints)
    except Exception as error:
        # Of a whole batch then, in a resync too.
        kind.errors.append(f"Ocean cannot make entities of these items: {describe(error)}")


def _plans(inputs: Inputs) -> list[ListingPlan]:
    plans: list[ListingPlan] = []
    problems: list[str] = []
    now = datetime.now(UTC)
    for index, resource in inputs.chosen:
        place = f"resources[{index}]"
        try:
            plans.append(build_plan(inputs.settings, resource, now))
        except SettingsError as error:
            problems += [f"{place}.{problem}" for problem in error.problems]
        problems += expression_problem(f"{place}.selector.query", resource.selector.query)
        port = resource.port
        problems += expression_problem(f"{place}.port.itemsToParse", port.items_to_parse)
        mappings = port.entity.mappings.dict(exclude_unset=True)
        problems += _expressions(f"{place}.port.entity.mappings", mappings)
    if problems:
        raise SettingsError(problems, subject=f"the mapping {inputs.path}")
    return plans


def _expressions(place: str, value: Any) -> Iterator[str]:
    """What is wrong with the jq expressions in ``value``; those of a search stand in lists."""
    if isinstance(value, dict):
        for name, inner in value.items():
            # Of a search, its combinator, properties and operators are names.
            if name not in ("combinator", "property", "operator"):
                yield from _expressions(f"{place}.{name}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _expressions(f"{place}[{index}]", inner)
    elif isinstance(value, str):
        yield from expression_problem(place, value)


@contextmanager
def _noting(notes: list[str], echo: Redactor | None) -> Iterator[None]:
    """Takes this project's warnings as notes; Ocean's own tell what is shown anyway."""

    def note(message: Any) -> None:
        record = message.record
        if record["name"].startswith("port_ocean") or record["message"] in notes:
            return
        notes.append(record["message"])
        if echo:
            text = visible(echo.values(record["message"]))
            sys.stderr.write(f"{record['level'].name.lower()}: {text}\n")

    sink = logger.add(note, level="WARNING", format="{message}")
    try:
        yield
    finally:
        logger.remove(sink)
