"""From settings that were rehearsed to findings."""

from __future__ import annotations

import json
from typing import Any

from cli.detect.findings import Confidence, Detection
from cli.detect.positions import Position
from cli.detect.probe import Probe
from cli.detect.rehearsal import Rehearsal
from cli.detect.settling import Settled, flags_in
from cli.detect.sizes import Size
from cli.detect.texts import counted, listed
from pagination.sign import SignKind

CAMEL = {
    "pagination_param": "paginationParam",
    "start_page": "startPage",
    "start_offset": "startOffset",
    "cursor_path": "cursorPath",
    "next_link_path": "nextLinkPath",
    "has_more_path": "hasMorePath",
    "last_page_path": "lastPagePath",
    "total_path": "totalPath",
    "total_pages_path": "totalPagesPath",
}


def of_position(detection: Detection, position: Position, settled: Settled) -> None:
    """The pagination type and its parameters, as far as the rehearsal bears them out."""
    told, worst = _judged(settled)
    confidence = worst if _doubt(worst) > _doubt(position.confidence) else position.confidence
    detection.complete = settled.whole and confidence is not Confidence.UNSURE
    settings = position.settings
    detection.add("paginationType", position.type, f"{position.evidence}; {told}", confidence)
    for name, camel in CAMEL.items():
        if name in settings:
            detection.add(camel, settings[name], "as above", confidence)
    if settled.ignored:
        told = "says that there is no more, although there is: look at what it means"
        names = listed([one.name for one in settled.ignored])
        detection.add("ignoredSigns", names, told, worst)


def _judged(settled: Settled) -> tuple[str, Confidence]:
    """What came of the rehearsal, and how sure the settings can be by that at the most."""
    rehearsal = settled.rehearsal
    read = counted(len(rehearsal.items), "item")
    lies = [str(one) for one in settled.ignored if one.kind in (SignKind.FLAG, SignKind.PAGES)]
    if lies:
        told = f"but {listed(lies)} says that there is no more, which a resync would believe"
        return f"{told}; it is ignored here", Confidence.UNSURE
    if rehearsal.error:
        return f"but read as a resync would: {rehearsal.error}", Confidence.UNSURE
    if rehearsal.again:
        return f"but {counted(rehearsal.again, 'item')} came on two pages", Confidence.UNSURE
    if settled.lost and rehearsal.end:
        told = f"but a resync would end after {read}, without {settled.lost} that are known"
        return f"{told}: {rehearsal.end.evidence}", Confidence.UNSURE
    if rehearsal.end and rehearsal.end.warning:
        return f"{read} read to the end, but {rehearsal.end.warning}", Confidence.LIKELY
    if rehearsal.end:
        best = Confidence.LIKELY if settled.ignored else Confidence.SURE
        return f"{read} read to the end: {rehearsal.end.evidence}", best
    if not rehearsal.asked:
        return "but no request was left to read it as a resync would", Confidence.UNSURE
    told = f"{read} read, and not to the end: {rehearsal.will_end}"
    return told, Confidence.SURE if rehearsal.asked > 1 else Confidence.LIKELY


def _doubt(confidence: Confidence) -> int:
    return list(Confidence).index(confidence)


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


def of_flags(detection: Detection, probe: Probe, settled: Settled) -> None:
    """The has-more or last-page flag, if it turned when the end came."""
    for name, path in flags_in(probe.signals).items():
        setting, more = CAMEL[name], name == "has_more_path"
        said = f"{_json(more)} on the first page, with more behind it"
        if name in settled.named:
            last = [one.value for one in settled.rehearsal.signs[-1] if one.name == path]
            said += f", and {_json(last[0]) if last else 'gone'} on the last page"
            detection.add(setting, path, said)
        elif settled.good and settled.rehearsal.end is None:
            # A resync sees it without being told where it is, if it is in a usual place.
            usual = any(one.name == path for one in probe.signals.signs)
            if not usual or name not in detection.pagination:
                detection.pagination.pop(name, None)
                detection.unproven[name] = path
            said += "; the last page was not seen"
            detection.add(setting, path, said, Confidence.LIKELY)
        else:
            detection.pagination.pop(name, None)
            detection.notes.append(f"{path} does not say when the end comes: not used")


def of_counts(detection: Detection, probe: Probe, settled: Settled) -> None:
    """The number of all items or pages, if it is what was counted."""
    read = settled.rehearsal.records or 0
    if path := settled.named.get("total_pages_path"):
        told = f"it says that there are {counted(settled.rehearsal.pages, 'page')}, as there were"
        detection.add("totalPagesPath", path, told)
    if path := settled.named.get("total_path"):
        detection.add("totalPath", path, f"it says {read:,}, and {read:,} came")
        return
    totals = [one for one in probe.signals.totals if one[1] > probe.step]
    for path, total in totals:
        if settled.rehearsal.end is None and total > read:
            detection.unproven["total_path"] = path
            told = f"it says {total:,}; {read:,} were read, and not to the end"
            detection.add("totalPath", path, told, Confidence.LIKELY)
            return
    for path, total in totals[:1]:
        detection.notes.append(f"{path} says {total:,}, but {read:,} items came: not used")


def tried(detection: Detection) -> str:
    """What was asked for in vain, in one text."""
    return listed([f"{one.what}: {one.outcome}" for one in detection.attempts], most=12)


def _json(value: Any) -> str:
    return json.dumps(value)
