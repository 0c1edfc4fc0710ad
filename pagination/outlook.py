"""How a listing goes on after a page, in words: what ends it, or what would."""

from __future__ import annotations

from dataclasses import dataclass

from errors import PaginationError
from pagination.paginator import End, Page, PageRequest, Paginator, SeekablePaginator
from pagination.placement import asked_size
from pagination.signals import has_more_sign, total_of
from settings.model import PaginationType

BY_TYPE = {
    PaginationType.CURSOR: "a page without a next cursor ends it",
    PaginationType.NEXT_LINK: "a page without a next link ends it",
    PaginationType.HEADER_LINK: "an answer whose Link header names no next page ends it",
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """``evidence`` is why the listing ended, or what would end it. ``following`` is the request for
    the next page where there is one; ``problem`` says why neither can be told."""

    ended: bool
    evidence: str = ""
    following: PageRequest | None = None
    problem: str | None = None
    warning: str | None = None


def outlook(page: Page, paginator: Paginator) -> Outlook:
    """How the listing goes on after ``page``, the last that was read."""
    if page.ignored is not None:
        return Outlook(True, f"status {page.ignored} means that there is nothing here")
    try:
        step = paginator.following(page)
        if isinstance(step, End):
            return Outlook(True, step.evidence, warning=step.warning)
        return Outlook(False, _would_end(page, paginator), step)
    except PaginationError as error:
        return Outlook(False, problem=str(error))


def _would_end(page: Page, paginator: Paginator) -> str:
    """The strongest evidence that the answers of this listing can hold."""
    settings = paginator.settings
    counted = isinstance(paginator, SeekablePaginator)
    if settings.has_more_path or settings.last_page_path:
        return f"{settings.has_more_path or settings.last_page_path} ends it"
    if not counted:
        return BY_TYPE[settings.type]
    if has_more_sign(page, settings, next_fields=True).more:
        return "the answer's own sign of more pages ends it"
    total = total_of(page, settings)
    if total is not None and total > page.progress.first_page_items:
        return f"the total of {total:,} ends it"
    asked = asked_size(page.request, settings)
    short = " (a short one does not: the API may cap its pages)" if page.count < asked else ""
    return f"an empty page ends it{short}"
