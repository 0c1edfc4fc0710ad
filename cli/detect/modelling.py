"""From items to what identifies them, what they are called and how they point to each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cli.detect.fields import AS_TEXT, Fields, Property, as_objects, read_fields
from cli.detect.findings import Confidence, Detection, Finding
from cli.detect.identifying import NOTHING, Path, at, candidates, find_identifier
from cli.detect.secret_fields import KEY, secret_fields, without_secrets
from cli.detect.texts import jq_path, legal, singular, title_of, without_extension

TITLES = (
    "name", "title", "display_name", "displayName", "full_name", "fullName", "label", "summary",
    "subject", "login", "username", "slug", "key", "email",
)  # fmt: skip
WORD = re.compile(r"[A-Za-z][A-Za-z_-]*")
VERSION = re.compile(r"v\d+(\.\d+)*")


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
    """One endpoint's blueprint and mapping. ``noun`` is what the blueprint is called without its
    prefix; ``identifiers`` are those of the items read, one by
    one; ``identifier`` and ``entitled`` are the paths to identifier and title, which are no
    properties beside that."""

    detection: Detection
    blueprint: str
    noun: str
    title: str
    items: list[dict[str, Any]]
    fields: Fields
    identifier: Path | None = None
    identifier_expression: str = NOTHING
    title_expression: str | None = None
    entitled: Path | None = None
    identifiers: tuple[str, ...] = ()
    relations: list[Relation] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def model_of(
    detection: Detection, taken: set[str], secret: Callable[[str], bool], prefix: str = ""
) -> Model:
    """The model of one endpoint, relations left out; ``taken`` are blueprints' names in use, each
    begins with ``prefix``, and ``secret`` tells of a text that it holds what the API was sent."""
    everything = as_objects(detection.items or detection.first.items)
    hidden = secret_fields(everything, secret)
    items = without_secrets(everything, hidden, secret)
    words = blueprint_words(detection.endpoint.path)
    start = [prefix] if prefix else []
    blueprint = legal("_".join((*start, *words[-1:])), "_")
    if blueprint in taken and len(words) > 1:
        blueprint = legal("_".join((*start, *words[-2:])), "_")
    free, number = blueprint, 2
    while free in taken:
        free, number = f"{blueprint}_{number}", number + 1
    taken.add(free)
    told = [(name, why) for name, why in hidden.items() if not secret(name)]
    open_ = [{name: one[name] for name in one if name not in hidden} for one in items]
    noun = free.removeprefix(f"{prefix}_")
    model = Model(detection, free, noun, title_of(free), items, read_fields(open_, told))
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


def _identify(model: Model) -> None:
    found = find_identifier(model.items, model.noun)
    model.identifier_expression, model.identifiers = found.expression, found.texts
    # Of several fields none is said by the identifier alone.
    model.identifier = found.paths[0] if len(found.paths) == 1 else None
    model.findings.append(found.finding)


def _entitle(model: Model) -> None:
    paths = [path for path in candidates(model.items) if _may_entitle(model, path)]
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
    if model.identifiers:
        model.title_expression = model.identifier_expression
        told = "no field looks like a name, so it is the identifier"
        model.findings.append(Finding("title", model.title_expression, told, Confidence.LIKELY))


def _may_entitle(model: Model, path: Path) -> bool:
    """A field that is called key may hold a secret, unless it is the identifier."""
    return path[-1] in TITLES and (path[-1].lower() != KEY or path == model.identifier)


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
