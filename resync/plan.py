"""What a resource of the mapping asks for, checked before its first request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from client import Request
from client.request import NO_BODY
from errors import SettingsError
from mapping import CustomResourceConfig, CustomSelector, PathParameter
from pagination import PageRequest
from resync.formats import Format
from resync.jq import compile_expression
from resync.overrides import pagination_for
from resync.parameters import PLACEHOLDER, in_order, needs_of, parameter_problems, placeholders
from resync.record_path import record_paths
from settings import PaginationSettings, PaginationType, Settings
from settings.checks import HEADER_NAME, UNSAFE_HEADERS, fits_header
from settings.model import Location

NEVER_IGNORED = frozenset({401, 407, 408, 425, 429})
"""Statuses that never mean that there is nothing: they say who asks, or when."""

Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EndpointPlan:
    """One endpoint to read: the request, still with its ``{placeholders}``, and where its items
    are. ``template`` names the endpoint whatever the placeholders' values are."""

    template: str
    method: str
    url: str
    params: Params
    headers: Params
    body: Any
    data_path: str
    pagination: PaginationSettings
    items_to_parse: str | None = None
    ignore_statuses: frozenset[int] = frozenset()
    format: Format | None = None

    @property
    def wanted(self) -> frozenset[str]:
        """The names of the placeholders in path and parameters."""
        return frozenset(placeholders(self.url, *(value for _, value in self.params)))

    def request(self, values: Mapping[str, str]) -> PageRequest:
        """The request with ``values`` in: each is one path segment, or part of a parameter."""
        url = PLACEHOLDER.sub(lambda match: path_segment(values[match.group(1)]), self.url)
        params = tuple(
            (name, PLACEHOLDER.sub(lambda m: values.get(m.group(1), m.group()), value))
            for name, value in self.params
        )
        return PageRequest(url=url, params=params, body=self.body)

    def outgoing(self, page: PageRequest) -> Request:
        """The HTTP request for a page of this endpoint."""
        return Request(
            self.method,
            page.url,
            params=page.params,
            headers=self.headers,
            json=NO_BODY if page.body is None else page.body,
            to_file=True,
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """Where the values of the placeholder ``name`` come from: a fixed list, or a discovery.

    ``expression`` finds the value in a record, ``needs`` names the parameters that the discovery
    needs, and ``include`` the parent fields that items get.
    """

    name: str
    endpoint: EndpointPlan | None = None
    expression: str = "."
    filter: str | None = None
    include: Mapping[str, str] = field(default_factory=dict)
    values: tuple[Any, ...] = ()
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListingPlan:
    """A whole resource: its endpoint, and its parameters, each after those that it needs."""

    kind: str
    endpoint: EndpointPlan
    parameters: tuple[Parameter, ...] = ()


def build_plan(settings: Settings, resource: CustomResourceConfig) -> ListingPlan:
    """The plan for one resource. Raises ``SettingsError`` with every problem it has."""
    selector = resource.selector
    problems = list(_problems(settings, resource.kind, selector, resource.port.items_to_parse))
    if problems:
        raise SettingsError(problems, subject=f"the mapping of kind {resource.kind}")
    endpoint = replace(
        _endpoint(settings, selector, selector.endpoint or resource.kind),
        items_to_parse=resource.port.items_to_parse,
        ignore_statuses=frozenset(selector.ignore_statuses),
        format=selector.format,
    )
    entries = selector.path_parameters
    parameters = tuple(
        _parameter(settings, name, entries[name], entries, selector.ignore_statuses)
        for name in in_order(entries)
    )
    return ListingPlan(resource.kind, endpoint, parameters)


def path_segment(value: str) -> str:
    """``value`` as one path segment (RFC 3986): ``a/b`` stays one, ``..`` cannot climb."""
    encoded = quote(value, safe="")
    return encoded.replace(".", "%2E") if not encoded.strip(".") else encoded


def as_params(values: Mapping[str, Any]) -> Params:
    """Query parameters: a list repeats its parameter, null leaves it out."""
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        for single in value if isinstance(value, list) else [value]:
            if single is not None:
                pairs.append((name, _as_text(single)))
    return tuple(pairs)


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _endpoint(
    settings: Settings, source: CustomSelector | PathParameter, path: str
) -> EndpointPlan:
    split = urlsplit("/" + path.strip().lstrip("/"))
    own = as_params(source.query_params)
    names = {name for name, _ in own}
    kept = tuple(p for p in parse_qsl(split.query, keep_blank_values=True) if p[0] not in names)
    return EndpointPlan(
        template=f"{source.method} {path}",
        method=source.method,
        url=f"{settings.base_url}{split.path}",
        params=(*kept, *own),
        headers=tuple(source.headers.items()),
        body=source.body,
        data_path=source.data_path.strip() or ".",
        pagination=pagination_for(settings, source.pagination, "pagination"),
    )


def _parameter(
    settings: Settings,
    name: str,
    entry: PathParameter,
    entries: Mapping[str, PathParameter],
    ignored: list[int],
) -> Parameter:
    if entry.values is not None:
        return Parameter(name, values=tuple(entry.values))
    needs = frozenset(needs_of(entry) & entries.keys())
    endpoint = _endpoint(settings, entry, entry.endpoint or "")
    if needs:
        # A parent may be gone by now; but a discovery that needs none must not come to nothing.
        endpoint = replace(endpoint, ignore_statuses=frozenset(ignored))
    return Parameter(name, endpoint, entry.field or ".", entry.filter, entry.include, needs=needs)


def _problems(
    settings: Settings, kind: str, selector: CustomSelector, items_to_parse: str | None
) -> Iterator[str]:
    path = selector.endpoint or kind
    yield from _source_problems(settings, "selector", selector, path, items_to_parse)
    refused = [code for code in selector.ignore_statuses if not _may_ignore(code)]
    if refused:
        yield (
            f"selector.ignore_statuses: found {refused}; allowed: 4xx codes other than "
            f"{', '.join(map(str, sorted(NEVER_IGNORED)))}"
        )
    entries = selector.path_parameters
    in_params = placeholders(*(value for _, value in as_params(selector.query_params)))
    wanted = placeholders(path) | (in_params & entries.keys())
    yield from parameter_problems("selector.path_parameters", path, wanted, entries)
    for name, entry in entries.items():
        place = f"selector.path_parameters.{name}"
        yield from _source_problems(settings, place, entry, entry.endpoint or "")
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
    items_to_parse: str | None = None,
) -> Iterator[str]:
    yield from _request_problems(place, source, path)
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
