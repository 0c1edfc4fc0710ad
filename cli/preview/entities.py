"""The entities that Ocean makes of items, and why the others are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from port_ocean.core.integrations.mixins.utils import handle_items_to_parse

from cli.preview.inputs import Blueprints
from cli.preview.offline import entity_processor
from mapping import CustomResourceConfig

FILTERED = "selector.query is false"

TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


@dataclass(slots=True)
class Mapped:
    """What the mapping makes of items. ``entities`` have their item's number (from 1) beside them;
    ``dropped`` are the numbers of the items that become none, by reason; ``empty`` counts, by the
    field of the mapping, the entities in which it is null, and ``reasons`` says why."""

    items: int = 0
    entities: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    dropped: dict[str, list[int]] = field(default_factory=dict)
    empty: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """How many items become no entity although the selector lets them pass."""
        return sum(len(items) for reason, items in self.dropped.items() if reason != FILTERED)

    def drop(self, reason: str, number: int) -> None:
        """Takes note that item ``number`` becomes no entity."""
        self.dropped.setdefault(reason, []).append(number)


async def records(resource: CustomResourceConfig, items: list[Any]) -> list[dict[str, Any]]:
    """What Ocean maps: the items, or the records inside them where ``itemsToParse`` says so."""
    port = resource.port
    if not port.items_to_parse:
        return items
    found: list[dict[str, Any]] = []
    parsed = handle_items_to_parse(
        items,
        port.items_to_parse_name,
        port.items_to_parse,
        port.items_to_parse_top_level_transform,
    )
    async for batch in parsed:
        found.extend(batch)
    return found


async def map_items(
    resource: CustomResourceConfig, items: list[dict[str, Any]], blueprints: Blueprints | None
) -> Mapped:
    """Maps ``items`` by Ocean's entity processor, and finds a reason for each that is dropped.

    What Port would refuse counts as dropped; without ``blueprints`` only part of it can be told.
    """
    result = await entity_processor().parse_items(resource, items)
    passed = iter(result.entity_selector_diff.passed)
    found = Mapped(items=len(items))
    for number, item in enumerate(items, 1):
        reason = await _reason(resource, item, found)
        if reason:
            found.drop(reason, number)
            continue
        made = next(passed, None)
        if made is None:
            found.drop("Ocean makes no entity of it", number)
            continue
        entity = made.dict(exclude_unset=True)
        refusals = list(_refusals(entity, blueprints))
        for refusal in refusals[:1]:
            found.drop(f"Port would refuse it: {refusal}", number)
        if not refusals:
            found.entities.append((number, entity))
    return found


async def _reason(
    resource: CustomResourceConfig, item: dict[str, Any], found: Mapped
) -> str | None:
    """Why Ocean makes no entity of ``item``; None where it makes one."""
    mappings = resource.port.entity.mappings.dict(exclude_unset=True)
    query = resource.selector.query
    try:
        one = await entity_processor()._get_mapped_entity(item, mappings, query)
    except Exception as error:
        return f"selector.query {query!r} failed: {_first_line(error)}"
    if not one.did_entity_pass_selector:
        return FILTERED
    for name in ("identifier", "blueprint"):
        if not one.entity.get(name):
            return f"{name} is {_emptiness(one.entity.get(name), mappings[name], item)}"
    for name, expression in one.misconfigurations.items():
        found.empty[name] += 1
        if name not in found.reasons:
            found.reasons[name] = _emptiness(None, expression, item)
    return None


def _emptiness(value: Any, expression: Any, item: dict[str, Any]) -> str:
    told = "null" if value is None else "empty" if value == "" else repr(value)
    if not isinstance(expression, str):
        return told
    if value is None:
        try:
            entity_processor()._compile(expression).input_value(item).first()
        except StopIteration:
            told = "nothing"
        except Exception as error:
            return f"null: {expression!r} failed: {_first_line(error)}"
    return f"{told}, which is what {expression!r} answers"


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _refusals(entity: Mapping[str, Any], blueprints: Blueprints | None) -> Iterator[str]:
    """Why Port would not take ``entity``, as far as ``blueprints`` tell."""
    identifier, name = entity["identifier"], entity["blueprint"]
    if not isinstance(identifier, str | dict):
        kind = type(identifier).__name__
        yield f"its identifier must be a text, found {kind}; write `... | tostring`"
    if blueprints is None or str(name).startswith("_"):
        return
    blueprint = blueprints.get(name) if isinstance(name, str) else None
    if blueprint is None:
        yield f"blueprint {name!r} is not in blueprints.json"
        return
    schema = blueprint.get("schema") or {}
    properties = entity.get("properties") or {}
    for key, value in properties.items():
        wanted = (schema.get("properties") or {}).get(key)
        if wanted is None:
            yield f"blueprint {name} has no property {key!r}"
        elif value is not None and not TYPES.get(wanted.get("type"), lambda _: True)(value):
            yield f"property {key} must be of type {wanted['type']}, found {type(value).__name__}"
    for key in schema.get("required") or ():
        if properties.get(key) is None:
            yield f"required property {key} is missing"
    related = entity.get("relations") or {}
    for key in related.keys() - (blueprint.get("relations") or {}).keys():
        yield f"blueprint {name} has no relation {key!r}"
    for key, relation in (blueprint.get("relations") or {}).items():
        if relation.get("required") and not related.get(key):
            yield f"required relation {key} is missing"
