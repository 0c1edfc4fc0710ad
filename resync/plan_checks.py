"""What is wrong with a resource of the mapping, told before its first request."""

from __future__ import annotations

from collections.abc import Iterator

from errors import SettingsError
from mapping import CustomSelector, PathParameter
from resync.jq import compile_expression
from resync.moments import moment_problems
from resync.overrides import pagination_for
from resync.parameters import Entries, parameter_problems
from resync.record_path import record_paths
from settings import PaginationSettings, PaginationType, Settings
from settings.checks import HEADER_NAME, UNSAFE_HEADERS, fits_header
from settings.model import Location

NEVER_IGNORED = frozenset({401, 407, 408, 425, 429})
"""Statuses that never mean that there is nothing: they say who asks, or when."""


def resource_problems(
    settings: Settings, kind: str, selector: CustomSelector, items_to_parse: str | None
) -> Iterator[str]:
    """Every problem of a resource's selector, each with its place."""
    path = selector.endpoint or kind
    entries = selector.path_parameters
    yield from _source_problems(settings, "selector", selector, path, entries, items_to_parse)
    refused = [code for code in selector.ignore_statuses if not _may_ignore(code)]
    if refused:
        yield (
            f"selector.ignore_statuses: found {refused}; allowed: 4xx codes other than "
            f"{', '.join(map(str, sorted(NEVER_IGNORED)))}"
        )
    yield from parameter_problems("selector.path_parameters", path, selector, entries)
    for name, entry in entries.items():
        place = f"selector.path_parameters.{name}"
        yield from _source_problems(settings, place, entry, entry.endpoint or "", entries)
        for key, expression in {"field": entry.field, "filter": entry.filter}.items():
            yield from expression_problem(f"{place}.{key}", expression)
        for key, expression in entry.include.items():
            yield from expression_problem(f"{place}.include.{key}", expression)


def _may_ignore(code: int) -> bool:
    return 400 <= code < 500 and code not in NEVER_IGNORED


def _source_problems(
    settings: Settings,
    place: str,
    source: CustomSelector | PathParameter,
    path: str,
    entries: Entries,
    items_to_parse: str | None = None,
) -> Iterator[str]:
    yield from _request_problems(place, source, path)
    sent = [path, source.query_params, source.headers]
    yield from moment_problems(place, sent, entries.keys(), strict=True)
    yield from moment_problems(place, source.body, entries.keys(), strict=False)
    yield from expression_problem(f"{place}.data_path", source.data_path)
    try:
        pagination = pagination_for(settings, source.pagination, f"{place}.pagination")
    except SettingsError as error:
        yield from error.problems
        return
    yield from _count_problems(place, source, pagination, items_to_parse)
    no_object = source.body is not None and not isinstance(source.body, dict)
    if pagination.location is Location.BODY and no_object:
        yield f"{place}.pagination.location: body needs a body that is an object"


def _count_problems(
    place: str,
    source: CustomSelector | PathParameter,
    pagination: PaginationSettings,
    items_to_parse: str | None,
) -> Iterator[str]:
    """What is counted must be told by ``data_path``: the records, not what is made of them."""
    data_path = source.data_path.strip() or "."
    if record_paths(data_path, items_to_parse):
        return
    counts = "paginationType offset" if pagination.type is PaginationType.OFFSET else ""
    counts = counts or ("totalPath" if pagination.total_path else "")
    if counts:
        yield (
            f"{place}.data_path: found {data_path!r}, of which nobody can tell how many records it "
            f"is made of, and {counts} counts them; allowed: an expression that begins with the "
            "plain path to their array, such as '.items | map(select(.active))'"
        )


def _request_problems(
    place: str, source: CustomSelector | PathParameter, path: str
) -> Iterator[str]:
    if "://" in path.split("?")[0] or path.startswith("//"):
        yield f"{place}: found {path[:80]!r}; allowed: a path below baseUrl, such as /api/v1/users"
    for name, value in source.headers.items():
        if not HEADER_NAME.fullmatch(name) or name.lower() in UNSAFE_HEADERS - {"host"}:
            yield f"{place}.headers: {name!r} is not a header name that may be set"
        if not fits_header(value):
            yield f"{place}.headers.{name}: holds a character that a header cannot carry"


def expression_problem(place: str, expression: str | None) -> Iterator[str]:
    """What is wrong with a jq expression at ``place``, if anything."""
    if expression is None or not expression.strip():
        return
    try:
        compile_expression(expression)
    except ValueError as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "cannot be compiled"
        yield f"{place}: found {expression!r}, which is not jq: {reason}"
