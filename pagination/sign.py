"""One thing that a response says about further pages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class SignKind(StrEnum):
    """What a sign is."""

    FLAG = "flag"
    LINK = "link"
    CURSOR = "cursor"
    NEXT_PAGE = "number of the next page"
    PAGES = "number of pages"
    TOTAL = "total"


LEADS_ON = frozenset({SignKind.LINK, SignKind.CURSOR, SignKind.NEXT_PAGE})
"""Signs that are there only while there is a next page."""


class Says(StrEnum):
    """What a sign says of further pages."""

    MORE = "more"
    END = "end"


@dataclass(frozen=True, slots=True)
class Sign:
    """``name`` is its place as a setting would name it, such as ``meta.has_more``,
    ``Link rel=next`` or ``X-Total-Count``; ``setting`` is the one that names it, empty where the
    place was recognised. ``gone`` tells that an earlier page had it and this one has not: of a
    link, cursor or next page number that is the end, anything else still holds. ``sure`` is False
    for names that may mean something else: they may say more, and never end a listing. ``least``
    is the lowest total that earlier pages told at the same place."""

    name: str
    kind: SignKind
    says: Says
    value: Any = None
    setting: str = ""
    gone: bool = False
    sure: bool = True
    least: int | None = None

    @property
    def named(self) -> bool:
        """Whether a setting names it."""
        return bool(self.setting)

    def __str__(self) -> str:
        name = f"{self.setting} {self.name!r}" if self.setting else self.name
        if self.gone and self.kind in LEADS_ON:
            return f"{name}, which is gone"
        text = "null" if self.value is None else str(self.value)
        text = text.lower() if isinstance(self.value, bool) else text
        shown = text if len(text) <= 60 else f"{text[:57]}..."
        return f"{name} ({shown}{', on an earlier page' if self.gone else ''})"
