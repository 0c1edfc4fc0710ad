"""The position: how an API is asked for the page after one, by hypotheses, the strongest first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cli.detect.answers import IDENTIFYING, Answer
from cli.detect.candidates import (
    CURSORS,
    LAST_ITEMS,
    OFFSETS,
    PAGES,
    RESERVED_OFFSETS,
    RESERVED_PAGES,
    cursors_first,
    is_offset,
    is_page,
    positions_first,
)
from cli.detect.elsewhere import KEY
from cli.detect.findings import Confidence
from cli.detect.probe import SAME_ITEMS, Probe, groups
from settings import PaginationType

MOST_HINTS = 3
MOST_SIGNS = 3


@dataclass(frozen=True, slots=True)
class Position:
    """Settings that move through the pages, and why; ``page`` is the second one, to which they
    led."""

    settings: dict[str, Any]
    evidence: str
    page: Answer
    confidence: Confidence = Confidence.SURE

    @property
    def type(self) -> PaginationType:
        """The pagination type."""
        return PaginationType(self.settings["pagination_type"])


@dataclass(frozen=True, slots=True)
class Reading:
    """What the value of a position parameter means."""

    type: PaginationType
    start: int = 0
    told: str = ""
    confidence: Confidence = field(default=Confidence.SURE)


async def find_position(probe: Probe, size: str | None) -> Position | None:
    """The first hypothesis whose second page holds the items after the first page's."""
    hypotheses: Sequence[Callable[[], Awaitable[Position | None]]] = (
        lambda: _by_header(probe),
        lambda: _by_link(probe),
        lambda: _by_cursor(probe, str),
        lambda: _by_count(probe, size),
        lambda: _by_cursor(probe, int),
        lambda: _by_last_item(probe),
    )
    for hypothesis in hypotheses:
        if position := await hypothesis():
            return position
    return None


async def _by_header(probe: Probe) -> Position | None:
    link = probe.signals.header_next
    if link is None:
        return None
    page = await probe.follow(link, 'the Link header, rel="next"')
    if not probe.continues(page):
        return None
    settings = {"pagination_type": PaginationType.HEADER_LINK}
    return Position(settings, f'the Link header\'s rel="next" leads to {_next(probe, page)}', page)


async def _by_link(probe: Probe) -> Position | None:
    for path, link in probe.signals.links[:MOST_SIGNS]:
        page = await probe.follow(link, f"the link at {path}")
        if probe.continues(page):
            settings = {"pagination_type": PaginationType.NEXT_LINK, "next_link_path": path}
            told = f"the link at {path} leads to {_next(probe, page)}"
            return Position(settings, told, page)
    return None


async def _by_cursor(probe: Probe, sort: type[str] | type[int]) -> Position | None:
    found = [one for one in probe.signals.cursors if isinstance(one[1], sort)]
    for path, value in found[:MOST_SIGNS]:
        text = str(value)
        likely = cursors_first(path, text, probe.signals)
        rest = [name for name in CURSORS if name not in likely]
        for names in (*([name] for name in likely), *groups(rest, len(rest))):
            picked = await probe.pick(names, lambda name: {name: text}, probe.continues)  # noqa: B023
            if picked is None:
                continue
            name, page = picked
            settings = {
                "pagination_type": PaginationType.CURSOR,
                "pagination_param": name,
                "cursor_path": path,
            }
            told = f"{name} with the cursor at {path} gave {_next(probe, page)}"
            return Position(settings, told, page)
    return None


async def _by_count(probe: Probe, size: str | None) -> Position | None:
    if not probe.step:
        return None
    moved = (
        [] if probe.filters else [name for name in probe.moved if is_offset(name) or is_page(name)]
    )
    given = [name for name, _ in probe.prober.endpoint.params]
    hints = dict.fromkeys([*moved, *positions_first(probe.signals, given, size)])
    if probe.filters:
        hints |= dict.fromkeys([*RESERVED_PAGES, *RESERVED_OFFSETS])
    likely = list(hints)[:MOST_HINTS]
    offsets = [name for name in OFFSETS if name not in likely]
    pages = [name for name in PAGES if name not in likely]
    for names in (*([name] for name in likely), *groups(offsets), *groups(pages)):
        as_page = is_page(names[0])
        for value in _values(probe, as_page):
            if position := await _counted(probe, names, value, as_page):
                return position
            if probe.attempts[-1].outcome != SAME_ITEMS:
                break
        if probe.strict and len(names) > 1 and as_page:
            break
    return None


