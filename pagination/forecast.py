"""What will prove the end of a listing, in words, where only its first pages were read."""

from __future__ import annotations

from pagination.advice import nothing_to_follow
from pagination.evidence import signs_of_more
from pagination.paginator import Follows, Page, Paginator
from pagination.sign import LEADS_ON, SignKind


def proof_to_come(page: Page, paginator: Paginator) -> str:
    """What will prove the end of a listing that goes on after ``page``, in words."""
    settings = paginator.settings
    if named := settings.has_more_path or settings.last_page_path:
        return f"{named} will say when it ends"
    if paginator.follows is Follows.SIGN:
        return f"it ends on a page with {nothing_to_follow(paginator)}"
    more = signs_of_more(page.signs)
    if named_count := next((one for one in more if one.named), None):
        return f"it ends when {named_count} is reached"
    if flag := next((one for one in more if one.kind is SignKind.FLAG), None):
        return f"it ends when {flag.name} says so"
    if link := next((one for one in more if one.kind in LEADS_ON), None):
        return f"it ends when {link.name} is null or gone on a short page, or on an empty one"
    if settings.short_page_ends:
        return "a page with fewer records than asked for ends it (shortPageEnds)"
    if more:
        return f"it ends on a short page that reaches {more[0]}, or on an empty one"
    return "an empty page ends it (a short one does not: the API may cap its pages)"
