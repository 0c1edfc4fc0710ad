"""Where position and page size stand in a request: in its query, or inside its JSON body."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pagination.paginator import PageRequest
from settings.model import Location, PaginationSettings


def placed(
    request: PageRequest, settings: PaginationSettings, name: str, value: Any
) -> PageRequest:
    """``request`` with ``name`` set to ``value``; in a body, ``name`` is a dot path."""
    if settings.location is Location.QUERY:
        return request.with_param(name, str(value))
    return replace(request, body=_with(request.body, name.split("."), value))


def value_in(request: PageRequest, settings: PaginationSettings, name: str) -> str | None:
    """The value that ``name`` has in ``request`` as text, or None."""
    if settings.location is Location.QUERY:
        return request.param(name)
    value = request.body
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    return None if value is None else str(value)


def number_in(request: PageRequest, settings: PaginationSettings, name: str) -> int | None:
    """The whole number that ``name`` has in ``request``, or None."""
    text = value_in(request, settings, name) if name else None
    return int(text) if text and text.isdecimal() else None


def with_size(request: PageRequest, settings: PaginationSettings) -> PageRequest:
    """``request`` with the size parameter, unless there is none or the resource has set it."""
    if not settings.size_param or value_in(request, settings, settings.size_param) is not None:
        return request
    return placed(request, settings, settings.size_param, settings.page_size)


def asked_size(request: PageRequest, settings: PaginationSettings) -> int:
    """The records a page of ``request`` was asked to hold: the resource's value, else pageSize."""
    given = number_in(request, settings, settings.size_param)
    return settings.page_size if given is None else given


def halved(
    request: PageRequest, settings: PaginationSettings, count: int | None
) -> PageRequest | None:
    """``request`` for half the ``count`` records that came, or None where no size is sent that can
    be halved."""
    size = number_in(request, settings, settings.size_param)
    if size is not None and count is not None:
        size = min(size, count)
    if not size or size < 2:
        return None
    return placed(request, settings, settings.size_param, size // 2)


def _with(body: Any, path: list[str], value: Any) -> dict[str, Any]:
    """A copy of ``body`` with ``value`` at ``path``; nothing else of it is copied."""
    base = body if isinstance(body, dict) else {}
    rest = path[1:]
    return {**base, path[0]: _with(base.get(path[0]), rest, value) if rest else value}
