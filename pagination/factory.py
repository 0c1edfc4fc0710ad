"""From settings to the strategy they ask for."""

from __future__ import annotations

from pagination.cursor import CursorPagination
from pagination.header_link import HeaderLinkPagination
from pagination.next_link import NextLinkPagination
from pagination.none import NoPagination
from pagination.offset import OffsetPagination
from pagination.page import PagePagination
from pagination.paginator import Paginator
from settings.model import PaginationSettings, PaginationType


def build_paginator(settings: PaginationSettings) -> Paginator:
    """The strategy for ``settings.type``."""
    match settings.type:
        case PaginationType.NONE:
            return NoPagination(settings)
        case PaginationType.OFFSET:
            return OffsetPagination(settings)
        case PaginationType.PAGE:
            return PagePagination(settings)
        case PaginationType.CURSOR:
            return CursorPagination(settings)
        case PaginationType.NEXT_LINK:
            return NextLinkPagination(settings)
        case PaginationType.HEADER_LINK:
            return HeaderLinkPagination(settings)
