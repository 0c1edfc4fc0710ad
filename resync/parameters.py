"""The checks and the order of a resource's path parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from mapping import PathParameter

PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")


def placeholders(*texts: str) -> set[str]:
    """The names of the ``{placeholders}`` in ``texts``."""
    return {name for text in texts for name in PLACEHOLDER.findall(text)}


def needs_of(entry: PathParameter) -> set[str]:
    """The parameters that must be known before the values of ``entry`` can be read."""
    params = [str(value) for value in entry.query_params.values()]
    return placeholders(entry.endpoint or "", *params)


def in_order(entries: Mapping[str, PathParameter]) -> list[str]:
    """The names of ``entries``, each after those it needs; else as they were written.

    Raises ``graphlib.CycleError`` where they need each other.
    """
    graph = {name: needs_of(entry) & entries.keys() for name, entry in entries.items()}
    return list(TopologicalSorter(graph).static_order())


def parameter_problems(
    place: str, path: str, wanted: set[str], entries: Mapping[str, PathParameter]
) -> Iterator[str]:
    """What is wrong with the set of ``entries`` for an endpoint that wants ``wanted``."""
    needed = set(wanted)
    for name, entry in entries.items():
        needed |= needs_of(entry)
        for missing in sorted(placeholders(entry.endpoint or "") - entries.keys()):
            yield f"{place}.{name}.endpoint: has no entry for {{{missing}}}"
        yield from _source_problems(f"{place}.{name}", entry)
    for name in sorted(wanted - entries.keys()):
        yield f"{place}: has no entry for {{{name}}}, which {path} needs"
    for name in sorted(entries.keys() - needed):
        yield f"{place}.{name}: {path} holds no {{{name}}}"
    try:
        in_order(entries)
    except CycleError as error:
        yield f"{place}: {' and '.join(sorted(set(error.args[1])))} need each other"


def _source_problems(place: str, entry: PathParameter) -> Iterator[str]:
    if entry.values is None:
        for key in ("endpoint", "field"):
            if not getattr(entry, key):
                yield f"{place}.{key}: is missing; allowed: endpoint and field, or values"
        return
    others = entry.__fields_set__ - {"values"}
    if others:
        yield f"{place}.values: excludes {', '.join(sorted(others))}"
    if not entry.values:
        yield f"{place}.values: found an empty list; allowed: at least one value"
