"""What is concluded where nothing moved through pages: ``none``, and how sure that is."""

from __future__ import annotations

from typing import Any

from cli.detect.conclusions import CAMEL
from cli.detect.findings import Confidence, Detection
from cli.detect.probe import Probe
from cli.detect.prober import CANNOT_FOLLOW
from cli.detect.settling import Settled, Settling, flags_in
from cli.detect.signals import Signals, read_signals
from cli.detect.sizes import Size
from cli.detect.texts import counted, listed
from pagination.evidence import USUAL_SIZES
from settings import PaginationType

Verdict = tuple[str, Confidence]


async def without_pages(
    detection: Detection, probe: Probe, size: Size | None, settling: Settling
) -> None:
    """``none``, as a resync would read it. Where something says that there is more, what is
    written makes a resync fail: it deletes nothing then."""
    longest = read_signals(probe.longest, probe.path)
    detection.params = _params(probe, size)
    detection.settle({"pagination_type": PaginationType.NONE})
    settled = await settling.tried(detection.pagination)
    watched = _watched(probe, longest, settled)
    if watched:
        settled = await settling.tried({**detection.pagination, **watched})
    told, confidence = _verdict(probe, longest, settled)
    if size is not None and confidence is Confidence.LIKELY:
        # Who can ask for less can usually ask for more.
        told += f"; yet {size.evidence}"
        confidence = Confidence.UNSURE
    detection.complete = confidence is not Confidence.UNSURE
    detection.add("paginationType", "none", told, confidence)
    detection.settle(watched)
    for name, path in watched.items():
        why = "if it says more than comes, a resync fails and deletes nothing"
        detection.add(CAMEL[name], path, why, Confidence.LIKELY)
    if size is not None and detection.params != probe.prober.endpoint.params:
        value = f"{size.param}={size.page_size}"
        detection.add("query_params", value, f"{size.evidence}; {size.page_evidence}")


def _params(probe: Probe, size: Size | None) -> tuple[tuple[str, str], ...]:
    """The query: with the page size where that gives more than comes unasked."""
    params = probe.prober.endpoint.params
    if size is None or len(probe.reference) <= len(probe.first.items):
        return params
    kept = tuple(pair for pair in params if pair[0] != size.param)
    return (*kept, (size.param, str(size.page_size)))


def _watched(probe: Probe, longest: Signals, settled: Settled) -> dict[str, Any]:
    """What to name, so that a resync sees what says more where it does not look unasked."""
    have = len(probe.reference)
    if settled.rehearsal.error:
        return {}
    if longest.other_places:
        return {"has_more_path": longest.other_places[0]}
    above = [path for path, total in longest.totals if total > have]
    equal = [path for path, total in longest.totals if total == have > 1 and _is_total(probe, path)]
    if above or equal:
        return {"total_path": (above or equal)[0]}
    flags = flags_in(probe.signals)
    return flags if not set(flags.values()) & {one.name for one in longest.signs} else {}


def _is_total(probe: Probe, path: str) -> bool:
    """Whether the total at ``path`` is one: not the size of a page, whatever size was asked for."""
    have = len(probe.reference)
    if probe.step < have:
        return dict(probe.signals.totals).get(path) == have
    return have not in USUAL_SIZES


def _verdict(probe: Probe, longest: Signals, settled: Settled) -> Verdict:
    have, rehearsal = len(probe.reference), settled.rehearsal
    if have < 2:
        return f"{counted(have, 'item')}: too few to see pages by", Confidence.UNSURE
    above = [total for _, total in longest.totals if total > have]
    if longest.promises_more:
        return _unfollowed(probe, longest), Confidence.UNSURE
    if above:
        told = f"{have} items came and the response tells of {max(above)}, but nothing gave more"
        return told, Confidence.UNSURE
    if rehearsal.error or not rehearsal.end:
        told = rehearsal.error or "no request was left to read it as a resync would"
        return f"read as a resync would: {told}", Confidence.UNSURE
    if rehearsal.end.warning or (have in USUAL_SIZES and "total_path" not in settled.pagination):
        told = f"nothing that was tried gave the next page; but {have} is a usual page size"
        return told, Confidence.UNSURE
    if "total_path" in settled.pagination:
        told = f"all {have} items came in one response, and it tells that total"
        return told, Confidence.SURE
    return f"nothing that was tried gave other items than these {have}", Confidence.LIKELY


def _unfollowed(probe: Probe, longest: Signals) -> str:
    """Why what says that there is more leads nowhere."""
    away = [one for one in probe.attempts if one.outcome.startswith(CANNOT_FOLLOW)]
    if away:
        return f"{away[0].what} {away[0].outcome}"
    told = "the response says that there is more, but nothing that was tried gave it"
    if not longest.more:
        return f"{told}: {listed(list(longest.other_places))}"
    names = listed([str(one) for one in longest.more])
    return f"{told}: {names}. If that means something else here, name it in ignoredSigns"
