"""Whether a listing has ended: the one judgement, for every pagination type.

A listing ends only by proof. What merely suggests the end leads to one more request, and a sign of
more that nothing follows is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from errors import PaginationError
from pagination.advice import (
    blank_pages,
    contradiction,
    no_count,
    no_first_page,
    nothing_at_first,
    nothing_to_follow,
    unfollowed,
    usual_size,
)
from pagination.paginator import End, Follows, Page, Paginator
from pagination.placement import asked_size, number_in
from pagination.sign import LEADS_ON, Says, Sign, SignKind
from pagination.signs import not_first, sent
from settings.model import PaginationType

MOST_BLANK_PAGES = 20
"""So many empty pages in a row are read over where a sign says more."""

BLANK_PAGES_BELOW_A_TOTAL = 3
"""After so many of them, what a recognised total counts more is taken for hidden records."""

USUAL_SIZES = frozenset(
    (10, 12, 15, 16, 20, 24, 25, 30, 32, 36, 40, 48, 50, 60, 64, 75, 80, 100, 120, 128, 150, 200)
) | frozenset((250, 256, 300, 400, 500, 512, 1000, 1024, 2000, 2500, 5000, 10_000))
"""A number of records that is more likely a page size than an accident: one request makes sure."""

WARNED_SIZES = frozenset({20, 25, 30, 50, 100, 200, 250, 500, 1000})
"""Those of which one response without pages warns."""

REFUSED_BEHIND_THE_END = frozenset({400, 404, 416, 422})


@dataclass(frozen=True, slots=True)
class Continue:
    """The next page is needed; ``blank`` where this one is empty, which is to be asked twice."""

    blank: bool = False


@dataclass(frozen=True, slots=True)
class Halve:
    """The first page is full and leads nowhere: half of it must, or the setting is wrong."""

    end: End


Decision = Continue | Halve | End


def decide(page: Page, paginator: Paginator) -> Decision:
    """What comes after ``page``, by its signs and its progress.

    Raises ``PaginationError`` where its signs contradict each other or the settings, and where one
    says more that this type does not follow.
    """
    _check(page, paginator)
    more = signs_of_more(page.signs)
    # What equals the first page may count that page alone, where something says more.
    counted = page.progress.pages > 1 or not more
    ends = (one for one in _named(page) if one.says is Says.END)
    if end := next((one for one in ends if counted or one.kind is SignKind.FLAG), None):
        return End(_last(end))
    flags = (one for one in page.signs if one.kind is SignKind.FLAG and one.says is Says.END)
    if not more and (flag := next(flags, None)):
        return End(_last(flag))
    match paginator.follows:
        case Follows.SIGN:
            return _by_sign(page, paginator, more)
        case Follows.POSITION:
            return _by_position(page, paginator, more)
        case _:
            return _by_nothing(page, paginator, more)


def signs_of_more(signs: Sequence[Sign]) -> list[Sign]:
    """The signs that say more; a flag that says end outweighs a cursor."""
    ended = any(one.kind is SignKind.FLAG and one.says is Says.END for one in signs)
    return [
        one
        for one in signs
        if one.says is Says.MORE and not (ended and one.kind is SignKind.CURSOR)
    ]


def after_refusal(previous: Page, paginator: Paginator) -> End | None:
    """The end of a listing whose page after ``previous`` was refused (400, 404, 416 or 422), or
    None where that is an error: nothing had suggested the end, or a sign says more."""
    if paginator.follows is not Follows.POSITION:
        return None
    more = signs_of_more(previous.signs)
    reached = _reached(previous)
    if any(one.kind is not SignKind.TOTAL or one.named or not one.sure for one in more):
        return None
    evidence = "the page after the last is refused"
    by_pages = any(one.kind is SignKind.PAGES for one in reached)
    if more:
        covered = by_pages or _asked_for_all(previous, paginator, more)
        return End(evidence, _missing(previous, more)) if covered else None
    # One that was never there with a value may be one that this API leaves empty.
    known = [
        one
        for one in _leading_no_further(previous)
        if one.gone or one.name in previous.progress.earlier
    ]
    return End(evidence) if reached or known or is_short(previous, paginator) else None


def after_repetition(page: Page, paginator: Paginator) -> End | None:
    """The end of a listing that stays on ``page``, or None where a sign says more."""
    if signs_of_more(page.signs):
        return None
    return End("the last page is served again for any page after it")


def is_short(page: Page, paginator: Paginator) -> bool:
    """Whether ``page`` holds fewer records than it was asked to hold."""
    return page.count is not None and page.count < asked_size(page.request, paginator.settings)


def _check(page: Page, paginator: Paginator) -> None:
    settings, progress = paginator.settings, page.progress
    if paginator.follows is Follows.POSITION and progress.pages == 1:
        start = number_in(page.request, settings, settings.param)
        first = start if settings.type is PaginationType.PAGE and start is not None else 1
        if sign := not_first(page, settings, first):
            raise no_first_page(sign, settings)
    counts = settings.type is PaginationType.OFFSET or settings.total_path is not None
    if counts and page.count is None:
        raise no_count(settings)
    if _has_moved_blindly(page, paginator):
        raise nothing_at_first(page)
    named = _named(page)
    for sign in named:
        read = progress.records
        if sign.kind is SignKind.TOTAL and sign.sure and read is not None and sign.value < read:
            raise PaginationError(
                f"{sign} is below the {read:,} records that were read: check totalPath"
            )
    ends = [one for one in named if one.says is Says.END]
    # A flag that is gone may be left out where it would be false.
    mores = [one for one in named if one.says is Says.MORE]
    mores = [one for one in mores if not (one.gone and one.kind is SignKind.FLAG)]
    if ends and mores:
        raise contradiction(ends[0], mores[0], page)


def _named(page: Page) -> list[Sign]:
    """The flags, totals and numbers of pages that settings name."""
    found = (one for one in page.signs if one.named and one.kind not in LEADS_ON)
    return [one for one in found if one.sure or one.says is Says.MORE]


def _by_nothing(page: Page, paginator: Paginator, more: list[Sign]) -> End:
    if more:
        raise unfollowed(more[0], page, paginator)
    warning = None
    proven = any(one.says is Says.END and one.kind is not SignKind.TOTAL for one in page.signs)
    if page.count in WARNED_SIZES and not proven:
        warning = usual_size(page)
    return End("paginationType is none", warning)


def _by_sign(page: Page, paginator: Paginator, more: list[Sign]) -> Decision:
    followed = paginator.followed(page.signs)
    more = [one for one in more if not _has_grown(one, page)]
    if followed is None:
        if more:
            raise unfollowed(more[0], page, paginator)
        end = End(nothing_to_follow(paginator))
        suspicious = _is_full(page, paginator) if page.progress.pages == 1 else False
        return Halve(end) if suspicious or _is_limited(page, paginator) else end
    if page.count == 0:
        position = sent(page.request, paginator.settings)
        cursors = [followed, *more]
        if all(one.kind is SignKind.CURSOR and str(one.value) == position for one in cursors):
            return End("an empty page whose cursor is the one that was sent")
        return _blank(page, paginator, more or [followed])
    return Continue()


def _has_grown(sign: Sign, page: Page) -> bool:
    """Whether a recognised total is above what was read only by what came while it was read: a
    link or cursor has led to all that was there at the beginning."""
    if sign.kind is not SignKind.TOTAL or sign.named:
        return False
    before, read = page.progress.earlier.get(sign.name), page.progress.records
    if before is None or before.least is None or read is None:
        return False
    return before.least <= read and before.least != page.progress.first_page


def _by_position(page: Page, paginator: Paginator, more: list[Sign]) -> Decision:
    short = is_short(page, paginator)
    if not more:
        reached = [*_leading_no_further(page), *(one for one in _reached(page) if one.sure)]
        if reached and short and _is_shorter(page):
            return End(_last(reached[0]))
        if short and paginator.settings.short_page_ends:
            return End(f"a page of {page.count:,} records, and shortPageEnds is true")
        if page.count == 0:
            return End("an empty page")
    return _blank(page, paginator, more) if page.count == 0 else Continue()


def _has_moved_blindly(page: Page, paginator: Paginator) -> bool:
    """Whether an offset was moved over empty pages by a size that the API may cap: until a page is
    full, nobody knows how far an empty one reaches."""
    progress = page.progress
    if paginator.settings.type is not PaginationType.OFFSET or progress.pages == 1:
        return False
    reads_on = page.count == 0 and bool(signs_of_more(page.signs))
    return not progress.largest_page and is_short(page, paginator) and not reads_on


def _blank(page: Page, paginator: Paginator, more: list[Sign]) -> Decision:
    """An empty page although ``more``: it is read over, but not for ever."""
    blank, settings = page.progress.blank_pages, paginator.settings
    hidden = all(one.kind is SignKind.TOTAL and one.sure for one in more) and (
        paginator.follows is Follows.POSITION and _asked_for_all(page, paginator, more)
    )
    if hidden and blank >= BLANK_PAGES_BELOW_A_TOTAL:
        if not page.progress.records:
            # Credentials that may see nothing any more must not empty the catalog.
            raise blank_pages(more[0], blank)
        if settings.total_path and any(one.named for one in more):
            raise PaginationError(
                f"{_missing(page, more)}. Check {settings.total_path!r} (totalPath) and pagination."
            )
        return End("every position below the total was asked for", _missing(page, more))
    if blank > MOST_BLANK_PAGES:
        raise blank_pages(more[0], blank)
    return Continue(blank=True)


def _leading_no_further(page: Page) -> list[Sign]:
    """The links and next page numbers that say end: null, or gone where an earlier page had one. A
    position follows neither, so a single page may have had one by mistake."""
    ends = (one for one in page.signs if one.says is Says.END)
    return [one for one in ends if one.kind in (SignKind.LINK, SignKind.NEXT_PAGE)]


def _reached(page: Page) -> list[Sign]:
    ends = [one for one in page.signs if one.says is Says.END]
    totals = [one for one in ends if one.kind is SignKind.TOTAL]
    pages = [one for one in ends if one.kind is SignKind.PAGES]
    # A total that was passed is no total of this listing.
    reached = (one for one in totals if one.sure and one.value == page.progress.records)
    return [*reached, *pages]


def _is_shorter(page: Page) -> bool:
    """Whether a page that is short is shorter than the API's own page size, too: many APIs cap
    the size that is asked for, and call the size of one page a total."""
    if page.count is None:
        return False
    if page.progress.pages == 1:
        return page.count not in USUAL_SIZES
    return page.count < page.progress.largest_page


def _is_full(page: Page, paginator: Paginator) -> bool:
    """Whether there may be more behind a first page that leads nowhere."""
    settings, count = paginator.settings, page.count
    if count is None:
        leads_on = (one for one in page.signs if one.kind in LEADS_ON)
        return not any(one.says is Says.END for one in leads_on)
    if number_in(page.request, settings, settings.size_param) is not None:
        # Many APIs cap the size that is asked for.
        return count >= asked_size(page.request, settings) or count in USUAL_SIZES
    # No size was asked for: a page of more than pageSize is full if it looks like it.
    return count == settings.page_size or (count > settings.page_size and count in USUAL_SIZES)


def _is_limited(page: Page, paginator: Paginator) -> bool:
    """Whether as many records came over several pages as one was asked to hold: some APIs take the
    size for that of the whole listing, as OData's ``$top``."""
    settings, progress = paginator.settings, page.progress
    if not settings.size_param:
        return False
    return progress.pages > 1 and progress.records == settings.page_size > progress.largest_page


def _asked_for_all(page: Page, paginator: Paginator, totals: list[Sign]) -> bool:
    """Whether every position below ``totals`` was asked for."""
    settings, progress = paginator.settings, page.progress
    asked = asked_size(page.request, settings)
    window = min(asked, max(progress.largest_page, page.count or 0) or asked)
    reached = progress.pages * window
    if settings.type is PaginationType.OFFSET:
        position = number_in(page.request, settings, settings.param) or 0
        reached = position - settings.start_offset + window
    return reached >= max(int(one.value) for one in totals)


def _missing(page: Page, totals: list[Sign]) -> str:
    total = max(totals, key=lambda one: int(one.value))
    read = page.progress.records or 0
    return (
        f"{read:,} of {total.value:,} records were read when the listing ended: {total} counts "
        "records that these credentials may not see, or that were removed meanwhile, or the "
        "listing was not read from its first record (startPage, startOffset, paginationType)"
    )


def _last(sign: Sign) -> str:
    match sign.kind:
        case SignKind.TOTAL:
            return f"the total is reached: {sign}"
        case SignKind.PAGES:
            return f"the number of pages is reached: {sign}"
        case _:
            return f"{sign} says that this was the last page"
