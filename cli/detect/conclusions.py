"""From what was asked and answered to findings."""

from __future__ import annotations

from typing import Any

from cli.detect.findings import Confidence, Detection
from cli.detect.positions import Position
from cli.detect.probe import Probe
from cli.detect.prober import CANNOT_FOLLOW
from cli.detect.rehearsal import Rehearsal
from cli.detect.signals import read_signals
from cli.detect.sizes import Size
from cli.detect.texts import counted, listed
from pagination import Page, PageRequest
from pagination.signals import HAS_MORE_PATTERNS, dig, flagged_more, truthy
from settings import PaginationType

USUAL_SIZES = frozenset({10, 15, 20, 25, 30, 40, 50, 60, 75, 100, 150, 200, 250, 500, 1000, 5000})
CAMEL = {
    "pagination_param": "paginationParam",
    "start_page": "startPage",
    "cursor_path": "cursorPath",
    "next_link_path": "nextLinkPath",
    "has_more_path": "hasMorePath",
    "last_page_path": "lastPagePath",
    "total_path": "totalPath",
}


def flags_in(probe: Probe) -> dict[str, str]:
    """The settings for a flag that says, on the small page, that there is more."""
    signals = probe.signals
    for path, value in signals.more:
        if value:
            return {"has_more_path": path}
    for path, value in signals.last:
        if not value:
            return {"last_page_path": path}
    return {}


def lie_in(probe: Probe, counts: bool) -> str:
    """What a resync would take for the end on the small page, although there is more; or empty."""
    page = Page(PageRequest(probe.small.url), list(probe.small.items), probe.small.body)
    if flagged_more(page, next_fields=counts) is not False:
        return ""
    return "a flag in the answer says that there is no more, which a resync would believe"


def of_position(detection: Detection, position: Position, rehearsal: Rehearsal, lie: str) -> None:
    """The pagination type and its parameters, as far as the rehearsal bears them out."""
    confidence, evidence = position.confidence, position.evidence
    if lie:
        confidence = Confidence.UNSURE
        evidence += f"; but {lie}"
        detection.complete = False
    elif rehearsal.error:
        confidence = Confidence.UNSURE
        evidence += f"; but read as a resync would: {rehearsal.error}"
    elif rehearsal.again:
        confidence = Confidence.UNSURE
        evidence += f"; but {counted(rehearsal.again, 'item')} came on two pages"
    elif rehearsal.end is not None:
        read = counted(len(rehearsal.items), "item")
        evidence += f"; {read} read to the end: {rehearsal.end.evidence}"
    settings = position.settings
    detection.add("paginationType", settings["pagination_type"], evidence, confidence)
    for name, camel in CAMEL.items():
        if name in settings:
            detection.add(camel, settings[name], "as above", confidence)
    for name, value in position.params:
        detection.add("query_params", f"{name}={value}", "where the listing begins", confidence)


def of_size(detection: Detection, size: Size | None, rehearsal: Rehearsal) -> None:
    """The size parameter, and the page size: the API's own limit where it showed one."""
    pagination = detection.pagination
    if size is None:
        if "size_param" in pagination:
            told = "no parameter changed the number of items: none is sent"
            detection.add("sizeParam", '""', told, Confidence.LIKELY)
        told = "as many as the API gives in a page"
        detection.add("pageSize", pagination["page_size"], told, Confidence.LIKELY)
        return
    evidence, confidence = size.page_evidence, size.confidence
    if rehearsal.pages > 1 and 0 < rehearsal.largest < size.page_size:
        pagination["page_size"] = rehearsal.largest
        evidence += f", and more on the next page: the API gives {rehearsal.largest} at most"
    detection.add("sizeParam", size.param, size.evidence, confidence)
    detection.add("pageSize", pagination["page_size"], evidence, confidence)


def of_flags(detection: Detection, flags: dict[str, str], rehearsal: Rehearsal) -> None:
    """The has-more or last-page flag, if it turned when the end came."""
    for name, path in flags.items():
        setting = CAMEL[name]
        value = dig(rehearsal.last.body, path)
        more = name == "has_more_path"
        said = f"{str(more).lower()} on the first page, with more behind it"
        if rehearsal.end is None:
            usual = path in HAS_MORE_PATTERNS
            keep = detection.pagination if usual else detection.unproven
            keep[name] = path
            said += "; the last page was not seen"
            detection.add(setting, path, said, Confidence.LIKELY)
        elif truthy(value) is not more:
            detection.pagination[name] = path
            detection.add(setting, path, f"{said}, and {_json(value)} on the last page")
        else:
            detection.notes.append(f"{path} says that there is more even at the end: not used")


