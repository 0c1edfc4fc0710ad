"""The page size: what is asked for, and where a resource's own value wins."""

from __future__ import annotations

from pagination.paginator import PageRequest
from settings.model import PaginationSettings


def with_size(request: PageRequest, settings: PaginationSettings) -> PageRequest:
    """``request`` with the size parameter, unless there is none or the resource has set it."""
    if not settings.size_param or request.param(settings.size_param) is not None:
        return request
    return request.with_param(settings.size_param, str(settings.page_size))


def asked_size(request: PageRequest, settings: PaginationSettings) -> int:
    """The items a page of ``request`` was asked to hold: the resource's value, else pageSize."""
    given = request.param(settings.size_param) if settings.size_param else None
    return int(given) if given and given.isdecimal() else settings.page_size
