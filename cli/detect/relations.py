"""Relations between endpoints: fields whose values are the identifiers of another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cli.detect.fields import AS_TEXT, values_of
from cli.detect.findings import Confidence, Finding
from cli.detect.identifying import Path, at, identifier_text
from cli.detect.modelling import Model, Relation, relation_expression, with_relation
from cli.detect.texts import jq_path, legal, plain

NEARLY_ALL = 0.95
ENOUGH_OF_A_PART = 0.3
FEW = 3
PERSON = re.compile(
    r"owner|assignee|author|creator|reporter|manager|lead|approver|reviewer|member|user|person|_?by$",
    re.IGNORECASE,
)
PEOPLE = frozenset({"user", "person", "people", "member", "employee", "account", "contact"})
ID_SUFFIX = re.compile(r"(?<=[a-z0-9])(_ids?|Ids?|_uuids?|_keys?|-ids?)$")


@dataclass(frozen=True, slots=True)
class Field:
    """A field that may point to something: ``inner`` leads to the identifier in its objects."""

    path: Path
    inner: Path
    many: bool
    values: frozenset[str]
    text: bool

    @property
    def numeric(self) -> bool:
        """Whether the values are mere numbers, which identify something in every endpoint."""
        return all(value.lstrip("-").isdecimal() for value in self.values)


def relate(models: Sequence[Model]) -> None:
    """Adds to each of ``models`` its relations to all of them."""
    for model in models:
        for field in list(_fields(model)):
            judged = [(_judged(field, model, target), target) for target in models]
            found = [(one, target) for one, target in judged if one is not None]
            if not found:
                continue
            (confidence, told, _), target = max(found, key=lambda pair: pair[0][2])
            _add(model, field, target, told, confidence)


def _fields(model: Model) -> Iterator[Field]:
    for name, values in values_of(model.items).items():
        if (name,) == model.identifier or not values:
            continue
        many = all(isinstance(value, list) for value in values)
        singles = [one for value in values for one in value] if many else values
        singles = [one for one in singles if one is not None]
        inner: Path = ()
        if singles and all(isinstance(one, dict) for one in singles):
            key = next((k for k in ("id", "uuid", "key", "slug") if _all_have(singles, k)), None)
            if key is None or (name, key) == model.identifier:
                continue
            inner, singles = (key,), [one[key] for one in singles]
        if singles and all(isinstance(v, str | int) and not isinstance(v, bool) for v in singles):
            text = all(isinstance(one, str) for one in singles)
            given = frozenset(identifier_text(one) for one in singles if one != "")
            if given:
                yield Field((name,), inner, many, given, text)


def _all_have(objects: list[Any], key: str) -> bool:
    return all(one.get(key) is not None for one in objects)


def _judged(
    field: Field, model: Model, target: Model
) -> tuple[Confidence, str, tuple[bool, float]] | None:
    """How sure it is that ``field`` holds identifiers of ``target``, why, and how it compares."""
    matches = len(field.values & set(target.identifiers))
    if not matches:
        return None
    if target is model:
        filled = sum(at(item, field.path) is not None for item in model.items)
        if _own(field, model) * 2 >= filled:
            # A copy of the identifier, and no parent.
            return None
    share = matches / len(field.values)
    hinted = _names(field.path[-1], target, model)
    told = f"{matches} of its {len(field.values)} values are among "
    told += f"the {len(target.identifiers)} identifiers of {target.blueprint}"
    rank = (hinted, share)
    if field.numeric and not hinted:
        return None
    if share >= NEARLY_ALL and (hinted or len(field.values) >= FEW):
        confidence = Confidence.SURE if hinted or len(field.values) >= 10 else Confidence.LIKELY
        return confidence, told, rank
    if share >= NEARLY_ALL:
        return Confidence.UNSURE, f"{told}; that may be chance", rank
    if hinted and not target.detection.complete and share >= ENOUGH_OF_A_PART:
        return Confidence.LIKELY, f"{told}, which were not read to the end", rank
    if hinted and share >= 0.8:
        return Confidence.UNSURE, told, rank
    return None


def _own(field: Field, model: Model) -> int:
    """How many items have their own identifier in ``field``."""
    own = 0
    for item, identifier in zip(model.items, model.identifiers, strict=True):
        value = at(item, field.path)
        values = value if isinstance(value, list) else [value]
        own += identifier in [identifier_text(at(one, field.inner)) for one in values]
    return own


def _names(name: str, target: Model, model: Model) -> bool:
    """Whether a field's name tells of ``target``: ``team_id`` and ``lead_team`` of teams."""
    bare, blueprint = plain(name), plain(target.noun)
    if blueprint in bare:
        return True
    if blueprint in PEOPLE and PERSON.search(name):
        return True
    return target is model and bare.startswith("parent")


def _add(model: Model, field: Field, target: Model, told: str, confidence: Confidence) -> None:
    name = field.path[-1]
    taken = {relation.key for relation in model.relations}
    key = legal(ID_SUFFIX.sub("", name))
    key = legal(name) if key in taken else key
    if key in taken:
        return
    # A relation of many keeps the plural that its field has.
    if field.many and ID_SUFFIX.search(name):
        key = f"{key}s" if f"{key}s" not in taken else legal(name)
    expression = relation_expression(field.path, field.inner, field.many, field.text)
    if target is model and not field.many and (own := _own(field, model)):
        # Roots that name themselves as their parents have none.
        whole = jq_path(*field.path, *field.inner)
        itself = f"({whole} | {AS_TEXT}) == ({model.identifier_expression})"
        expression = f"if {itself} then null else {expression} end"
        told += f"; {own} that name themselves are left out"
    relation = Relation(name, key, target.blueprint, field.many, expression)
    if confidence is not Confidence.UNSURE:
        with_relation(model, relation, drop=not field.inner)
    value = f"{jq_path(*field.path, *field.inner)} -> {target.blueprint}"
    model.findings.append(Finding("relation", value, told, confidence))
