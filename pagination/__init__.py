"""Pagination: pure strategies that say what the next request is, and one loop that runs them."""

from pagination.factory import build_paginator
from pagination.paginator import End, Page, PageRequest, Paginator, Progress, SeekablePaginator
from pagination.walk import PageSizes, walk

__all__ = [
    "End",
    "Page",
    "PageRequest",
    "PageSizes",
    "Paginator",
    "Progress",
    "SeekablePaginator",
    "build_paginator",
    "walk",
]
