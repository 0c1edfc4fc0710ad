"""From items to what identifies them, what they are called and how they point to each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cli.detect.fields import AS_TEXT, Fields, Property, as_objects, read_fields, values_of
from cli.detect.findings import Confidence, Detection, Finding
from cli.detect.texts import jq_path, legal, plain, singular, title_of, without_extension

IDENTIFIERS = (
    "id", "uuid", "guid", "_id", "identifier", "key", "sys_id", "gid", "slug", "full_name",
    "fullName", "login", "username", "name", "email", "code", "number",
)  # fmt: skip
TITLES = (
    "name", "title", "display_name", "displayName", "full_name", "fullName", "label", "summary",
    "subject", "login", "username", "slug", "key", "email",
)  # fmt: skip
LEGAL_IDENTIFIER = re.compile(r"[A-Za-z0-9@_.+:\\/=-]+")
WORD = re.compile(r"[A-Za-z][A-Za-z_-]*")
VERSION = re.compile(r"v\d+(\.\d+)*")

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation to another endpoint's blueprint."""

    name: str
    key: str
    target: str
    many: bool
    expression: str


@dataclass(slots=True)
class Model:
    """One endpoint's blueprint and mapping; ``identifiers`` are those of the items read;
    ``identifier`` and ``entitled`` are the paths to identifier and title, which are no properties
    beside that."""

    detection: Detection
    blueprint: str
    title: str
    items: list[dict[str, Any]]
    fields: Fields
    identifier: Path | None = None
    identifier_expression: str = ".id | tostring"
    title_expression: str | None = None
    entitled: Path | None = None
    identifiers: frozenset[str] = frozenset()
    relations: list[Relation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def model_of(detection: Detection, taken: set[str], secret: Callable[[str], bool]) -> Model:
    """The model of one endpoint, relations left out; ``taken`` are blueprints' names in use, and
    fields whose names are ``secret`` are passed over."""
    items = [
        {name: value for name, value in item.items() if not secret(name)}
        for item in as_objects(detection.items or detection.first.items)
    ]
    words = blueprint_words(detection.endpoint.path)
    blueprint = legal("_".join(words[-1:]), "_")
    if blueprint in taken and len(words) > 1:
        blueprint = legal("_".join(words[-2:]), "_")
    free, number = blueprint, 2
    while free in taken:
        free, number = f"{blueprint}_{number}", number + 1
    taken.add(free)
    model = Model(detection, free, title_of(free), items, read_fields(items))
    _identify(model)
    _entitle(model)
    said = {path[0] for path in (model.identifier, model.entitled) if path and len(path) == 1}
    with_properties(model, [one for one in model.fields.properties if one.name not in said])
    return model


def blueprint_words(path: str) -> list[str]:
    """The words in a path that name what is there, each as one of it."""
    segments = map(without_extension, path.split("/"))
    parts = [part for part in segments if WORD.fullmatch(part) and not VERSION.match(part)]
    return [singular(part) for part in parts if part not in ("api", "rest")] or ["item"]


def at(item: Any, path: Path) -> Any:
    """The value at ``path`` in ``item``, or None."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return item


def identifier_text(value: Any) -> str:
    """A value as jq's ``tostring`` writes it."""
    return value if isinstance(value, str) else str(value)


def _identify(model: Model) -> None:
    items = model.items
    paths = sorted(_candidates(items), key=lambda path: _rank(path, model.blueprint))
    unique = [path for path in paths if _identifies(items, path)]
    fit = [path for path in unique if _is_legal(items, path)]
    if not unique:
        told = "no field has a value in each item, another in every one: set it"
        if not items:
            told = "there are no items to look at: set it"
        model.findings.append(Finding("identifier", ".id", told, Confidence.UNSURE))
        return
    path = (fit or unique)[0]
    model.identifier = path
    values = [at(item, path) for item in items]
    text = all(isinstance(value, str) for value in values)
    model.identifier_expression = jq_path(*path) + ("" if text else " | tostring")
    model.identifiers = frozenset(map(identifier_text, values))
    told = f"in each of {len(items)} items, another in every one"
    known = plain(path[-1]) in map(plain, IDENTIFIERS[:9]) and len(items) > 1
    confidence = Confidence.SURE if known else Confidence.LIKELY
    if not fit:
        told += "; but with characters that Port does not allow in an identifier"
        confidence = Confidence.UNSURE
    model.findings.append(Finding("identifier", model.identifier_expression, told, confidence))


def _candidates(items: Sequence[dict[str, Any]]) -> list[Path]:
    """Single values: of the items, and of the objects that they consist of."""
    found: list[Path] = []
    for name, values in values_of(items).items():
        if _are_single(values):
            found.append((name,))
        elif values and all(isinstance(value, dict) for value in values):
            inner = values_of(values)
            found += [(name, key) for key, inside in inner.items() if _are_single(inside)]
    return found


def _are_single(values: Sequence[Any]) -> bool:
    singles = [isinstance(v, str | int) and not isinstance(v, bool) and v != "" for v in values]
    return bool(values) and all(singles)


def _rank(path: Path, blueprint: str) -> tuple[int, int, int]:
    """The lowest is the best: a usual name, ``<blueprint>_id``, any name that ends in id."""
    name = plain(path[-1])
    usual = [plain(one) for one in IDENTIFIERS]
    if name in usual[:9]:
        rank = usual.index(name)
    elif name in (plain(blueprint) + "id", plain(blueprint) + "key"):
        rank = 20
    elif name in usual:
        rank = 30 + usual.index(name)
    else:
        rank = 50 if name.endswith("id") else 60
    return len(path), rank, len(path[-1])


def _identifies(items: Sequence[dict[str, Any]], path: Path) -> bool:
    values = [at(item, path) for item in items]
    if any(value is None for value in values):
        return False
    return len(set(map(identifier_text, values))) == len(values)


def _is_legal(items: Sequence[dict[str, Any]], path: Path) -> bool:
    return all(LEGAL_IDENTIFIER.fullmatch(identifier_text(at(item, path))) for item in items)


def _entitle(model: Model) -> None:
    paths = [path for path in _candidates(model.items) if path[-1] in TITLES]
    paths.sort(key=lambda path: (TITLES.index(path[-1]), len(path)))
    near = [path for path in paths if len(path) == 1] or paths
    for path in near:
        values = [at(item, path) for item in model.items]
        filled = [value for value in values if isinstance(value, str)]
        if len(filled) * 10 >= len(values) * 9:
            model.title_expression, model.entitled = jq_path(*path), path
            told = f"a text in {len(filled)} of {len(values)} items"
            confidence = Confidence.SURE if len(filled) == len(values) else Confidence.LIKELY
            model.findings.append(Finding("title", model.title_expression, told, confidence))
            return
    if model.identifier is not None:
        model.title_expression = model.identifier_expression
        told = "no field looks like a name, so it is the identifier"
        model.findings.append(Finding("title", model.title_expression, told, Confidence.LIKELY))


def relation_expression(path: Path, inner: Path, many: bool, text: bool) -> str:
    """The jq expression for a relation's targets: the identifiers at ``path``, or those at
    ``inner`` of the objects there."""
    if not many:
        whole = jq_path(*path, *inner)
        return whole if text else f"{whole} | {AS_TEXT}"
    each = jq_path(*path) + "[]?" + (jq_path(*inner) if inner else "")
    return f"[{each} | select(. != null){'' if text else ' | tostring'}]"


def with_relation(model: Model, relation: Relation, drop: bool) -> None:
    """Adds ``relation``; with ``drop`` it takes the place of the property of that field."""
    model.relations.append(relation)
    if drop:
        kept = [one for one in model.fields.properties if one.name != relation.name]
        with_properties(model, kept)


def with_properties(model: Model, properties: Sequence[Property]) -> None:
    """Replaces the properties of ``model``."""
    model.fields = replace(model.fields, properties=tuple(properties))
