"""Where the relations of previewed entities lead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from cli.preview.inputs import Blueprints
from mapping import CustomResourceConfig

LITERAL = re.compile(r"(?P<mark>[\"'])(?P<name>[^\"']*)(?P=mark)")


class Previewed(Protocol):
    """The part of a kind's preview that matters here."""

    @property
    def index(self) -> int: ...
    @property
    def whole(self) -> bool: ...
    @property
    def made(self) -> list[dict[str, Any]]: ...


@dataclass(slots=True)
class Relation:
    """One relation of a kind's entities: how many targets it names, and those not among the
    previewed entities. ``unchecked`` says why that proves nothing, where it does not."""

    name: str
    target: str | None
    count: int = 0
    missing: list[str] = field(default_factory=list)
    unchecked: str | None = None


def relations_of(
    kind: Previewed,
    every: Sequence[Previewed],
    resources: Sequence[CustomResourceConfig],
    blueprints: Blueprints | None,
) -> list[Relation]:
    """The relations of the entities of ``kind``. ``every`` is all that was previewed of the
    mapping's ``resources``."""
    found: dict[tuple[str, str | None], Relation] = {}
    known = {(one["blueprint"], one["identifier"]) for one in _texts(every)}
    for entity in kind.made:
        for name, value in (entity.get("relations") or {}).items():
            target = _target(entity["blueprint"], name, blueprints)
            relation = found.setdefault((name, target), Relation(name, target))
            for identifier in _identifiers(value):
                relation.count += 1
                if (target, identifier) not in known and identifier not in relation.missing:
                    relation.missing.append(identifier)
    for relation in found.values():
        if relation.missing:
            relation.unchecked = _unchecked(relation.target, every, resources)
    return list(found.values())


def _texts(every: Sequence[Previewed]) -> Iterator[dict[str, Any]]:
    for kind in every:
        for entity in kind.made:
            if isinstance(entity["identifier"], str) and isinstance(entity["blueprint"], str):
                yield entity


def _target(blueprint: Any, relation: str, blueprints: Blueprints | None) -> str | None:
    found = (blueprints or {}).get(blueprint) or {}
    target = (found.get("relations") or {}).get(relation, {}).get("target")
    return target if isinstance(target, str) else None


def _identifiers(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str) and one]


def _unchecked(
    target: str | None, every: Sequence[Previewed], resources: Sequence[CustomResourceConfig]
) -> str | None:
    if target is None:
        return "no blueprints.json says what it leads to"
    previewed = {kind.index: kind for kind in every}
    makers = [
        index
        for index, resource in enumerate(resources)
        if _makes(resource, previewed.get(index), target)
    ]
    if not makers:
        return f"no kind of this mapping makes a {target}"
    partly = [index for index in makers if index not in previewed or not previewed[index].whole]
    if partly:
        kinds = ", ".join(resources[index].kind for index in partly)
        return f"only the first pages of {kinds} were read, or none"
    return None


def _makes(resource: CustomResourceConfig, kind: Previewed | None, target: str) -> bool:
    """Whether entities of ``resource`` can be of blueprint ``target``."""
    literal = LITERAL.fullmatch(resource.port.entity.mappings.blueprint.strip())
    if literal:
        return literal["name"] == target
    return kind is None or not kind.whole or any(one["blueprint"] == target for one in kind.made)
