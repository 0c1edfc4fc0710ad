"""What to say of a listing that cannot be read to a proven end, and which setting to look at."""

from __future__ import annotations

from errors import PaginationError, RequestError
from pagination.paginator import Follows, Page, Paginator
from pagination.sign import Says, Sign, SignKind
from settings.model import PaginationSettings, PaginationType


def unfollowed(sign: Sign, page: Page, paginator: Paginator) -> PaginationError:
    """``sign`` says more, and the listing would end here."""
    read = page.progress.records
    told = f"{sign} says that there is more"
    if sign.kind is SignKind.TOTAL and read is not None:
        told = f"{read:,} of {sign.value:,} records were read: {sign} says that there is more"
    kind = paginator.settings.type
    if paginator.follows is Follows.NOTHING:
        why = "but paginationType is none, which reads one page"
    else:
        why = f"but paginationType {kind} cannot follow it, and there is {_nothing(paginator)}"
    cure = f"Correct {sign.setting}, or set" if sign.named else "Set"
    return PaginationError(f"{told}, {why}. {cure} {_follower(sign, paginator)}{_ignored(sign)}.")


def nothing_to_follow(paginator: Paginator) -> str:
    """How a log says that a page leads nowhere."""
    cursor = paginator.settings.type is PaginationType.CURSOR
    return "no next cursor" if cursor else "no link to a next page"


def full_page(page: Page, paginator: Paginator, *, halved: bool) -> PaginationError:
    """A first page that is full, and no sign that leads on, not even at half its size."""
    settings = paginator.settings
    count = "all that it was asked for" if page.count is None else f"{page.count:,} records"
    told = f"the first page is full ({count}) and there is {_nothing(paginator)}"
    if halved:
        told += ", nor on a page of half the size"
    setting = {
        PaginationType.CURSOR: "cursorPath to where the next cursor is",
        PaginationType.NEXT_LINK: "nextLinkPath to where the link to the next page is",
    }.get(settings.type, f"{paginator.position} to the relation of the next page's link")
    size = "" if settings.size_param else ", sizeParam so that the page size is known"
    return PaginationError(
        f"{told}, so that there may be more. Set {setting}{size}, pageSize above "
        f"{page.count or 0:,} if that is all, or paginationType none if the API sends everything "
        "at once."
    )


def blank_pages(sign: Sign, count: int) -> PaginationError:
    """So many pages in a row are empty, although ``sign`` says more."""
    return PaginationError(
        f"{sign} says that there are more records, but {count} pages in a row are empty. Check "
        f"data_path{_ignored(sign)}."
    )


def nothing_at_first(page: Page) -> PaginationError:
    """By offset, empty pages at first, and then none that shows how many records a page holds."""
    return PaginationError(
        f"the first {page.progress.pages - 1} pages are empty, although there is more, and no page "
        "shows how many records one can hold, so that some may have been passed over. Check "
        "data_path, the rights of the credentials and startOffset, or lower pageSize."
    )


def no_count(settings: PaginationSettings) -> PaginationError:
    """Records that cannot be counted, where they must be."""
    offset = settings.type is PaginationType.OFFSET
    why = "no offset leads to the next" if offset else "totalPath says nothing"
    return PaginationError(
        f"the records of this page cannot be counted, so that {why}: begin data_path with the "
        "plain path to their array"
    )


def usual_size(page: Page) -> str:
    """A warning of a response that may be one page of several, though nothing says so."""
    return (
        f"{page.count:,} records came in one response, which is a usual page size, and nothing "
        "in it says whether there are more: check whether this API sends pages"
    )


def limited(page: Page, paginator: Paginator) -> PaginationError:
    """As many records over several pages as one was asked to hold, and nothing at half of that."""
    size = paginator.settings.size_param
    return PaginationError(
        f"{page.progress.records or 0:,} records came over {page.progress.pages} pages, as many as "
        f"{size} asks for, and a smaller {size} leads to no next page: this API seems to take it "
        "for the size of the whole listing. Set sizeParam to an empty text."
    )


def no_first_page(sign: Sign, settings: PaginationSettings) -> PaginationError:
    """The first page says that there is one before it."""
    where = "startPage" if settings.type is PaginationType.PAGE else "startOffset"
    return PaginationError(
        f"the first page that was asked for is not the listing's first: {sign}. Check {where} and "
        f"the parameter {settings.param!r}{_ignored(sign)}."
    )


