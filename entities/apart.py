"""How ``itemsToParse`` took apart the items of one kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from errors import MappingError

UNKEPT = (
    "is no plain path, so that nothing is left of the item beside it: set "
    "itemsToParseTopLevelTransform to false, or begin it with the path to the list"
)


@dataclass(slots=True)
class Apart:
    """What ``expression``, the ``itemsToParse`` of a resource, has found in its items.

    Ocean passes over an item in which it finds no list, and all that was made of that item looks
    gone. ``empty`` counts the items in which it is null, and ``error`` says what was wrong first.
    """

    expression: str
    items: int = 0
    empty: int = 0
    error: str | None = None

    def note(self, found: Any, failure: Callable[[], str | None]) -> None:
        """Takes note of what was found in one item. ``failure`` says why it is null, if jq does."""
        self.items += 1
        if isinstance(found, list) or self.error is not None:
            return
        if found is not None:
            self.error = "leads to what is no list"
        elif failed := failure():
            self.error = f"fails: {failed}"
        else:
            self.empty += 1

    def note_rest(self, rest: Any) -> None:
        """Takes note of what is left of an item without its list: Ocean needs something."""
        if rest is None and self.error is None:
            self.error = UNKEPT

    def refuse(self, kind: str, excerpt: Callable[[bytes], str], *, whole: bool = True) -> None:
        """Raises ``MappingError`` where some item could not be taken apart, or none of the
        ``whole`` kind had a list."""
        shown = f"kind {kind}: the mapping's itemsToParse {self.expression!r}"
        if self.error is not None:
            what = excerpt(self.error.encode("utf-8", "replace"))
            raise MappingError(f"{shown} {what}. Correct the expression.")
        if whole and self.items and self.empty == self.items:
            raise MappingError(
                f"{shown} is null in all of {self.items:,} items. Correct the expression; where "
                f"the API leaves the list out, write {f'{self.expression} // []'!r}."
            )
