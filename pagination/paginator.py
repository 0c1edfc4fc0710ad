"""What a strategy is given and what it returns. Nothing here does I/O or keeps state."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from pagination.sign import Sign
from records import Records
from settings.model import PaginationSettings

Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The part of a request that pagination moves: an absolute URL, query parameters to add to
    its query, and the JSON body where there is one. Equal requests ask for the same page."""

    url: str
    params: Params = ()
    body: Any = None

    def with_param(self, name: str, value: str) -> PageRequest:
        """This request with the query parameter ``name`` set, replacing what had that name."""
        kept = tuple(pair for pair in self.params if pair[0] != name)
        return replace(self, params=(*kept, (name, value)))

    def param(self, name: str) -> str | None:
        """The value of the query parameter ``name``, or None."""
        return next((value for key, value in self.params if key == name), None)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a listing stands once a page was read, that page included.

    ``records`` counts those of all pages, None where one cannot be counted, and ``items`` what was
    made of them; ``page_records`` those of this page without the ``overlap``, those that the page
    before ended with. ``first_page`` is how many the first one holds, ``largest_page`` the most of
    a page before this one. ``blank_pages`` counts the empty pages in a row, ``stale_pages`` those
    that bring nothing new. ``earlier`` holds, by name, what the pages before this one said.
    ``arrays`` tells that the records were an array, ``differed`` that two pages in a row were
    unlike. ``first_number`` is the page number that the first page told. ``total`` is the last
    total, ``shrunk`` whether one was lower than one before.
    """

    pages: int = 1
    records: int | None = 0
    items: int = 0
    page_records: int = 0
    first_page: int | None = 0
    largest_page: int = 0
    blank_pages: int = 0
    stale_pages: int = 0
    earlier: Mapping[str, Sign] = field(default_factory=dict)
    arrays: bool = False
    differed: bool = False
    overlap: int = 0
    first_number: int | None = None
    total: int | None = None
    shrunk: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A response as pagination sees it.

    ``records`` are what is counted and compared, ``items`` what is handed on; ``rest`` yields
    items that are too many for memory, in lists with their sizes in bytes. ``evaluated`` holds
    what the paths of the settings lead to where that needs jq or the whole body. ``url`` is where
    the response came from; ``headers`` are looked up by lower-case names; ``size_bytes`` is the
    body's size. ``ignored`` is the status that was taken for "nothing here", where one was;
    ``refused`` the error of a page that was refused. ``asked_twice`` tells that it is empty the
    second time, too. ``signs`` are what it says of further pages, and ``step`` is what comes after
    it, None where that is an error.
    """

    request: PageRequest
    items: list[Any]
    records: Records = field(default_factory=Records)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    evaluated: Mapping[str, Any] = field(default_factory=dict)
    throttled: bool = False
    ignored: int | None = None
    refused: Exception | None = None
    asked_twice: bool = False
    size_bytes: int = 0
    rest: AsyncGenerator[tuple[list[Any], int]] | None = None
    progress: Progress = Progress()
    signs: tuple[Sign, ...] = ()
    step: PageRequest | End | None = None

    @property
    def count(self) -> int | None:
        """How many records the page holds, or None where that cannot be told."""
        return self.records.count


@dataclass(frozen=True, slots=True)
class End:
    """A listing's end: the evidence for it, and a warning where the API should be looked at."""

    evidence: str
    warning: str | None = None


class Follows(StrEnum):
    """By what a strategy gets to the next page."""

    NOTHING = "nothing"
    POSITION = "position"
    SIGN = "sign"


class Paginator(Protocol):
    """A strategy: it says what the next request is, and never whether there is one to send.
    All methods are pure functions of their arguments."""

    @property
    def settings(self) -> PaginationSettings:
        """The settings that the strategy was built from."""

    @property
    def follows(self) -> Follows:
        """By what it gets to the next page."""

    @property
    def position(self) -> str:
        """How a message calls the setting that moves through the pages."""

    def first(self, request: PageRequest) -> PageRequest:
        """The request for the first page."""

    def followed(self, signs: Sequence[Sign]) -> Sign | None:
        """The one of ``signs`` that leads to the next page, for ``Follows.SIGN``."""

    def following(self, page: Page) -> PageRequest | None:
        """The request for the page after ``page``, or None where it holds nothing to follow.

        Raises ``PaginationError`` where what it holds cannot be followed.
        """


@runtime_checkable
class SeekablePaginator(Paginator, Protocol):
    """A strategy that can ask for a page without having read the ones before it."""

    def at(self, anchor: Page, distance: int) -> PageRequest:
        """The request for the page ``distance`` pages after ``anchor``, if all are as large.

        ``at(page, 1)`` is what ``following(page)`` returns.
        """

    def past(self, page: Page, records: int) -> PageRequest:
        """The request for what is at least ``records`` records behind the position of ``page``."""
