"""Entities: checked against their blueprint, upserted, deleted with what depends on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.port_api.problems import Refusal, invalid, not_found
from sandbox.port_api.store import Document, Store, now

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


@dataclass(frozen=True, slots=True)
class Options:
    """The query parameters of an upsert, and who sends it."""

    merge: bool
    create_related: bool
    validation_only: bool
    datasource: str


class Entities:
    """The rules by which entities come, change and go."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def blueprint(self, identifier: str) -> Document:
        blueprint = self._store.get("blueprint", identifier)
        if blueprint is None:
            raise not_found(f'Blueprint "{identifier}"')
        return blueprint

    def upsert(self, blueprint: Document, raw: Any, options: Options) -> tuple[Document, bool]:
        """Checks and stores one entity; returns it and whether it is new.

        Raises ``Refusal`` for what Port refuses.
        """
        self._check(blueprint, raw)
        old = self._store.entity(blueprint["identifier"], raw["identifier"])
        entity = self._merged(blueprint, raw, old, options)
        self._require_related(blueprint, entity, options)
        if not options.validation_only:
            self._store.put_entity(entity, options.datasource)
        return entity, old is None

    def bulk(self, blueprint: Document, raws: list[Any], options: Options) -> Document:
        """Upserts entities one by one; what is refused is listed beside what was stored."""
        stored, errors = [], []
        with self._store.transaction():
            for index, raw in enumerate(raws):
                name = raw.get("identifier") if isinstance(raw, dict) else None
                try:
                    entity, created = self.upsert(blueprint, raw, options)
                except Refusal as refusal:
                    errors.append(
                        {
                            "identifier": name if isinstance(name, str) else "unknown",
                            "index": index,
                            "statusCode": refusal.status,
                            "error": refusal.error,
                            "message": refusal.message,
                        }
                    )
                else:
                    stored.append(
                        {"identifier": entity["identifier"], "index": index, "created": created}
                    )
            self._store.note("upserts", [{"blueprint": blueprint["identifier"], "n": len(stored)}])
        return {"ok": not errors, "entities": stored, "errors": errors}

    def delete(self, blueprint: str, identifiers: list[str], dependents: bool) -> list[str]:
        """Deletes entities, with ``dependents`` also those that relate to them; returns the
        identifiers of ``blueprint`` that were deleted."""
        deleted: list[str] = []
        with self._store.transaction():
            for identifier in identifiers:
                if self._store.drop_entity(blueprint, identifier):
                    deleted.append(identifier)
                    self._store.note("deletions", [[blueprint, identifier]])
            if dependents and deleted:
                self._delete_dependents(blueprint, set(deleted))
        return deleted

    def _delete_dependents(self, target: str, gone: set[str]) -> None:
        for blueprint in self._store.all("blueprint"):
            names = [
                name
                for name, relation in blueprint.get("relations", {}).items()
                if relation.get("target") == target
            ]
            lost = [
                entity["identifier"]
                for entity in (self._store.entities(blueprint["identifier"]) if names else [])
                if any(gone.intersection(targets(entity["relations"].get(n))) for n in names)
            ]
            for identifier in lost:
                self._store.drop_entity(blueprint["identifier"], identifier)
                self._store.note("deletions", [[blueprint["identifier"], identifier]])
            if lost:
                self._delete_dependents(blueprint["identifier"], set(lost))

    def _check(self, blueprint: Document, raw: Any) -> None:
        if not isinstance(raw, dict):
            raise invalid("an entity must be an object")
        identifier = raw.get("identifier")
        if not isinstance(identifier, str) or not identifier:
            raise invalid(f"identifier must be a text that is not empty, found {identifier!r}")
        schema = blueprint.get("schema", {})
        properties = raw.get("properties") or {}
        for name, value in properties.items():
            wanted = schema.get("properties", {}).get(name)
            if wanted is None:
                raise invalid(f'the blueprint has no property "{name}"')
            fits = _TYPES.get(wanted.get("type", ""), lambda _: True)
            if value is not None and not fits(value):
                raise invalid(f'property "{name}" must be a {wanted["type"]}, found {value!r:.60}')
        missing = [name for name in schema.get("required", []) if properties.get(name) is None]
        if missing:
            raise invalid(f"required properties are missing: {', '.join(missing)}")
        for name in raw.get("relations") or {}:
            if name not in blueprint.get("relations", {}):
                raise invalid(f'the blueprint has no relation "{name}"')

    def _merged(
        self, blueprint: Document, raw: Document, old: Document | None, options: Options
    ) -> Document:
        at = now()
        base = old if old is not None and options.merge else {}
        return {
            "identifier": raw["identifier"],
            "title": raw.get("title", base.get("title")),
            "icon": raw.get("icon", base.get("icon")),
            "team": raw.get("team", base.get("team", [])),
            "blueprint": blueprint["identifier"],
            "properties": {**base.get("properties", {}), **(raw.get("properties") or {})},
            "relations": {**base.get("relations", {}), **(raw.get("relations") or {})},
            "createdAt": old["createdAt"] if old else at,
            "updatedAt": at,
            "datasource": options.datasource,
        }

    def _require_related(self, blueprint: Document, entity: Document, options: Options) -> None:
        for name, value in entity["relations"].items():
            target = blueprint["relations"][name]["target"]
            for identifier in targets(value):
                if self._store.entity(target, identifier) is not None:
                    continue
                if not options.create_related:
                    raise not_found(f'Entity "{identifier}" of blueprint "{target}"')
                related = {"identifier": identifier, "title": None}
                made = self._merged({"identifier": target}, related, None, options)
                if not options.validation_only:
                    self._store.put_entity(made, options.datasource)


def targets(value: Any) -> list[str]:
    """The identifiers that a relation's value names."""
    values = value if isinstance(value, list) else [value]
    return [single for single in values if isinstance(single, str) and single]
