"""What a resource of the mapping asks for, checked before its first request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from errors import SettingsError
from mapping import CustomResourceConfig, CustomSelector, PathParameter
from pagination import PageRequest
from resync.jq import compile_expression
from settings import PaginationSettings, Settings
from settings.checks import HEADER_NAME, UNSAFE_HEADERS

PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")

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

    def request(self, values: Mapping[str, str]) -> PageRequest:
        """The request with ``values`` in: each is one path segment, or part of a parameter."""
        url = PLACEHOLDER.sub(lambda match: path_segment(values[match.group(1)]), self.url)
        params = tuple(
            (name, PLACEHOLDER.sub(lambda m: values.get(m.group(1), m.group()), value))
            for name, value in self.params
        )
        return PageRequest(url=url, params=params, body=self.body)


@dataclass(frozen=True, slots=True)
class Discovery:
    """Where the values of the placeholder ``name`` are read."""

    name: str
    endpoint: EndpointPlan
    field: str
    filter: str | None


@dataclass(frozen=True, slots=True)
class ListingPlan:
    """A whole resource: its endpoint, and the discovery of its placeholder where it has one."""

    kind: str
    endpoint: EndpointPlan
    discovery: Discovery | None = field(default=None)


def build_plan(settings: Settings, resource: CustomResourceConfig) -> ListingPlan:
    """The plan for one resource. Raises ``SettingsError`` with every problem it has."""
    selector = resource.selector
    problems = list(_problems(resource.kind, selector))
    if problems:
        raise SettingsError(problems, subject=f"the mapping of kind {resource.kind}")
    endpoint = _endpoint(settings, selector, selector.endpoint or resource.kind)
    endpoint = replace(endpoint, items_to_parse=resource.port.items_to_parse)
    discovery = None
    for name, entry in selector.path_parameters.items():
        discovery = Discovery(
            name, _endpoint(settings, entry, entry.endpoint), entry.field, entry.filter
        )
    return ListingPlan(resource.kind, endpoint, discovery)


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
        pagination=settings.pagination,
    )


def _problems(kind: str, selector: CustomSelector) -> Iterator[str]:
    path = selector.endpoint or kind
    yield from _request_problems("selector", selector, path)
    yield from _expression_problem("selector.data_path", selector.data_path)
    entries = selector.path_parameters
    texts = [path, *(value for _, value in as_params(selector.query_params))]
    wanted = {name for text in texts for name in PLACEHOLDER.findall(text)}
    for name in sorted(wanted - entries.keys()):
        yield f"selector.path_parameters: has no entry for {{{name}}}, which {path} needs"
    for name in entries.keys() - wanted:
        yield f"selector.path_parameters.{name}: {path} holds no {{{name}}}"
    if len(entries) > 1:
        yield f"selector.path_parameters: found {len(entries)} entries; allowed: one"
    for name, entry in entries.items():
        place = f"selector.path_parameters.{name}"
        yield from _request_problems(place, entry, entry.endpoint)
        for key in ("data_path", "field", "filter"):
            yield from _expression_problem(f"{place}.{key}", getattr(entry, key))
        if PLACEHOLDER.search(entry.endpoint):
            yield f"{place}.endpoint: found {entry.endpoint!r}; allowed: a path without {{...}}"


def _request_problems(
    place: str, source: CustomSelector | PathParameter, path: str
) -> Iterator[str]:
    if "://" in path.split("?")[0] or path.startswith("//"):
        yield f"{place}: found {path[:80]!r}; allowed: a path below baseUrl, such as /api/v1/users"
    for name, value in source.headers.items():
        if not HEADER_NAME.fullmatch(name) or name.lower() in UNSAFE_HEADERS - {"host"}:
            yield f"{place}.headers: {name!r} is not a header name that may be set"
        if not value.isascii() or not value.isprintable():
            yield f"{place}.headers.{name}: holds a character that a header cannot carry"


def _expression_problem(place: str, expression: str | None) -> Iterator[str]:
    if expression is None or not expression.strip():
        return
    try:
        compile_expression(expression)
    except ValueError as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else "cannot be compiled"
        yield f"{place}: found {expression!r}, which is not jq: {reason}"
