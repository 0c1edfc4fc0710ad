"""What identifies the items of an endpoint: a field, or several together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from cli.detect.fields import AS_TEXT, values_of
from cli.detect.findings import Confidence, Finding
from cli.detect.texts import jq_path, plain

IDENTIFIERS = (
    "id", "uuid", "guid", "_id", "identifier", "key", "sys_id", "gid", "slug", "full_name",
    "fullName", "login", "username", "name", "email", "code", "number",
)  # fmt: skip
SURE = 9
"""So many of them, from the first on, are called so for nothing else."""

UNUSUAL = 60
"""The rank of a field whose name does not tell that it identifies anything."""

MOST_PARTS = 3
MOST_CANDIDATES = 8
BETWEEN = "/"
LEGAL_IDENTIFIER = re.compile(r"[A-Za-z0-9@_.+:\\/=-]+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:$|[T ]\d\d:)")
NOTHING = 'error("no field identifies these items: set the identifier")'
"""An expression that raises, so that nothing is imported by a wrong one."""

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Identifier:
    """How items are identified: ``paths`` lead to the values that do, and ``texts`` are the
    identifiers, item by item. Without paths there is none, and ``expression`` raises, or there
    are no items."""

    expression: str
    finding: Finding
    paths: tuple[Path, ...] = ()
    texts: tuple[str, ...] = ()


def find_identifier(items: Sequence[dict[str, Any]], blueprint: str) -> Identifier:
    """What has a value in each of ``items``, another in every one: a field that is called like an
    identifier, else up to three of them together, else any field. What Port allows as an identifier
    comes before what it does not."""
    if not items:
        told = "there are no items to look at: set it"
        return Identifier(f".id | {AS_TEXT}", Finding("identifier", ".id", told, Confidence.UNSURE))
    paths = sorted(candidates(items), key=lambda path: _rank(path, blueprint))
    usual = [path for path in paths if _is_usual(path, blueprint)]
    singles = [(path,) for path in usual if _texts(items, (path,))]
    ways = [*singles, *([] if singles else _composites(items, paths))]
    ways += [(path,) for path in paths if path not in usual and _texts(items, (path,))]
    if not ways:
        told = "no field, and no several together, have a value in each item, another in every one"
        told += ": set it; until then nothing is imported"
        return Identifier(NOTHING, Finding("identifier", ".id", told, Confidence.UNSURE))
    fit = next(
        (way for way in ways if all(map(LEGAL_IDENTIFIER.fullmatch, _texts(items, way)))), ()
    )
    return _identifier(items, fit or ways[0], bool(fit), blueprint)


def candidates(items: Sequence[dict[str, Any]]) -> list[Path]:
    """Single values: of the items, and of the objects that they consist of."""
    found: list[Path] = []
    for name, values in values_of(items).items():
        if _are_single(values):
            found.append((name,))
        elif values and all(isinstance(value, dict) for value in values):
            inner = values_of(values)
            found += [(name, key) for key, inside in inner.items() if _are_single(inside)]
    return found


def at(item: Any, path: Path) -> Any:
    """The value at ``path`` in ``item``, or None."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return item


def identifier_text(value: Any) -> str:
    """A value as jq's ``tostring`` writes it."""
    return value if isinstance(value, str) else str(value)


def _identifier(
    items: Sequence[dict[str, Any]], paths: tuple[Path, ...], fit: bool, blueprint: str
) -> Identifier:
    values = [at(item, paths[0]) for item in items]
    told = f"in each of {len(items)} items, another in every one"
    known = plain(paths[0][-1]) in map(plain, IDENTIFIERS[:SURE]) and len(items) > 1
    confidence = Confidence.SURE if known else Confidence.LIKELY
    if len(paths) > 1:
        each = ", ".join(jq_path(*path) for path in paths)
        join = f'map(tostring) | join("{BETWEEN}")'
        expression = f"[{each}] | if any(. == null) then null else {join} end"
        told, confidence = (
            f"no field alone is another in every item; together, {told}",
            (Confidence.LIKELY),
        )
    else:
        text = all(isinstance(value, str) for value in values)
        expression = jq_path(*paths[0]) + ("" if text else " | tostring")
        if not text and not _is_usual(paths[0], blueprint):
            told, confidence = f"{told}, which may be chance", Confidence.UNSURE
    if not fit:
        told += "; but with characters that Port does not allow in an identifier"
        confidence = Confidence.UNSURE
    finding = Finding("identifier", expression, told, confidence)
    return Identifier(expression, finding, paths, tuple(_texts(items, paths)))


def _composites(items: Sequence[dict[str, Any]], paths: Sequence[Path]) -> list[tuple[Path, ...]]:
    """The fewest of ``paths``, the likeliest first, that identify the items together; they are
    joined as they stand in an item. What is not called like an identifier must look like one."""
    everywhere = [path for path in paths if all(at(item, path) is not None for item in items)]
    everywhere = [path for path in everywhere if _is_usual(path) or _looks_like_one(items, path)]
    order = list(items[0])
    for parts in range(2, MOST_PARTS + 1):
        for some in combinations(everywhere[:MOST_CANDIDATES], parts):
            way = tuple(sorted(some, key=lambda path: order.index(path[0])))
            if _texts(items, way):
                return [way]
    return []


def _texts(items: Sequence[dict[str, Any]], paths: tuple[Path, ...]) -> list[str]:
    """The identifiers that ``paths`` give, item by item; none where one is null, or is that of
    several items."""
    found: dict[str, None] = {}
    for item in items:
        values = [at(item, path) for path in paths]
        text = BETWEEN.join(map(identifier_text, values))
        if None in values or text in found:
            return []
        found[text] = None
    return list(found)


def _are_single(values: Sequence[Any]) -> bool:
    """Whether values may identify something; moments change."""
    singles = [isinstance(v, str | int) and not isinstance(v, bool) and v != "" for v in values]
    moments = [isinstance(v, str) and MOMENT.match(v) is not None for v in values]
    return bool(values) and all(singles) and not all(moments)


def _is_usual(path: Path, blueprint: str = "") -> bool:
    """Whether the name tells that a field identifies something."""
    return _rank(path, blueprint)[1] < UNUSUAL


def _looks_like_one(items: Sequence[dict[str, Any]], path: Path) -> bool:
    values = [at(item, path) for item in items]
    return all(isinstance(one, str) and LEGAL_IDENTIFIER.fullmatch(one) for one in values)


def _rank(path: Path, blueprint: str) -> tuple[int, int, int]:
    """The lowest is the best: a usual name, ``<blueprint>_id``, any name that ends in id."""
    name = plain(path[-1])
    usual = [plain(one) for one in IDENTIFIERS]
    if name in usual[:SURE]:
        rank = usual.index(name)
    elif name in (plain(blueprint) + "id", plain(blueprint) + "key"):
        rank = 20
    elif name in usual:
        rank = 30 + usual.index(name)
    else:
        rank = 50 if name.endswith("id") else UNUSUAL
    return len(path), rank, len(path[-1])
