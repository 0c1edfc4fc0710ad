"""What a resource of the mapping asks for, checked before its first request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from client import Request
from client.request import NO_BODY
from errors import ResponseError, SettingsError
from mapping import CustomResourceConfig, CustomSelector, PathParameter
from pagination import PageRequest
from resync.formats import Format
from resync.moments import path_with_moments, with_moments
from resync.overrides import pagination_for
from resync.parameters import in_order, needs_of, unused_notes, used_entries
from resync.placeholders import as_param, as_text, filled, filled_path, name_of, placeholders
from resync.plan_checks import resource_problems
from settings import PaginationSettings, Settings
from settings.checks import fits_header

Params = tuple[tuple[str, Any], ...]
"""Query parameters; a value is a text, or an object or array that is sent as JSON."""


@dataclass(frozen=True, slots=True)
class EndpointPlan:
    """One endpoint to read: the request, perhaps still with ``{placeholders}``, and where its items
    are. ``template`` names the endpoint whatever the placeholders' values are. ``keeping_slashes``
    names the parameters whose values are several segments of the path. Of a ``discovery`` the items
    are the parents of others."""

    template: str
    method: str
    url: str
    params: Params
    headers: tuple[tuple[str, str], ...]
    body: Any
    data_path: str
    pagination: PaginationSettings
    items_to_parse: str | None = None
    ignore_statuses: frozenset[int] = frozenset()
    format: Format | None = None
    keeping_slashes: frozenset[str] = frozenset()
    discovery: bool = False

    @property
    def wanted(self) -> frozenset[str]:
        """The placeholders in path, parameters, headers and body."""
        return frozenset(placeholders(self.url, self.params, self.headers, self.body))

    def bound(self, values: Mapping[str, Any]) -> EndpointPlan:
        """This endpoint with ``values``, by placeholder, filled in.

        Raises ``ResponseError`` for a value that cannot stand where it is needed.
        """
        return replace(
            self,
            url=filled_path(self.url, values, self.keeping_slashes),
            params=tuple((name, as_param(filled(value, values))) for name, value in self.params),
            headers=tuple((name, _header(name, value, values)) for name, value in self.headers),
            body=filled(self.body, values) if values else self.body,
        )

    def request(self, values: Mapping[str, Any]) -> PageRequest:
        """The request without a position in a listing; raises as ``bound`` does."""
        bound = self.bound(values)
        return PageRequest(url=bound.url, params=bound.params, body=bound.body)

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
    needs, ``include`` the parent fields that items get, and ``used`` those of them that stand in
    placeholders, as ``{name.key}``.
    """

    name: str
    endpoint: EndpointPlan | None = None
    expression: str = "."
    filter: str | None = None
    include: Mapping[str, str] = field(default_factory=dict)
    values: tuple[Any, ...] = ()
    needs: frozenset[str] = frozenset()
    used: tuple[str, ...] = ()

    @property
    def fills(self) -> frozenset[str]:
        """The placeholders that a value of this parameter fills."""
        return frozenset((self.name, *(f"{self.name}.{key}" for key in self.used)))


@dataclass(frozen=True, slots=True)
class ListingPlan:
    """A whole resource: its endpoint, and its parameters, each after those that it needs.

    ``warnings`` and ``hints`` are to be logged once, when the resource is read.
    """

    kind: str
    endpoint: EndpointPlan
    parameters: tuple[Parameter, ...] = ()
    warnings: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


def build_plan(
    settings: Settings, resource: CustomResourceConfig, now: datetime | None = None
) -> ListingPlan:
    """The plan for one resource, whose moments, such as ``{now-7d}``, count from ``now`` (a time
    with its zone; the present one where left out).

    Raises ``SettingsError`` with every problem that the resource has.
    """
    selector = resource.selector
    problems = list(
        resource_problems(settings, resource.kind, selector, resource.port.items_to_parse)
    )
    if problems:
        raise SettingsError(problems, subject=f"the mapping of kind {resource.kind}")
    now = now or datetime.now(UTC)
    path, entries = selector.endpoint or resource.kind, selector.path_parameters
    used = used_entries(selector, path, entries)
    names = [name for name in in_order(entries) if name in used]
    endpoint = replace(
        _endpoint(settings, selector, path, now, entries),
        items_to_parse=resource.port.items_to_parse,
        ignore_statuses=frozenset(selector.ignore_statuses),
        format=selector.format,
    )
    discoveries = {
        name: _discovery(settings, entries[name], now, entries, selector.ignore_statuses)
        for name in names
    }
    wanted = endpoint.wanted.union(*(one.wanted for one in discoveries.values() if one))
    place = "selector.path_parameters"
    return ListingPlan(
        resource.kind,
        endpoint,
        tuple(_parameter(name, entries, discoveries[name], wanted) for name in names),
        tuple(unused_notes(place, selector, path, entries)),
        tuple(_object_hints({"selector": selector, **_placed(place, entries)})),
    )


