"""The page size: which parameter asks for it, and how much the API gives."""

from __future__ import annotations

from dataclasses import dataclass

from cli.detect.answers import Answer
from cli.detect.candidates import RESERVED_SIZES, SIZES, sizes_first
from cli.detect.findings import Confidence
from cli.detect.probe import Probe, groups
from cli.detect.texts import counted

STEP = 3
"""Items on a small page, where there are enough: what page 2 means is then unlike an offset."""

WANTED = 100
SMALLER = 50
LARGEST_SETTING = 10_000
MOST_HINTS = 3


@dataclass(frozen=True, slots=True)
class Size:
    """The size parameter, the size to ask for, and the evidence for both."""

    param: str
    evidence: str
    confidence: Confidence
    page_size: int
    page_evidence: str


async def find_size(probe: Probe) -> Size | None:
    """Finds the size parameter and makes ``probe`` use it; None where none has an effect."""
    have = len(probe.first.items)
    if have < 2:
        return None
    small = STEP if have > 2 * STEP else 2 if have >= 5 else 1
    picked = await _pick(probe, small)
    if picked is None:
        return None
    param, page = picked
    begins = page.keys == probe.first.keys[: len(page.keys)]
    exact = len(page.keys) == small
    if probe.loses_signs(page):
        probe.notes.append(limits_all(param))
        return None
    told = f"{param}={small} gave {counted(len(page.keys), 'item')} instead of {have}"
    probe.small = page
    probe.sizing = {param: str(small)}
    confidence = Confidence.SURE if begins and exact else Confidence.LIKELY
    page_size, evidence = await _largest(probe, param, have)
    if probe.step < STEP and len(probe.reference) > 2 * STEP:
        # More items have come since, and more items tell positions better apart.
        page = await probe.ask({param: str(STEP)})
        if probe.is_same(page) and len(page.keys) > probe.step:
            probe.small, probe.sizing = page, {param: str(STEP)}
    return Size(param, told, confidence, page_size, evidence)


def limits_all(param: str) -> str:
    """What is said of a parameter that is no page size, though it looks like one."""
    return f"{param} limits the whole listing, not its pages: it is not sent"


async def _pick(probe: Probe, small: int) -> tuple[str, Answer] | None:
    hints = sizes_first(probe.signals, [name for name, _ in probe.prober.endpoint.params])
    likely = hints[:MOST_HINTS]
    rest = [name for name in SIZES if name not in likely]

    def good(answer: Answer) -> bool:
        """Fewer items, and the first ones of what came before where the order is kept."""
        fewer = 0 < len(answer.keys) < len(probe.first.keys)
        return fewer and (len(answer.keys) == small or probe.is_beginning(answer))

    for names in (*([name] for name in likely), *groups(rest)):
        picked = await probe.pick(names, lambda name: {name: str(small)}, good)
        if picked is not None:
            return picked
        if probe.filters:
            return await probe.pick(RESERVED_SIZES, lambda name: {name: str(small)}, good)
        if probe.strict and len(names) > 1:
            break
    return None


async def _largest(probe: Probe, param: str, have: int) -> tuple[int, str]:
    """The page size to set: what the API gives of a hundred; more where it gives more unasked."""
    if have > WANTED:
        return min(have, LARGEST_SETTING), f"{have:,} items came unasked; more may be allowed"
    for size in (WANTED, SMALLER):
        answer = await probe.ask({param: str(size)})
        if answer.items:
            count = len(answer.items)
            if count == size:
                return size, f"{param}={size} gave {size} items; more may be allowed"
            return size, f"{param}={size} gave {counted(count, 'item')}"
    return have, f"{param}={WANTED} and {SMALLER} were refused; {have} came unasked"
