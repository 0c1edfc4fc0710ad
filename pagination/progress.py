"""Where a page stands in its listing."""

from __future__ import annotations

from dataclasses import replace

from pagination.paginator import Page, Paginator, Progress
from pagination.recognised import page_number
from pagination.sign import SignKind
from pagination.signs import remembered, signs_of
from records import Shape
from settings.model import PaginationType


def placed(page: Page, previous: Page | None) -> Page:
    """``page`` with its progress after ``previous``."""
    count = page.count
    arrays = page.records.shape is Shape.ARRAY
    if previous is None:
        progress = Progress(
            records=count,
            items=len(page.items),
            page_records=count or 0,
            first_page=count,
            blank_pages=int(count == 0),
            arrays=arrays,
            first_number=page_number(page),
        )
        return replace(page, progress=progress)
    before = previous.progress
    overlap = page.records.overlap(previous.records) if count else 0
    counted = None if count is None else count - overlap
    read = None if counted is None or before.records is None else before.records + counted
    progress = Progress(
        pages=before.pages + 1,
        records=read,
        items=before.items + len(page.items),
        page_records=counted or 0,
        first_page=before.first_page,
        largest_page=max(before.largest_page, previous.count or 0),
        blank_pages=before.blank_pages + 1 if count == 0 else 0,
        stale_pages=before.stale_pages + 1 if counted == 0 else 0,
        earlier=remembered(previous),
        arrays=before.arrays or arrays,
        differed=before.differed or _differ(page, previous),
        overlap=overlap,
        first_number=before.first_number,
        total=before.total,
        shrunk=before.shrunk,
    )
    return replace(page, progress=progress)


def _differ(page: Page, previous: Page) -> bool:
    both = page.count != 0 and previous.count != 0
    return both and not page.records.equals(previous.records)


def with_signs(page: Page, paginator: Paginator) -> Page:
    """``page``, which has its progress, with its signs and with what they say of a total.

    Raises ``PaginationError`` where a named path leads to what it cannot mean.
    """
    page = replace(page, signs=signs_of(page, paginator.settings))
    total = _total(page, paginator)
    if total is None:
        return page
    before = page.progress.total
    shrunk = page.progress.shrunk or total < (before or 0)
    return replace(page, progress=replace(page.progress, total=total, shrunk=shrunk))


def _total(page: Page, paginator: Paginator) -> int | None:
    """The total that a page tells, where positions may be counted: behind a removed record, a
    cursor finds its place again. Behind the end, 0 is none; and one that was merely recognised
    and is the page's own size is that, and smaller on the last page."""
    if paginator.settings.type is PaginationType.CURSOR:
        return None
    totals = [one for one in page.signs if one.kind is SignKind.TOTAL and not one.gone]
    for sign in sorted(totals, key=lambda one: not one.named):
        if sign.value and (sign.named or sign.value != page.count):
            return int(sign.value)
    return None