def as_params(values: Mapping[str, Any]) -> Params:
    """Query parameters: a list repeats its parameter, null leaves it out; objects, and lists in
    lists, stay what they are until they are sent as JSON."""
    pairs: list[tuple[str, Any]] = []
    for name, value in values.items():
        for single in value if isinstance(value, list) else [value]:
            if single is not None:
                whole = isinstance(single, dict | list)
                pairs.append((name, single if whole else as_text(single)))
    return tuple(pairs)


def _header(name: str, value: str, values: Mapping[str, Any]) -> str:
    text = as_text(filled(value, values))
    if text != value and not fits_header(text):
        parameter = " and ".join(sorted({name_of(one) for one in placeholders(value)}))
        raise ResponseError(
            f"path_parameters.{parameter}: {text!r} holds a character that the header {name} "
            "cannot carry"
        )
    return text


def _endpoint(
    settings: Settings,
    source: CustomSelector | PathParameter,
    path: str,
    now: datetime,
    entries: Mapping[str, PathParameter],
) -> EndpointPlan:
    split = urlsplit("/" + path_with_moments(path.strip().lstrip("/"), now))
    own = as_params(with_moments(source.query_params, now))
    names = {name for name, _ in own}
    kept = tuple(p for p in parse_qsl(split.query, keep_blank_values=True) if p[0] not in names)
    headers = with_moments(source.headers, now)
    return EndpointPlan(
        template=f"{source.method} {path}",
        method=source.method,
        url=f"{settings.base_url}{split.path}",
        params=(*kept, *own),
        headers=tuple((name, as_text(value)) for name, value in headers.items()),
        body=with_moments(source.body, now),
        data_path=source.data_path.strip() or ".",
        pagination=pagination_for(settings, source.pagination, "pagination"),
        keeping_slashes=frozenset(
            name for name, entry in entries.items() if entry.encode == "path"
        ),
    )


def _discovery(
    settings: Settings,
    entry: PathParameter,
    now: datetime,
    entries: Mapping[str, PathParameter],
    ignored: list[int],
) -> EndpointPlan | None:
    """The endpoint that holds the values of ``entry``, if they are not a fixed list."""
    if entry.values is not None:
        return None
    endpoint = _endpoint(settings, entry, entry.endpoint or "", now, entries)
    # A parent may be gone by now; but a discovery that needs none must not come to nothing.
    ignores = frozenset(ignored if needs_of(entry) & entries.keys() else ())
    return replace(endpoint, discovery=True, ignore_statuses=ignores)


def _parameter(
    name: str,
    entries: Mapping[str, PathParameter],
    endpoint: EndpointPlan | None,
    wanted: frozenset[str],
) -> Parameter:
    entry = entries[name]
    if endpoint is None:
        return Parameter(name, values=tuple(entry.values or ()))
    return Parameter(
        name,
        endpoint,
        entry.field or ".",
        entry.filter,
        entry.include,
        needs=frozenset(needs_of(entry) & entries.keys()),
        used=tuple(key for key in entry.include if f"{name}.{key}" in wanted),
    )


def _placed(place: str, entries: Mapping[str, PathParameter]) -> dict[str, PathParameter]:
    return {f"{place}.{name}": entry for name, entry in entries.items()}


def _object_hints(sources: Mapping[str, CustomSelector | PathParameter]) -> Iterator[str]:
    """What to say of query parameters that are objects: APIs do not agree on how to send them."""
    for place, source in sources.items():
        for name, value in as_params(source.query_params):
            if not isinstance(value, str):
                yield (
                    f"{place}.query_params.{name} is sent as JSON text; for an API that wants "
                    f"{name}[key]=value, write each of these as a parameter of its own"
                )
