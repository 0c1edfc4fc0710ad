"""What answers say about where a listing ends: dot paths, common patterns, has-more, totals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from errors import PaginationError
from pagination.paginator import End, Page
from settings.model import PaginationSettings

MISSING: Final = object()
"""What ``dig`` returns for a path that is not there; None is a JSON null that is."""

HAS_MORE_PATTERNS = (
    "has_more",
    "hasMore",
    "meta.has_more",
    "meta.hasMore",
    "pagination.has_more",
    "pagination.hasMore",
)
NEXT_PATTERNS = ("next", "links.next", "next_page")
CURSOR_PATTERNS = (
    "next_cursor",
    "nextCursor",
    "cursor",
    "meta.after_cursor",
    "meta.next_cursor",
    "links.next",
    "pagination.next_cursor",
    "response_metadata.next_cursor",
    "paging.next.after",
    "next_page_token",
    "nextPageToken",
)
TOTAL_PATTERNS = ("total", "total_count", "totalCount", "meta.total", "pagination.total")
TOTAL_HEADER = "x-total-count"


def dig(body: Any, path: str) -> Any:
    """The value at a dot path (``meta.next``, ``pages.0.cursor``), or ``MISSING``. A key that is
    written like the whole path, as ``@odata.count``, comes first."""
    value = body
    if isinstance(value, dict) and path in value:
        return value[path]
    for part in path.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING
    return value


def truthy(value: Any) -> bool:
    """Whether a flag means yes; APIs write false as text and as 0, too."""
    if isinstance(value, str):
        return value.strip().lower() not in ("", "false", "no", "0", "null", "none")
    return bool(value)


def evidence_in(page: Page, settings: PaginationSettings) -> Iterable[str]:
    """The names of the paths that ``page`` holds with a value, for ``Progress.seen``."""
    explicit = (settings.has_more_path, settings.cursor_path, settings.last_page_path)
    for path in (*filter(None, explicit), *NEXT_PATTERNS, *CURSOR_PATTERNS):
        if dig(page.body, path) is not MISSING:
            yield path
        if dig(page.body, path) not in (MISSING, None, ""):
            yield f"{path}!"


def flagged_more(page: Page, *, next_fields: bool) -> bool | None:
    """What the common has-more patterns say. One that says more outweighs all that say end.

    ``next_fields`` reads ``next``, ``links.next`` and ``next_page`` too: null, or absent after
    an earlier page had it, is the end.
    """
    flags = (dig(page.body, path) for path in HAS_MORE_PATTERNS)
    answers = [truthy(flag) for flag in flags if str(flag).lower() in ("true", "false")]
    for path in NEXT_PATTERNS if next_fields else ():
        value = dig(page.body, path)
        if value is None or isinstance(value, str | int | dict):
            answers.append(truthy(value))
        elif value is MISSING and f"{path}!" in page.progress.seen:
            answers.append(False)
    return any(answers) if answers else None


def total_of(page: Page, settings: PaginationSettings) -> int | None:
    """The number of all items that the answer tells, or None."""
    if settings.total_path:
        value = dig(page.body, settings.total_path)
        total = as_count(value)
        if total is None:
            total = as_count(page.headers.get(settings.total_path.lower()))
        if total is None and value is not MISSING:
            raise PaginationError(f"totalPath {settings.total_path!r} leads to {value!r:.60}")
        return total
    found = (as_count(dig(page.body, path)) for path in TOTAL_PATTERNS)
    body_total = next((total for total in found if total is not None), None)
    return as_count(page.headers.get(TOTAL_HEADER)) if body_total is None else body_total


def as_count(value: Any) -> int | None:
    """A number of items, also one written as text; None for anything else."""
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None


def short_of_total(page: Page, settings: PaginationSettings) -> int | None:
    """The total, where it says that items are still to come; else None."""
    total = total_of(page, settings)
    return total if total is not None and page.progress.items < total else None


def ended(page: Page, settings: PaginationSettings, evidence: str) -> End:
    """The end of a listing by ``evidence``, unless an explicit total says that it is too early.

    Raises ``PaginationError`` below an explicit total; below a guessed one the end has a warning.
    """
    missing = short_of_total(page, settings)
    if missing is None:
        return End(evidence)
    told = f"{page.progress.items} of {missing} items were read when the listing ended ({evidence})"
    if settings.total_path:
        raise PaginationError(f"{told}. Check totalPath {settings.total_path!r} and pagination.")
    return End(evidence, warning=told)


def refuse_empty(page: Page, sign: Sign) -> None:
    """Raises ``PaginationError`` if ``page`` is empty although ``sign`` promises more."""
    if page.count == 0:
        raise PaginationError(
            f"{sign.name} says that there are more items, but page {page.progress.pages} is empty. "
            "Check hasMorePath and data_path, or whether the API stopped early."
        )


@dataclass(frozen=True, slots=True)
class Sign:
    """What an answer says of further pages (None: nothing), and how a message calls that."""

    more: bool | None
    name: str


def explicit_sign(page: Page, settings: PaginationSettings) -> Sign:
    """What ``hasMorePath`` says; where it says nothing, what ``lastPagePath`` says."""
    path = settings.has_more_path
    if path:
        value = dig(page.body, path)
        if value is not MISSING:
            return Sign(truthy(value), repr(path))
        if path in page.progress.seen:
            return Sign(False, repr(path))
    if settings.last_page_path:
        path = settings.last_page_path
        value = dig(page.body, path)
        if value not in (MISSING, None):
            return Sign(not truthy(value), repr(path))
    return Sign(None, repr(path))


def has_more_sign(page: Page, settings: PaginationSettings, *, next_fields: bool) -> Sign:
    """What a named path says; where it says nothing, what the common patterns say."""
    named = explicit_sign(page, settings)
    if named.more is not None:
        return named
    return Sign(flagged_more(page, next_fields=next_fields), "the has-more sign in the answer")


def last_page(page: Page, settings: PaginationSettings, sign: Sign) -> End:
    """The end that ``sign`` tells; raises as ``ended`` does."""
    return ended(page, settings, f"{sign.name} says that this was the last page")
