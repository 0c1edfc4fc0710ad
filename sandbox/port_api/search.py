"""Entity search: rules, combined by and and or, over meta properties and plain ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.port_api.problems import invalid
from sandbox.port_api.store import Document, Store

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda found, value: found == value,
    "!=": lambda found, value: found != value,
    "in": lambda found, value: found in value,
    "notIn": lambda found, value: found not in value,
    "contains": lambda found, value: str(value) in str(found or ""),
    "notContains": lambda found, value: str(value) not in str(found or ""),
    "beginsWith": lambda found, value: str(found or "").startswith(str(value)),
    "endsWith": lambda found, value: str(found or "").endswith(str(value)),
    "isEmpty": lambda found, value: found in (None, "", []),
    "isNotEmpty": lambda found, value: found not in (None, "", []),
}


def search(store: Store, query: Document, include: list[str]) -> list[Document]:
    """The entities that fit ``query``, with the parts named in ``include`` (all where empty)."""
    return [
        _reduced(entity, include) if include else entity
        for entity in _candidates(store, query)
        if fits(entity, query)
    ]


def fits(entity: Document, query: Document) -> bool:
    """Whether an entity fits a rule or a group of rules. Raises ``Refusal`` for a wrong one."""
    if "rules" in query:
        results = (fits(entity, rule) for rule in query["rules"])
        match query.get("combinator"):
            case "and":
                return all(results)
            case "or":
                return any(results)
            case other:
                raise invalid(f"combinator must be and or or, found {other!r}")
    operator = _OPERATORS.get(query.get("operator", ""))
    if operator is None:
        raise invalid(f"unknown operator {query.get('operator')!r}")
    return operator(_value(entity, query.get("property", "")), query.get("value"))


def _candidates(store: Store, query: Document) -> list[Document]:
    """By the index, where the query names one blueprint and a list of identifiers."""
    rules = query.get("rules", []) if query.get("combinator") == "and" else []
    named = {
        (rule.get("property"), rule.get("operator")): rule.get("value")
        for rule in rules
        if "rules" not in rule
    }
    blueprint, identifiers = named.get(("$blueprint", "=")), named.get(("$identifier", "in"))
    if isinstance(blueprint, str) and isinstance(identifiers, list):
        return store.some_entities(blueprint, [str(name) for name in identifiers])
    return store.entities(blueprint if isinstance(blueprint, str) else None)


def _value(entity: Document, name: str) -> Any:
    if name.startswith("$"):
        return entity.get(name[1:])
    return entity["properties"].get(name)


def _reduced(entity: Document, include: list[str]) -> Document:
    reduced: Document = {"properties": {}, "relations": {}}
    for path in include:
        group, _, name = path.partition(".")
        if name and group in ("properties", "relations"):
            if name in entity[group]:
                reduced[group][name] = entity[group][name]
        elif group in entity:
            reduced[group] = entity[group]
    return reduced
