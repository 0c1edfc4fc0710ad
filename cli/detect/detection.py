"""One endpoint, from its first answer to settings that were tried."""

from __future__ import annotations

import json
from dataclasses import replace

from cli.detect import conclusions
from cli.detect.answers import Answer, Located, identity_of, locate
from cli.detect.candidates import POSITIONS, STARTS, is_offset, is_page
from cli.detect.findings import Confidence, Detection
from cli.detect.options import Endpoint
from cli.detect.positions import Position, find_position
from cli.detect.probe import Probe
from cli.detect.prober import OutOfRequests, Prober
from cli.detect.settling import Settling
from cli.detect.single import without_pages
from cli.detect.sizes import Size, find_size, limits_all
from client import HttpClient
from errors import ResponseError
from resync.clients import Clients
from resync.extraction import refuse_error, shape_of
from settings import PaginationType

KEPT_FOR_REHEARSAL = 4
MOST_ITEMS = 5_000
"""What is looked at of one very long answer."""


async def detect(clients: Clients, endpoint: Endpoint, requests: int, pages: int) -> Detection:
    """Finds out how ``endpoint`` pages by at most ``requests`` requests, and then reads up to
    ``pages`` of its pages as a resync would.

    Raises ``OceanCustomError`` if there is no answer, or none that could hold items.
    """
    clean, notes = _from_the_start(endpoint)
    prober = Prober(clients.api, clients.jq, clean, requests)
    first = await prober.first()
    located = _located(clients.api, first, clean)
    identity = identity_of(located.path.find(first.body))
    first = first.read(located.path, identity)
    detection = Detection(endpoint, first, located.path.jq, first.format, notes=notes)
    _describe_items(detection, located)
    probe = Probe(prober, located.path, identity, first, small=first, longest=first)
    prober.kept_back = min(KEPT_FOR_REHEARSAL, requests // 2)
    size, position = await _probe(probe, detection)
    prober.kept_back = 0
    detection.attempts = probe.attempts
    detection.notes += probe.notes
    settling = Settling(detection, probe, pages)
    if position is None:
        await without_pages(detection, probe, size, settling)
        detection.items = list(probe.longest.items[:MOST_ITEMS])
    else:
        await _with_pages(detection, probe, size, position, settling)
    detection.requests = prober.sent
    return detection


def _located(client: HttpClient, first: Answer, endpoint: Endpoint) -> Located:
    """Where the items are. Raises ``ResponseError`` where there can be none."""
    located = locate(first.body, endpoint.path)
    try:
        if located is None:
            told = shape_of(first.body)
            raise ResponseError(f"the answer is {told}, where an array or an object was expected")
        if not located.certain or not located.path.find(first.body):
            refuse_error(first.body, client.redactor.excerpt(json.dumps(first.body).encode()))
    except ResponseError as error:
        raise ResponseError(f"GET {client.redactor.url(endpoint.url)}: {error}") from None
    return located


def _from_the_start(endpoint: Endpoint) -> tuple[Endpoint, list[str]]:
    """The endpoint without the page that its URL may name."""
    kept: list[tuple[str, str]] = []
    notes: list[str] = []
    for name, value in endpoint.params:
        start = STARTS.get(name, value) if value.isdecimal() else value
        if name in POSITIONS and value.isdecimal():
            notes.append(f"{name} in the URL is left out: the settings name the page")
            continue
        if start != value:
            notes.append(f"{name} in the URL is set to {start}, where the listing begins")
        kept.append((name, start))
    return replace(endpoint, params=tuple(kept)), notes


def _describe_items(detection: Detection, located: Located) -> None:
    confidence = Confidence.SURE
    if not located.certain:
        confidence = Confidence.LIKELY if detection.first.items else Confidence.UNSURE
    if not located.path.keys and not isinstance(detection.first.body, list):
        confidence = Confidence.UNSURE
    detection.add("data_path", detection.data_path, located.evidence, confidence)
    if detection.format:
        detection.add("format", detection.format, "each line of the answer is an object")
    items = detection.first.items
    if any(not isinstance(item, dict) for item in items):
        detection.notes.append('items that are no objects are handed on as {"value": item}')


async def _probe(probe: Probe, detection: Detection) -> tuple[Size | None, Position | None]:
    size: Size | None = None
    position: Position | None = None
    try:
        size = await find_size(probe)
        position = await find_position(probe, size.param if size else None)
        if position is None and size is not None and probe.moved and not probe.filters:
            # The listing may have been cut to the small page: it is tried whole.
            probe.small, probe.sizing = probe.first, {}
            position = await find_position(probe, None)
            if position is not None:
                probe.notes.append(limits_all(size.param))
                size = None
    except OutOfRequests:
        detection.notes.append(
            f"{probe.prober.sent} requests were sent, and not all could be tried: raise "
            "--max-requests"
        )
    return size, position


async def _with_pages(
    detection: Detection, probe: Probe, size: Size | None, position: Position, settling: Settling
) -> None:
    own = {position.settings.get("pagination_param"), size.param if size else None}
    detection.params = tuple(pair for pair in probe.prober.endpoint.params if pair[0] not in own)
    detection.settle(position.settings)
    detection.settle(_page_size(size, position.type, probe.step))
    path = detection.data_path
    settled = await settling.with_pages(position)
    detection.pagination = settled.pagination
    # What has the identifier of another item shows that it is none.
    detection.items = [*settled.rehearsal.items.values(), *settled.rehearsal.others]
    conclusions.of_position(detection, position, settled)
    _note_a_faster_way(detection, probe, position)
    conclusions.of_size(detection, size, settled.rehearsal)
    conclusions.of_flags(detection, probe, settled)
    conclusions.of_counts(detection, probe, settled)
    if detection.data_path != path:
        told = "the key is not there on a page without items"
        detection.add("data_path", detection.data_path, told)


def _page_size(size: Size | None, kind: PaginationType, step: int) -> dict[str, object]:
    """Without a size parameter none is sent, and a page is as full as the API makes it."""
    if size is not None:
        return {"size_param": size.param, "page_size": size.page_size}
    sends = kind in (PaginationType.OFFSET, PaginationType.PAGE, PaginationType.CURSOR)
    return {"page_size": max(step, 1), **({"size_param": ""} if sends else {})}


def _note_a_faster_way(detection: Detection, probe: Probe, position: Position) -> None:
    """Pages that are counted can be fetched ahead; those behind a link come one by one."""
    numbers = [
        name
        for name, value in probe.signals.link_params.items()
        if (is_offset(name) or is_page(name)) and value.isdecimal()
    ]
    if numbers and position.type not in (PaginationType.OFFSET, PaginationType.PAGE):
        kind = "page" if is_page(numbers[0]) else "offset"
        detection.notes.append(
            f"the links count by {numbers[0]}: paginationType {kind} may be faster, as its pages "
            "can be fetched ahead; it was not tried"
        )