def of_total(detection: Detection, probe: Probe, rehearsal: Rehearsal) -> None:
    """The number of all items, if it is what was counted."""
    totals = [one for one in probe.signals.totals if one[1] > probe.step]
    read = len(rehearsal.items)
    for path, total in totals:
        if rehearsal.end is None and total > read:
            detection.unproven["total_path"] = path
            told = f"it says {total:,}; {read:,} were read, and not to the end"
            detection.add("totalPath", path, told, Confidence.LIKELY)
            return
        if rehearsal.end is not None and total == read:
            detection.pagination["total_path"] = path
            detection.add("totalPath", path, f"it says {total:,}, and {read:,} came")
            return
    for path, total in totals[:1]:
        detection.notes.append(f"{path} says {total:,}, but {read:,} items came: not used")


def without_pages(
    detection: Detection, probe: Probe, size: Size | None, position: Position | None
) -> None:
    """Nothing moved through pages: ``none``, and how sure that is."""
    detection.params = probe.prober.endpoint.params
    evidence, confidence = _why_none(probe, position)
    if size is not None and confidence is Confidence.LIKELY:
        # Who can ask for less can usually ask for more.
        evidence += f"; yet {size.evidence}"
        confidence = Confidence.UNSURE
    detection.complete = confidence is not Confidence.UNSURE
    detection.settle({"pagination_type": PaginationType.NONE})
    detection.add("paginationType", "none", evidence, confidence)
    # A resync then fails, and deletes nothing, as long as there is more than it reads.
    watched = flags_in(probe) or _whole_total(probe)
    detection.settle(watched)
    for name, path in watched.items():
        told = "should it tell of more than comes, a resync fails and deletes nothing"
        detection.add(CAMEL[name], path, told, Confidence.LIKELY)
    if size is not None and len(probe.reference) > len(probe.first.items):
        kept = tuple(pair for pair in detection.params if pair[0] != size.param)
        detection.params = (*kept, (size.param, str(size.page_size)))
        value = f"{size.param}={size.page_size}"
        detection.add("query_params", value, f"{size.evidence}; {size.page_evidence}")


def _whole_total(probe: Probe) -> dict[str, str]:
    """The setting for a total, where it is what came."""
    totals = read_signals(probe.longest, probe.path).totals
    have = len(probe.reference)
    return next(({"total_path": path} for path, total in totals if total == have > 1), {})


def _why_none(probe: Probe, position: Position | None) -> tuple[str, Confidence]:
    have = len(probe.reference)
    if position is not None:
        told = f"{position.evidence}, and no pagination type can do that"
        return told, Confidence.UNSURE
    signals = read_signals(probe.longest, probe.path)
    if have < 2:
        told = f"{counted(have, 'item')}: too few to see pages by"
        return told, Confidence.UNSURE
    if signals.promises_more:
        away = [one for one in probe.attempts if one.outcome.startswith(CANNOT_FOLLOW)]
        if away:
            return f"{away[0].what} {away[0].outcome}", Confidence.UNSURE
        told = "the answer says that there is more, but nothing that was tried gave it"
        if signals.unnamed_link:
            told += "; the link is in a list of links, where no setting can name it"
        elif signals.other_header:
            told += f"; the link is in the header {signals.other_header}, which no setting can name"
        return told, Confidence.UNSURE
    totals = [total for _, total in signals.totals]
    if have in totals:
        return f"all {have} items came in one answer, and it tells that total", Confidence.SURE
    if any(total > have for total in totals):
        told = f"{have} items came and the answer tells of {max(totals)}, but nothing gave more"
        return told, Confidence.UNSURE
    if have in USUAL_SIZES:
        told = f"nothing that was tried gave the next page; but {have} is a usual page size"
        return told, Confidence.UNSURE
    return f"nothing that was tried gave other items than these {have}", Confidence.LIKELY


def tried(detection: Detection) -> str:
    """What was asked for in vain, in one text."""
    return listed([f"{one.what}: {one.outcome}" for one in detection.attempts], most=12)


def _json(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else "gone" if not value else str(value)
