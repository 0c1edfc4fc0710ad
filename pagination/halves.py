"""What half the page size shows of a first page that seems to be the only one."""

from __future__ import annotations

from errors import PaginationError
from pagination.advice import full_page, limited, usual_size
from pagination.ahead import Fetch
from pagination.evidence import is_short
from pagination.paginator import End, Follows, Page, PageRequest, Paginator
from pagination.placement import halved
from pagination.progress import placed, with_signs


async def proven_by_half(
    page: Page, end: End, first: PageRequest, paginator: Paginator, fetch: Fetch
) -> End:
    """``end``, if a page of half the size shows that the setting leads to the next page; ``first``
    is the request for the first page. Raises ``PaginationError`` where it does not."""
    half = halved(first, paginator.settings, page.progress.first_page)
    if half is None and page.progress.pages > 1:
        return end
    if half is None:
        raise full_page(page, paginator, halved=False)
    other = await _read(half, paginator, fetch)
    if other.refused is None and paginator.followed(other.signs) is not None:
        return End(f"{end.evidence}, where half the page size gives one", end.warning)
    if page.progress.pages > 1:
        raise limited(page, paginator)
    if is_short(page, paginator) and other.count == page.count:
        # The API takes no notice of the size, and sent less than it was asked for.
        return End(end.evidence, usual_size(page))
    raise full_page(page, paginator, halved=True)


async def back_at_first(
    page: Page, error: PaginationError, first: PageRequest, paginator: Paginator, fetch: Fetch
) -> End:
    """The end, if a cursor of 0 led back to the first page, and half of that page leads elsewhere:
    this API says 0 where nothing is left. Raises ``error`` where that cannot be shown."""
    half = halved(first, paginator.settings, page.progress.first_page)
    if half is None or paginator.follows is not Follows.SIGN:
        raise error
    other = await _read(half, paginator, fetch)
    sign = None if other.refused else paginator.followed(other.signs)
    if sign is None or str(sign.value) == "0":
        raise error
    return End("a cursor of 0 leads back to the first page, and half of that to another")


async def _read(request: PageRequest, paginator: Paginator, fetch: Fetch) -> Page:
    return with_signs(placed(await fetch(request, lambda page: None), None), paginator)
