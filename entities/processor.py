"""Ocean's mapping of items, and the count of those that it drops without an identifier."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from loguru import logger
from port_ocean.core.handlers.entity_processor.jq_entity_processor import JQEntityProcessor
from port_ocean.core.handlers.entity_processor.models import MappedEntity
from port_ocean.core.handlers.port_app_config.models import ResourceConfig
from port_ocean.core.ocean_types import RAW_ITEM, CalculationResult
from port_ocean.core.utils.json_compat import compile_jq

from entities.apart import Apart
from entities.mapped import Mapped

HALTS = "it halts"
_NOTHING = object()

Results = tuple[list[tuple[list[MappedEntity], list[Exception]]], list[Exception]]

_nameless: ContextVar[list[RAW_ITEM]] = ContextVar("nameless")
"""The items of the present batch that passed, and have no identifier or no blueprint."""


class EntityProcessor(JQEntityProcessor):
    """Ocean's, which drops items without an identifier or blueprint: here they are counted.

    One that is dropped looks to Ocean like one that the API no longer has.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._watched: dict[int, Mapped] = {}

    @contextmanager
    def watching(self, resource: ResourceConfig) -> Generator[Mapped]:
        """Counts what is mapped for ``resource`` inside the block."""
        mappings = resource.port.entity.mappings
        identifier, blueprint = mappings.identifier, mappings.blueprint
        # A search for the entity is a query with expressions in it, and is never null.
        shown = identifier if isinstance(identifier, str) else "search"
        apart = Apart(resource.port.items_to_parse) if resource.port.items_to_parse else None
        mapped = self._watched[id(resource)] = Mapped((shown, blueprint), apart=apart)
        try:
            yield mapped
        finally:
            del self._watched[id(resource)]

    async def _search(self, data: RAW_ITEM, pattern: str, field: str | None = None) -> Any:
        """As Ocean does; notes how ``itemsToParse`` takes items apart, which has no ``field``."""
        found = await super()._search(data, pattern, field)
        if field is None:
            for mapped in self._watched.values():
                if mapped.apart is None:
                    continue
                if pattern == mapped.apart.expression:
                    mapped.apart.note(found, partial(self._failure, pattern, data))
                else:
                    mapped.apart.note_rest(found)
        return found

    async def _parse_items(
        self, mapping: ResourceConfig, raw_results: list[RAW_ITEM], parse_all: bool = False
    ) -> CalculationResult:
        mapped = self._watched.get(id(mapping))
        if mapped is None:
            return await super()._parse_items(mapping, raw_results, parse_all)
        nameless: list[RAW_ITEM] = []
        token = _nameless.set(nameless)
        try:
            result = await super()._parse_items(mapping, raw_results, parse_all)
        finally:
            _nameless.reset(token)
        mapped.passed += len(result.entity_selector_diff.passed) + len(nameless)
        mapped.nameless += len(nameless)
        for item in nameless:
            if mapped.error is None:
                mapped.error = self._error(item, mapping)
                # The loop is shared, and there may be many of them.
                await asyncio.sleep(0)
        return result

    def merge_results(
        self, jq_results: Results, async_results: Results, raw_results: list[RAW_ITEM]
    ) -> tuple[list[MappedEntity], list[Exception]]:
        """As Ocean does; notes the items that it will drop."""
        found = super().merge_results(jq_results, async_results, raw_results)
        nameless = _nameless.get(None)
        if nameless is not None:
            for place, item in enumerate(raw_results):
                parts = [
                    mapped
                    for results, _ in (jq_results, async_results)
                    for mapped in (results[place][0] if place < len(results) else ())
                ]
                if parts and all(one.did_entity_pass_selector for one in parts):
                    keys = {key for one in parts for key, value in one.entity.items() if value}
                    if not {"identifier", "blueprint"} <= keys:
                        nameless.append(item)
        return found

    def _error(self, item: RAW_ITEM, mapping: ResourceConfig) -> str | None:
        """What jq says of ``item`` where an expression fails, which Ocean takes for null."""
        mappings = mapping.port.entity.mappings
        for expression in (mappings.identifier, mappings.blueprint):
            failure = self._failure(expression, item) if isinstance(expression, str) else None
            if failure is not None:
                return failure
        return None

    def _failure(self, expression: str, item: RAW_ITEM) -> str | None:
        """What jq says where ``expression`` fails for ``item``. It has come to an end there once,
        so it does here. Where it halts, jq says nothing at all."""
        try:
            output = next(iter(compile_jq(self._compile(expression), item)), _NOTHING)
            return HALTS if output is _NOTHING and "halt" in expression else None
        except Exception as error:
            logger.debug("An expression of the mapping fails for an item")
            return str(error)
