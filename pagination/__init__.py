"""Pagination: pure strategies that say what the next request is, and one loop that runs them."""

from pagination.factory import build_paginator
from pagination.paginator import End, Page, PageRequest, Paginator, Progress, SeekablePaginator
from pagination.walk import walk
from records import Records, Shape, records_of

__all__ = [
    "End",
    "Page",
    "PageRequest",
    "Paginator",
    "Progress",
    "Records",
    "SeekablePaginator",
    "Shape",
    "build_paginator",
    "records_of",
    "walk",
]