def contradiction(end: Sign, more: Sign, page: Page) -> PaginationError:
    """Two named signs of which one is wrong."""
    read = page.progress.records
    count = f" after {read:,} records" if read is not None else ""
    return PaginationError(
        f"{end} says that the listing ends here{count}, but {more} says that there is more: "
        "correct the path that is wrong"
    )


def repeated_page(page: Page, paginator: Paginator, *, differed: bool) -> PaginationError:
    """A page that holds what the one before held."""
    settings, position = paginator.settings, paginator.position
    count = "" if page.count is None else f"{page.count:,} "
    told = f"page {page.progress.pages} holds the same {count}records as the page before"
    if paginator.follows is Follows.SIGN and settings.type is not PaginationType.CURSOR:
        return PaginationError(f"{told}: the link leads to it again. Check {position}.")
    if differed:
        return PaginationError(
            f"{told}, and that is not the end: the API may have served a page from a cache. "
            f"Check {position}."
        )
    start = ", startPage to 1 if the API counts its pages from 1" if _from_0(settings) else ""
    return PaginationError(
        f"{told}: the API seems to ignore {position}. Set it to the parameter that this API "
        f"uses{start}, or paginationType to none if it sends everything at once."
    )


def begins_anew(page: Page, paginator: Paginator) -> PaginationError:
    """A page that holds what one before the last held."""
    counts = paginator.follows is Follows.POSITION
    short = ", or set shortPageEnds where a short page is its last" if counts else ""
    return PaginationError(
        f"page {page.progress.pages} holds the same records as an earlier page: the API may begin "
        f"anew behind its last page. Check {paginator.position}{short}."
    )


def full_last_page(page: Page) -> str:
    """A warning of an API that stays on a page that is full: it may be a limit, not the end."""
    return (
        f"the last page is full ({page.count:,} records) and served again for any page after it: "
        "check whether this API shows no more than that"
    )


def _from_0(settings: PaginationSettings) -> bool:
    return settings.type is PaginationType.PAGE and settings.start_page == 0


def refused_page(error: Exception, previous: Page) -> Exception:
    """``error`` of the page after ``previous``, with what speaks against an end."""
    more = next((one for one in previous.signs if one.says is Says.MORE), None)
    why = f"{more} says that there is more" if more else "the page before is full"
    hint = f"This was page {previous.progress.pages + 1} of a listing, and {why}."
    if more is None:
        hint += " Where this status means the end in this API, name it in ignore_statuses."
    return error.hinted(hint) if isinstance(error, RequestError) else error


def _ignored(sign: Sign) -> str:
    """How to go on where a recognised sign means something else."""
    if sign.named:
        return ""
    return (
        f"; if {sign.name} means something else in this API, name it in ignoredSigns "
        "(ignored_signs of a resource)"
    )


def _nothing(paginator: Paginator) -> str:
    settings = paginator.settings
    if settings.type is not PaginationType.CURSOR:
        return f"no link at {paginator.position}"
    if settings.cursor_path:
        return f"no cursor at cursorPath {settings.cursor_path!r}"
    return "no cursor at any common place (next_cursor, links.next, next_page_token and their like)"


def _follower(sign: Sign, paginator: Paginator) -> str:
    """The setting that would follow ``sign``."""
    match sign.kind:
        case SignKind.LINK if sign.name.startswith("Link "):
            return "paginationType to header_link"
        case SignKind.LINK if sign.name.endswith(" rel=next"):
            path = sign.name.removesuffix(" rel=next")
            expression = f'.{path}[] | select((.rel // .relation) == "next") | (.href // .url)'
            return f"paginationType to next_link and nextLinkPath to '{expression}'"
        case SignKind.LINK if not isinstance(sign.value, str):
            return f"paginationType to what the keys of {sign.name!r} say (page, offset, cursor)"
        case SignKind.LINK:
            return f"paginationType to next_link and nextLinkPath to {sign.name!r}"
        case SignKind.CURSOR:
            return f"paginationType to cursor and cursorPath to {sign.name!r}"
        case SignKind.NEXT_PAGE | SignKind.PAGES:
            return "paginationType to page"
        case SignKind.TOTAL:
            return "paginationType to offset or page"
    if paginator.follows is Follows.NOTHING:
        return "paginationType to how this API sends pages"
    if paginator.settings.type is PaginationType.CURSOR:
        return "cursorPath to where the next cursor is"
    return f"{paginator.position.split()[0]} to what leads to the next page"
