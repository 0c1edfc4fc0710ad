"""What came of a kind, and of several, as fields for a log and as a table for people."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

KIND_CHARACTERS = 60
REASON_CHARACTERS = 120


class Outcome(StrEnum):
    """How a kind, or a resync, has ended."""

    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Summary:
    """One kind at its end. ``pages`` and ``items`` are what its listings held; ``requests``,
    ``retries`` and ``rate_limit_wait_seconds`` are the client's meanwhile, those of discoveries
    among them. ``ended_by`` is the evidence for the end of its listings, or what went wrong.
    ``nameless`` items have no identifier or no blueprint, and became no entities.
    ``index`` is the place of its resource in the mapping, from 0; -1 where there is none.
    ``refused`` entities were not accepted by Port, the first for ``first_refusal``; both are known
    at the end of a resync."""

    kind: str
    outcome: Outcome
    items: int
    pages: int
    listings: int
    listings_failed: int
    requests: int
    retries: int
    rate_limit_wait_seconds: float
    seconds: float
    items_per_second: float
    ended_by: str
    nameless: int = 0
    index: int = -1
    refused: int = 0
    first_refusal: str = ""

    def fields(self) -> dict[str, Any]:
        """The same for a log that is read by machines; what went wrong only where it did."""
        fields = {**asdict(self), "outcome": str(self.outcome)}
        del fields["index"]
        if not self.nameless:
            del fields["nameless"]
        if not self.refused:
            del fields["refused"], fields["first_refusal"]
        return fields


_COLUMNS = (
    *("kind", "outcome", "items", "nameless", "refused", "pages", "requests", "retries", "waited"),
    *("seconds", "items/s", "ended by"),
)
_IF_ANY = {_COLUMNS.index(name): name for name in ("nameless", "refused")}
"""Columns that are there only where they are not 0 for some kind."""

_TEXTS = frozenset({"kind", "outcome", "ended by"})


def table(summaries: Sequence[Summary]) -> str:
    """A line for each of ``summaries`` below a line with the names of their columns.

    Items that became no entities, and what Port refused, are columns only where there are some.
    """
    empty = {
        place for place, name in _IF_ANY.items() if not any(getattr(one, name) for one in summaries)
    }
    rows = [
        tuple(cell for place, cell in enumerate(row) if place not in empty)
        for row in (_COLUMNS, *map(_row, summaries))
    ]
    names = rows[0]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths, names) for row in rows)


def duration(seconds: float) -> str:
    """Seconds as people say them, such as ``45 s``, ``4 min 5 s`` or ``2 h 10 min``."""
    whole = math.ceil(seconds) if seconds < 1 else round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"


def shortened(text: str, characters: int) -> str:
    """``text`` on one line, cut at so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= characters else f"{line[: characters - 3]}..."


def _row(summary: Summary) -> tuple[str, ...]:
    return (
        shortened(summary.kind, KIND_CHARACTERS),
        summary.outcome,
        f"{summary.items:,}",
        f"{summary.nameless:,}",
        f"{summary.refused:,}",
        f"{summary.pages:,}",
        f"{summary.requests:,}",
        f"{summary.retries:,}",
        f"{summary.rate_limit_wait_seconds:,.1f}",
        f"{summary.seconds:,.1f}",
        f"{summary.items_per_second:,.1f}",
        summary.ended_by,
    )


def _line(row: Sequence[str], widths: Sequence[int], names: Sequence[str]) -> str:
    cells = (
        cell.ljust(width) if name in _TEXTS else cell.rjust(width)
        for name, cell, width in zip(names, row, widths, strict=True)
    )
    return f"  {'  '.join(cells)}".rstrip()
