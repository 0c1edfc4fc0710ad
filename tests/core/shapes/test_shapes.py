"""Listings in the shapes of real APIs, through real Ocean core: read whole, or an error that says
why, with nothing deleted.

The catalog holds everything before the first of two resyncs, with 400 entities of another endpoint.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, cast

import port_ocean.utils.signal as signal_module
import pytest
from loguru import logger
from port_ocean.core.handlers.entity_processor import jq_entity_processor
from port_ocean.ocean import Ocean

from sandbox.serving import serve
from tests.core.shapes import (
    behind,
    cursors,
    numbered,
    offsets,
    parents,
    reported,
    rough,
    search,
)
from tests.support.core import Core, Outcome, resource, texts
from tests.support.shape_api import OTHERS, Record, Shape, ShapeApi, records

MODULES = (reported, numbered, offsets, behind, cursors, search, rough, parents)
SHAPES: dict[str, Shape] = {
    name: shape for module in MODULES for name, shape in module.SHAPES.items()
}
DATASOURCE = "port-ocean/custom/0.1.0/core-test/exporter"


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[ShapeApi, str]]:
    """The API of all tests, and its base URL."""
    api = ShapeApi()
    with serve(api) as url:
        yield api, url


@pytest.fixture(autouse=True)
def _entities_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Core forks for every batch, which takes longer than all else here."""

    def pool(max_workers: int, mp_context: object) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=1)

    monkeypatch.setattr(jq_entity_processor, "ProcessPoolExecutor", pool)


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    """Every warning."""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="WARNING", diagnose=False)
    yield lines
    logger.remove(sink)


def fill(core: Core, found: list[Record]) -> None:
    """Puts entities into the catalog, as an earlier resync would have."""
    store = core.catalog._store
    with store.transaction():
        for record in found:
            entity = {
                "identifier": record["id"],
                "title": None,
                "icon": None,
                "team": [],
                "blueprint": "record",
                "properties": {key: record[key] for key in ("name",) if key in record},
                "relations": {},
                "createdAt": "2026-01-01T00:00:00+00:00",
                "updatedAt": "2026-01-01T00:00:00+00:00",
                "datasource": DATASOURCE,
            }
            store.put_entity(entity, DATASOURCE)


def mapping(shape: Shape) -> list[dict[str, Any]]:
    """The resources of a shape, and the one of the other endpoint."""
    found = [resource(kind, data_path=shape.data_path, **shape.selector) for kind in shape.kinds]
    if shape.items_to_parse:
        for one in found:
            one["port"]["itemsToParse"] = shape.items_to_parse
            one["port"]["entity"]["mappings"]["identifier"] = ".item.id"
            one["port"]["entity"]["mappings"]["properties"] = {"name": ".item.name"}
    others = resource("/others", pagination={"type": "none"})
    del others["port"]["entity"]["mappings"]["properties"]
    return [*found, others]


@asynccontextmanager
async def ocean(core: Core, url: str, shape: Shape) -> AsyncGenerator[Ocean]:
    """Ocean with the settings of ``shape``; the catalog holds everything."""
    fill(core, everything(shape, 0))
    settings = {"baseUrl": url, "pageSize": "50", **shape.settings}
    app = await core.start(settings, *mapping(shape), send_raw_data_examples=False)
    try:
        yield app
    finally:
        await signal_module.signal_handler.exit()
        (on_start,) = cast(Any, app.integration.event_strategy).start
        await on_start.__globals__["current_run"]().aclose()


async def resync(app: Ocean) -> Outcome:
    try:
        return Outcome(await app.integration.sync_raw_all(silent=False))
    except Exception as error:
        return Outcome(False, texts(error))


@pytest.mark.parametrize("name", SHAPES)
async def test_it_is_read_whole_or_nothing_is_deleted(
    core: Core, server: tuple[ShapeApi, str], name: str, warnings: list[str]
) -> None:
    api, url = server
    shape = api.shape = SHAPES[name]
    identifiers = {one["id"] for one in everything(shape, 0)}
    async with ocean(core, url, shape) as app:
        for reading in (1, 2):
            api.reading = reading
            api.asked.clear()
            outcome = await resync(app)
            assert set(core.catalog.identifiers("record")) == identifiers, outcome.error
            assert core.catalog.deletions() == []
            assert outcome.succeeded != bool(shape.fails), outcome.error
            assert shape.fails in outcome.error
            if not shape.fails:
                expected = {one["id"]: one.get("name", "") for one in everything(shape, reading)}
                assert names(core) == expected
            if shape.requests is not None:
                assert len(api.asked) == shape.requests
    if not shape.fails:
        told = [line for line in warnings if any(kind in line for kind in shape.kinds)]
        assert bool(told) == bool(shape.warns), told
        assert shape.warns in "".join(told)


def test_every_shape_has_a_name_of_its_own() -> None:
    assert len(SHAPES) == sum(len(module.SHAPES) for module in MODULES)


async def test_what_an_api_no_longer_has_is_deleted(
    core: Core, server: tuple[ShapeApi, str]
) -> None:
    """Else none of the tests above could fail."""
    api, url = server
    shape = api.shape = SHAPES["Stripe: keyset"]
    async with ocean(core, url, shape) as app:
        fill(core, [{"id": "gone", "name": "reading 0"}])
        assert (await resync(app)).succeeded
    assert core.catalog.deletions() == [("record", "gone")]


def everything(shape: Shape, reading: int) -> list[Record]:
    """What the catalog must hold after a resync; the names tell which one has read it."""
    return [*shape.keeps(records(shape.count, reading)), *OTHERS]


def names(core: Core) -> dict[str, str]:
    """By identifier, the name that the catalog has."""
    found = core.catalog.entities("record")
    return {one["identifier"]: one["properties"].get("name", "") for one in found}
