"""How the items of one kind were mapped: those that no entity can come of are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from entities.apart import Apart
from errors import MappingError


@dataclass(slots=True)
class Mapped:
    """The items of one kind that passed its ``query``.

    ``nameless`` is how many of them have no identifier or no blueprint, ``expressions`` are the two
    expressions of the mapping, and ``error`` is what jq says of the first item for which one of
    them fails. ``apart`` is about ``itemsToParse``, where there is one.
    """

    expressions: tuple[str, str] = ("", "")
    passed: int = 0
    nameless: int = 0
    error: str | None = None
    apart: Apart | None = None

    def refuse(self, kind: str, excerpt: Callable[[bytes], str], *, whole: bool = True) -> None:
        """Raises ``MappingError`` where no item of ``kind`` has become an entity, an expression
        failed, or an item could not be taken apart: the catalog's entities would be taken for
        stale. jq's errors may quote a whole item: ``excerpt`` makes them short, and masks their
        secrets. Of what is not the ``whole`` kind but an increment, no item may have become one."""
        if self.apart is not None:
            self.apart.refuse(kind, excerpt, whole=whole)
        identifier, blueprint = self.expressions
        if self.error is not None:
            what = excerpt(self.error.encode("utf-8", "replace"))
            raise MappingError(
                f"kind {kind}: the mapping's identifier {identifier!r} or blueprint {blueprint!r} "
                f"fails: {what}. Correct the expression, or leave such items out by the selector's "
                "query."
            )
        if whole and self.passed and self.nameless == self.passed:
            raise MappingError(
                f"kind {kind}: none of {self.passed:,} items has an identifier and a blueprint: "
                f"{identifier!r} or {blueprint!r} is null, empty or 0 for each of them. Correct "
                "the mapping's identifier, or leave such items out by the selector's query."
            )