def _values(probe: Probe, as_page: bool) -> tuple[int, ...]:
    """Which positions to ask for: such that what they mean shows in where the page begins."""
    known, step = len(probe.reference), probe.step
    if not as_page:
        whole = (known,) if known == step else ()
        return (max(1, min(step + 1, known - 1)), *whole)
    # The second page is the third where pages count from 0, and that may be behind the end.
    return (2,) if known > 2 * step else (1, 2)


async def _counted(
    probe: Probe, names: Sequence[str], value: int, as_page: bool
) -> Position | None:
    def read(answer: Answer) -> Reading | None:
        return _reading(probe, answer, value, as_page)

    picked = await probe.pick(
        names, lambda name: {name: str(value)}, lambda answer: read(answer) is not None
    )
    if picked is None:
        return None
    name, page = picked
    reading = read(page)
    assert reading is not None
    settings: dict[str, Any] = {"pagination_type": reading.type, "pagination_param": name}
    if reading.type is PaginationType.PAGE:
        settings["start_page"] = reading.start
    elif reading.start:
        settings["start_offset"] = reading.start
    return Position(settings, f"{name}={value} {reading.told}", page, reading.confidence)


def _reading(probe: Probe, answer: Answer, value: int, as_page: bool) -> Reading | None:
    """What ``value`` means if it got ``answer``; None where it means nothing that pages."""
    if answer.refused or not answer.items or probe.is_same(answer):
        return None
    place, step = probe.place(answer), probe.step
    if place is None:
        if not probe.is_beyond(answer):
            return None
        if not as_page:
            return _whole_pages(probe, value)
        whole = len(probe.reference) <= step
        told = "gave none of the first page's items" + ("" if whole else ", in another order")
        confidence = Confidence.SURE if whole else Confidence.LIKELY
        return Reading(PaginationType.PAGE, value - 1, told, confidence)
    told = f"gave the items from number {place + 1} on, as asked"
    pages = [
        (Reading(PaginationType.PAGE, 1, told), (value - 1) * step),
        (Reading(PaginationType.PAGE, 0, told), value * step),
    ]
    offsets = [
        (Reading(PaginationType.OFFSET, 0, told), value),
        (Reading(PaginationType.OFFSET, 1, f"{told}: it counts from 1"), value - 1),
    ]
    readings = [*pages, *offsets] if as_page else [*offsets, *pages]
    return next((reading for reading, start in readings if start == place), None)


def _whole_pages(probe: Probe, value: int) -> Reading | None:
    """An offset that moves by whole pages: all items of the first page are what it takes."""
    if value != probe.step or value != len(probe.reference):
        return None
    told = "gave none of the first page's items, where one less gave them all"
    return Reading(PaginationType.OFFSET, 0, told, Confidence.LIKELY)


async def _by_last_item(probe: Probe) -> Position | None:
    """A position that is the last item's own identifier, as ``starting_after`` of Stripe."""
    last = probe.small.items[-1] if probe.small.items else None
    known = [name for name in IDENTIFYING if isinstance(last, dict) and last.get(name)]
    more = probe.signals.promises_more or probe.step < len(probe.reference)
    if not known or not more:
        return None
    assert isinstance(last, dict)
    value = str(last[known[0]])
    picked = await probe.pick(LAST_ITEMS, lambda name: {name: value}, probe.continues)
    if picked is None:
        return None
    name, page = picked
    settings = {
        "pagination_type": PaginationType.CURSOR,
        "pagination_param": name,
        "cursor_path": _of_last_item(probe, known[0]),
    }
    told = f"{name} with the last item's own {known[0]} gave {_next(probe, page)}"
    return Position(settings, told, page)


def _of_last_item(probe: Probe, field: str) -> str:
    """The path to a field of a page's last item."""
    keys = probe.path.keys
    if all(KEY.fullmatch(key) for key in keys):
        return ".".join((*keys, "-1", field))
    return f"{probe.path.jq}[-1].{field}"


def _next(probe: Probe, page: Answer) -> str:
    """What the second page is, measured by the first."""
    if probe.place(page) == probe.step:
        return f"exactly the items after the first {probe.step}"
    return f"{len(page.items)} items, none of them of the first page"
