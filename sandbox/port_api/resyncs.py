"""The last resyncs, put together from what Ocean reported: metrics and log records."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from sandbox.port_api.store import Document, Store

RESYNCS_TOLD = 20
METRICS_READ = 2_000
LOGS_READ = 5_000
MESSAGES_TOLD = 5
MESSAGE_LENGTH = 2_000

RUNTIME, RECONCILIATION = "__runtime__", "__reconciliation__"
"""What Ocean calls a resync as a whole, and its deletion of what is gone."""

UNDER_WAY = ("pending", "syncing")


def last_resyncs(store: Store) -> list[Document]:
    """The last resyncs, newest first. What was not reported is None, never 0."""
    reports = store.latest("metrics", METRICS_READ)
    resyncs: dict[str, Document] = {}
    for at, report in reports:
        if report.get("eventId"):
            _take(resyncs.setdefault(report["eventId"], _new(report, at)), report, at)
    found = list(resyncs.values())
    if len(reports) == METRICS_READ and len(found) > 1:
        del found[0]  # its first reports may be among those that were not read
    _mark_unfinished(found)
    _add_requests(store, found)
    found = found[-RESYNCS_TOLD:][::-1]
    _add_messages(store, found)
    return [{**resync, "kinds": list(resync["kinds"].values())} for resync in found]


def _new(report: Document, at: str) -> Document:
    return {
        "id": report["eventId"],
        "integration": report.get("integrationIdentifier", ""),
        "began": at,
        "state": "pending",
        "seconds": None,
        "deleted": None,
        "kinds": {},
        "messages": [],
        "untold": 0,
    }


def _take(resync: Document, report: Document, at: str) -> None:
    name, state = report["kindIdentifier"], report["syncState"]
    ended = state not in UNDER_WAY
    phases = report.get("metrics", {}).get("phase", {})
    resync["heard"] = at
    if name == RUNTIME:
        resync["state"] = state
        resync["seconds"] = _seconds(phases) if ended else None
    elif name == RECONCILIATION:
        resync["deleted"] = _count(phases, "delete", "deleted") if ended else None
    else:
        # Ocean reports zeros before a kind has ended; they count nothing.
        resync["kinds"][name] = {
            "kind": report["kind"],
            "index": report["kindIndex"],
            "blueprint": _blueprint(report.get("blueprint", "")),
            "state": state,
            "items": _count(phases, "extract", "raw_extracted") if ended else None,
            "requests": None,
            "seconds": _seconds(phases) if ended else None,
            "errors": _errors(phases) if ended else None,
            "messages": [],
            "untold": 0,
        }


def _mark_unfinished(resyncs: list[Document]) -> None:
    """One that another of its integration followed is over, though it never said so."""
    followed: set[str] = set()
    for resync in reversed(resyncs):
        if resync["integration"] in followed and resync["state"] in UNDER_WAY:
            resync["state"] = "unfinished"
        followed.add(resync["integration"])


def _add_requests(store: Store, resyncs: list[Document]) -> None:
    """Adds what an API told of the requests it had: each told count is of the first resync of its
    integration since then."""
    for told in store.all("requests"):
        for resync in resyncs:
            if resync["integration"] == told["integration"] and resync["began"] >= told["began"]:
                times = Counter(kind["kind"] for kind in resync["kinds"].values())
                for kind in resync["kinds"].values():
                    # Of a kind that stands there twice nobody knows which resource asked.
                    if times[kind["kind"]] == 1:
                        kind["requests"] = told["counts"].get(kind["kind"])
                break


def _add_messages(store: Store, resyncs: list[Document]) -> None:
    """Adds the first error messages of each kind and resync; the others are counted."""
    places = {resync["id"]: resync for resync in resyncs}
    for _, record in store.latest("logs", LOGS_READ):
        extra = record.get("extra") or {}
        resync = places.get(extra.get("event_id", ""))
        if record.get("level") not in ("ERROR", "CRITICAL") or resync is None:
            continue
        kind = resync["kinds"].get(f"{extra.get('resource_kind')}-{extra.get('index')}")
        place = kind or resync
        if len(place["messages"]) < MESSAGES_TOLD:
            place["messages"].append(str(record.get("message", ""))[:MESSAGE_LENGTH])
        else:
            place["untold"] += 1


def _count(phases: Document, phase: str, what: str) -> int | None:
    counted = phases.get(phase, {}).get("object_count_type", {}).get(what, {})
    number = counted.get("object_count")
    return None if number is None else int(number)


def _errors(phases: Document) -> int | None:
    counts = [_count(phases, phase, "failed") for phase in ("extract", "transform", "load")]
    told = [count for count in counts if count is not None]
    return sum(told) if told else None


def _seconds(phases: Document) -> Any:
    return phases.get("resync", {}).get("duration_seconds")


def _blueprint(expression: str) -> str:
    """A mapping names a blueprint by a jq expression, which mostly is a text in quotes."""
    try:
        name = json.loads(expression)
    except ValueError:
        return expression
    return name if isinstance(name, str) else expression
