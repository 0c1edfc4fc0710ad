"""The behaviour switches: their names, their values, and which of them a request gets."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache

ANY = re.compile(r".+", re.DOTALL)
STATUS = r"[2-5][0-9]{2}"
FAULT_KINDS = (
    "reset", "reset_body", "truncated", "html", "empty", "stall", "stall_body", "drip", "redirect",
    "redirect_loop", "redirect_host", "error_200", "not_json", "big", "none",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Switches:
    """How one request is to be treated. An empty text or None is the API's normal behaviour."""

    latency_ms: int = 0
    count: int | None = None
    cap: int | None = None
    total: str = ""
    has_more: str = ""
    ignore: str = ""
    cursor_style: str = "opaque"
    cursor_host: str = ""
    # What an endless cursor brings once the records are over.
    endless: str = "empty"
    shape: str = "items"
    fault: str = "none"
    fault_at: int = 1
    fault_times: int = 1
    retry_after: str = ""
    redirect_to: str = ""
    big_bytes: int = 10_000_000
    drip_bytes: int = 16
    drip_ms: int = 100


DEFAULT = Switches()
NAMES = frozenset(one.name for one in fields(Switches))
LEAST = {
    "latency_ms": 0, "count": 0, "cap": 1, "fault_at": 1, "fault_times": 0, "big_bytes": 0,
    "drip_bytes": 1, "drip_ms": 0,
}  # fmt: skip
ALLOWED = {
    "total": re.compile("none|body|header|lie_high|lie_low"),
    "has_more": re.compile("none|flag|next|lie_true|lie_false"),
    "ignore": re.compile("(position|size)(,(position|size))*"),
    "cursor_style": re.compile(
        "opaque|repeat|loop|url|path|query|endless|nested|after|missing_key"
    ),
    "cursor_host": ANY,
    "endless": re.compile("empty|repeat"),
    "shape": re.compile("items|list|data|bare"),
    "fault": re.compile("|".join((STATUS, *FAULT_KINDS))),
    "retry_after": re.compile("[0-9]+|rubbish|http-date"),
    "redirect_to": ANY,
}


def parse_switches(given: Mapping[str, str]) -> Switches:
    """Switches from their texts. Raises ``ValueError`` that names what is wrong."""
    return _parse(tuple(sorted(given.items())))


@lru_cache(maxsize=1024)
def _parse(given: tuple[tuple[str, str], ...]) -> Switches:
    values = {name: _value(name, text) for name, text in given}
    switches = Switches(**values)  # type: ignore[arg-type]
    if switches.fault == "redirect_host" and not switches.redirect_to:
        raise ValueError("fault=redirect_host needs redirect_to")
    return switches


def _value(name: str, text: str) -> str | int:
    if name in LEAST:
        if not (text.isascii() and text.isdigit()) or int(text) < LEAST[name]:
            raise ValueError(f"switch {name} must be an integer of at least {LEAST[name]}")
        return int(text)
    if name not in ALLOWED:
        raise ValueError(f"there is no switch {name}")
    if not ALLOWED[name].fullmatch(text):
        raise ValueError(f"switch {name} cannot be {text!r}")
    return text


class Behaviour:
    """The switches set for all requests, or for all requests to one resource."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scopes: dict[str, dict[str, str]] = {}

    def set(self, switches: Mapping[str, str | int]) -> None:
        """Replaces what was set for the same ``only``; no switches at all clears everything."""
        given = {name: str(value) for name, value in switches.items()}
        only = given.pop("only", "")
        parse_switches(given)
        with self._lock:
            self._scopes = {**self._scopes, only: given} if given or only else {}

    def resolve(
        self, resource: str, collection: str, query: Iterable[tuple[str, str]] = ()
    ) -> Switches:
        """What applies to a request: its own query first, then its resource's, then everyone's."""
        chosen: dict[str, str] = {}
        scopes = self._scopes
        if scopes:
            for scope in ("", resource, collection):
                chosen.update(scopes.get(scope, {}))
        chosen.update((name, text) for name, text in query if name in NAMES)
        return parse_switches(chosen) if chosen else DEFAULT
