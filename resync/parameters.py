"""The checks and the order of a resource's path parameters."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from mapping import CustomSelector, PathParameter
from resync.moments import MOMENT
from resync.placeholders import (
    BRACES,
    PLACEHOLDER,
    keys_in,
    name_of,
    placeholders,
    texts_in,
)

_NAME = re.compile(r"\{([A-Za-z_]\w*)\}")

Entries = Mapping[str, PathParameter]


def placeholders_in(source: CustomSelector | PathParameter, path: str) -> set[str]:
    """The placeholders in ``path``, ``query_params``, ``headers`` and ``body`` of a request."""
    return placeholders(path, source.query_params, source.headers, source.body)


def needs_of(entry: PathParameter) -> set[str]:
    """The names in the placeholders of a discovery, those that have no entry included."""
    return set(map(name_of, placeholders_in(entry, entry.endpoint or "")))


def in_order(entries: Entries) -> list[str]:
    """The names of ``entries``, each after those it needs; else as they were written.

    Raises ``graphlib.CycleError`` where they need each other.
    """
    graph = {name: needs_of(entry) & entries.keys() for name, entry in entries.items()}
    return list(TopologicalSorter(graph).static_order())


def used_entries(source: CustomSelector, path: str, entries: Entries) -> set[str]:
    """The names of the entries that a resource needs, for itself or for another entry."""
    used: set[str] = set()
    waiting = set(map(name_of, placeholders_in(source, path))) & entries.keys()
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= (needs_of(entries[name]) & entries.keys()) - used
    return used


def unused_notes(place: str, source: CustomSelector, path: str, entries: Entries) -> Iterator[str]:
    """What to say of the ``entries`` that nothing uses."""
    used = used_entries(source, path, entries)
    for name in entries:
        if name not in used:
            yield f"{place}.{name}: nothing holds {{{name}}}, so it is not read"


def parameter_problems(
    place: str, path: str, source: CustomSelector, entries: Entries
) -> Iterator[str]:
    """What is wrong with the ``entries`` (at ``place``) for a resource that reads ``path``."""
    for name, entry in entries.items():
        for missing in sorted(_names_needed(entry.endpoint or "") - entries.keys()):
            yield f"{place}.{name}.endpoint: has no entry for {{{missing}}}"
        yield from _source_problems(f"{place}.{name}", entry)
    for name in sorted(_names_needed(path) - entries.keys()):
        yield f"{place}: has no entry for {{{name}}}, which {path} needs"
    yield from _moment_names(place, source, path, entries)
    unused = entries.keys() - used_entries(source, path, entries)
    yield from _spelling_problems("selector", source, path, entries, unused)
    for name, entry in entries.items():
        endpoint = entry.endpoint or ""
        yield from _spelling_problems(f"{place}.{name}", entry, endpoint, entries, unused)
    try:
        in_order(entries)
    except CycleError as error:
        yield f"{place}: {' and '.join(sorted(set(error.args[1])))} need each other"


def _names_needed(path: str) -> set[str]:
    """The names that must have an entry. A query may hold braces that mean something else."""
    head, _, query = path.partition("?")
    names = {name_of(one) for one in PLACEHOLDER.findall(MOMENT.sub("", head))}
    return names | set(_NAME.findall(MOMENT.sub("", query)))


def _moment_names(place: str, source: CustomSelector, path: str, entries: Entries) -> Iterator[str]:
    """Entries whose placeholders could be read as moments."""
    held = placeholders_in(source, path)
    for entry in entries.values():
        held |= placeholders_in(entry, entry.endpoint or "")
    for name in entries:
        if name in held and MOMENT.fullmatch(f"{{{name}}}"):
            yield f"{place}.{name}: {{{name}}} is a moment; give the parameter another name"


def _spelling_problems(
    place: str,
    source: CustomSelector | PathParameter,
    path: str,
    entries: Entries,
    unused: set[str],
) -> Iterator[str]:
    """Braces that are meant for an entry, and that it cannot fill."""
    likely = {_plain(name): name for name in entries}
    head = path.partition("?")[0]
    for text in texts_in([path, source.query_params, source.headers, source.body]):
        for inner in BRACES.findall(text):
            name, dot, key = inner.partition(".")
            meant = likely.get(_plain(name))
            if meant == name:
                if dot and key not in entries[name].include:
                    guess = _guess(key, entries[name])
                    yield f"{place}: {{{inner}}} needs the key {key} in include of {name}{guess}"
            elif meant is not None and (meant in unused or f"{{{inner}}}" in head):
                right = f"{{{meant}{dot}{key.strip()}}}"
                yield f"{place}: {{{inner}}} is not filled; did you mean {right}?"
    for text in keys_in([source.query_params, source.headers, source.body]):
        for inner in BRACES.findall(text):
            if likely.get(_plain(name_of(inner))) in unused:
                yield f"{place}: {{{inner}}} is not filled in the name of a key, only in its value"


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_")


def _guess(key: str, entry: PathParameter) -> str:
    guess = difflib.get_close_matches(key, entry.include, n=1, cutoff=0.6)
    return f"; did you mean {guess[0]}?" if guess else ""


def _source_problems(place: str, entry: PathParameter) -> Iterator[str]:
    if entry.values is None:
        for key in ("endpoint", "field"):
            if not getattr(entry, key):
                yield f"{place}.{key}: is missing; allowed: endpoint and field, or values"
        return
    others = entry.__fields_set__ - {"values", "encode"}
    if others:
        yield f"{place}.values: excludes {', '.join(sorted(others))}"
    if not entry.values:
        yield f"{place}.values: found an empty list; allowed: at least one value"
    elif all(value is None or value == "" for value in entry.values):
        yield f"{place}.values: found nothing but null and empty texts; allowed: at least one value"
    for value in entry.values:
        if isinstance(value, bool | dict):
            yield f"{place}.values: found {value!r}; allowed: texts and numbers"
