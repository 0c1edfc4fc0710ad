"""What a strategy is given and what it answers. Nothing here does I/O or keeps state."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sized
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

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

    ``largest_page`` is the most items that one page of this endpoint held in this resync;
    ``seen`` names the evidence that earlier pages of this listing held; ``total`` is the last that
    was told, and ``shrunk`` whether one was lower than one before.
    """

    pages: int = 1
    items: int = 0
    first_page_items: int = 0
    largest_page: int = 0
    seen: frozenset[str] = frozenset()
    total: int | None = None
    shrunk: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """An answer as pagination sees it.

    ``records`` are what counts as items (``count`` of them); ``items`` are what is handed on,
    the same list except where one object stands for many records. ``url`` is where the answer
    came from; ``headers`` are looked up by lower-case names; ``size_bytes`` is the body's size.
    ``ignored`` is the status that was taken for "nothing here", where one was. ``rest`` yields
    items that are too many for memory, in lists with their sizes in bytes; ``records`` then stand
    for them.
    """

    request: PageRequest
    items: list[Any]
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    records: Sized | None = None
    throttled: bool = False
    ignored: int | None = None
    size_bytes: int = 0
    rest: AsyncGenerator[tuple[list[Any], int]] | None = None
    progress: Progress = Progress()

    @property
    def count(self) -> int:
        """How many items the page holds."""
        return len(self.counted)

    @property
    def counted(self) -> Sized:
        """The items as they are counted and compared."""
        return self.items if self.records is None else self.records


@dataclass(frozen=True, slots=True)
class End:
    """A listing's end: the evidence for it, and a warning where the API should be looked at."""

    evidence: str
    warning: str | None = None


class Paginator(Protocol):
    """A strategy. Both methods are pure functions of their arguments."""

    @property
    def settings(self) -> PaginationSettings:
        """The settings that the strategy was built from."""

    @property
    def position(self) -> str:
        """How a message calls the setting that moves through the pages."""

    def first(self, request: PageRequest) -> PageRequest:
        """The request for the first page."""

    def following(self, page: Page) -> PageRequest | End:
        """The request for the page after ``page``, or the end of the listing.

        Raises ``PaginationError`` where the answer contradicts itself or the settings.
        """

    def expects_more(self, page: Page) -> bool:
        """Whether ``page`` holds any sign that more pages exist."""


@runtime_checkable
class SeekablePaginator(Paginator, Protocol):
    """A strategy that can ask for a page without having read the ones before it."""

    def at(self, anchor: Page, distance: int) -> PageRequest:
        """The request for the page ``distance`` pages after ``anchor``, if all are as large.

        ``at(page, 1)`` is what ``following(page)`` answers while the listing goes on.
        """

    def pages_left(self, page: Page) -> int | None:
        """How many pages come after ``page`` where a total is told, else None."""
