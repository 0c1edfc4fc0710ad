"""A preview for people: compact, in colour where there is a terminal for it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.text import Text

from cli.preview.masking import visible

WIDTH = 100
"""Columns, where the output is no terminal."""

VALUE_LINES = 4
"""As many lines of an item are shown."""

VALUE_CHARACTERS = 60
"""So much of a sign's value is shown."""

LABEL = 11
STATUS_STYLES = {2: "green", 3: "cyan", 4: "red", 5: "red"}

Document = dict[str, Any]


@contextmanager
def working() -> Iterator[Callable[[str], None]]:
    """Shows on a terminal, by standard error, which kind is being read."""
    if not sys.stderr.isatty():
        yield lambda kind: None
        return
    with Console(stderr=True).status("starting") as status:
        yield lambda kind: status.update(Text(f"reading {visible(kind)}"))


class Printer:
    """Writes a document to standard output."""

    def __init__(self) -> None:
        terminal = sys.stdout.isatty()
        plain = not terminal or "NO_COLOR" in os.environ
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        self._console = Console(
            file=sys.stdout,
            width=None if terminal else WIDTH,
            color_system=None if plain else "auto",
            markup=False,
            highlight=False,
            emoji=False,
        )

    def show(self, told: Document) -> None:
        """Prints the whole document."""
        blueprints = "with" if told["blueprints"] else "without"
        self._line(f"{told['base_url']}, mapped by {told['mapping']}, {blueprints} blueprints.json")
        for note in told["notes"]:
            self._row("note", note, "yellow")
        for kind in told["kinds"]:
            self._kind(kind)
        self._console.print()
        self._summary(told)

    def _kind(self, kind: Document) -> None:
        self._console.print()
        self._line(f"{kind['kind']}  (resources[{kind['resource']}])", "bold")
        shown: dict[str, str] = {}
        for request in kind["requests"]:
            self._request(request, shown)
        for label, listings in (("discovery", kind["discoveries"]), ("listing", kind["listings"])):
            for listing in listings:
                self._row(label, _listing(listing))
                if listing["pages"]:
                    self._row("signs", _signs(listing), "dim")
                if listing["warning"]:
                    self._row("warning", listing["warning"], "yellow")
        for error in kind["errors"]:
            self._row("error", error, "bold red")
        self._samples("items", kind["items"], "")
        of = f" of {kind['items']['count']:,} items" if kind["items"]["count"] else ""
        self._samples("entities", kind["entities"], of)
        for one in kind["dropped"]:
            numbers = ", ".join(f"{number:,}" for number in one["items"])
            which = f" (item {numbers}{', ...' if one['count'] > len(one['items']) else ''})"
            text = f"{one['count']:,}: {one['reason']}{which if numbers else ''}"
            style = "dim" if one["expected"] else "bold red"
            self._row("left out" if one["expected"] else "DROPPED", text, style)
        for one in kind["empty_fields"]:
            every = one["count"] == one["of"]
            text = f"{one['field']} in {one['count']:,} of {one['of']:,}: {one['reason']}"
            self._row("null", text, "yellow" if every else "dim")
        for one in kind["relations"]:
            self._row("relation", *_relation(one))
        told = [one["warning"] for one in (*kind["discoveries"], *kind["listings"])]
        for note in kind["notes"]:
            if not any(warning and warning in note for warning in told):
                self._row("note", note, "yellow")

    def _request(self, request: Document, shown: dict[str, str]) -> None:
        """Headers are shown where they differ from those of the request before."""
        status = request["status"]
        line = Text()
        style = STATUS_STYLES.get((status or 0) // 100, "bold red")
        line.append(f"{status or 'failed'} ", style)
        line.append(f"{request['seconds']:.2f} s  {_size(request['bytes'])}  ", "dim")
        line.append(visible(f"{request['method']} {request['url']}"))
        line.append("  for credentials" if request["for_credentials"] else "", "dim")
        self._row("request", line)
        if request["headers"] and request["headers"] != shown:
            shown.clear()
            shown.update(request["headers"])
            told = "  ".join(f"{name}: {value}" for name, value in request["headers"].items())
            self._row("", told, "dim")
        if request["body"]:
            self._row("", request["body"], "dim")
        if request["error"]:
            self._row("", request["error"], "red")

    def _samples(self, label: str, found: Document, of: str) -> None:
        count, sample = found["count"], found["sample"]
        first = f"the first {len(sample)}" if len(sample) > 1 else "the first"
        more = f", {first}:" if sample and count > len(sample) else ""
        self._row(label, f"{count:,}{of}{more or (':' if sample else '')}")
        room = (self._console.width - LABEL - 2) * VALUE_LINES
        for value in sample:
            # Cut first: an item may hold megabytes, and escapes make it longer.
            text = visible(json.dumps(value, ensure_ascii=False)[: room + 1])
            self._row("", text if len(text) <= room else text[: room - 3] + "...", "cyan")

    def _summary(self, told: Document) -> None:
        kinds = told["kinds"]
        errors = sum(len(kind["errors"]) for kind in kinds)
        dropped = sum(
            one["count"] for kind in kinds for one in kind["dropped"] if not one["expected"]
        )
        entities = sum(kind["entities"]["count"] for kind in kinds)
        counts = [_count(len(kinds), "kind"), _count(entities, "entity")]
        counts += [_count(dropped, "item") + " dropped"] if dropped else []
        counts += [_count(errors, "error")] if errors else []
        good, style = (
            ("All is well", "bold green") if told["ok"] else ("Not all is well", "bold red")
        )
        unread = "".join(f"; {one}" for one in _unread(kinds))
        if told["ok"] and not told["whole"]:
            good, style = "All is well, as far as it was read", "bold yellow"
        if told["ok"] and (over := sum(kind["overwritten"] for kind in kinds)):
            good = f"Nothing failed, but {_count(over, 'entity')} would be overwritten by others"
            style = "bold yellow"
        empty = sum(not kind["entities"]["count"] for kind in kinds)
        if told["ok"] and empty:
            of = f"{empty} of {_count(len(kinds), 'kind')} would import nothing"
            good, style = f"Nothing failed, but {of}", "bold yellow"
        self._line(f"{good}: {', '.join(counts)}{unread}.", style)

    def _row(self, label: str, text: str | Text, style: str = "") -> None:
        told = Text(visible(text), style) if isinstance(text, str) else text
        margin = Text(f"  {label}".ljust(LABEL + 2), style or "dim")
        width = self._console.width - LABEL - 2
        for line in told.wrap(self._console, width, overflow="fold") or [Text()]:
            line.rstrip()
            self._console.print(margin + line)
            margin = Text(" " * (LABEL + 2))

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Text(visible(text), style))


def _listing(listing: Document) -> str:
    values = "".join(f" {name}={value}" for name, value in listing["values"].items())
    items, records = listing["items"], listing["records"]
    what = f"{listing['endpoint']}{values}, {listing['pagination']}: "
    what += f"{_count(listing['pages'], 'page')}, {_count(items, 'item')}"
    what += f" ({_count(records, 'record')})" if records not in (None, items) else ""
    return what + "".join(f"; {part}" for part in _end(listing))


def _end(listing: Document) -> Iterator[str]:
    if listing["ended"]:
        yield f"ended: {listing['evidence']}"
    elif listing["error"]:
        yield "failed"
    elif listing["next"]:
        yield f"cut after {_count(listing['pages'], 'page')} (--pages)"
        yield f"goes on with {listing['next']}"
        yield listing["will_end"]
    else:
        yield "cut within a large response"
        yield listing["will_end"]


def _signs(listing: Document) -> str:
    """What the last page says of further pages."""
    told = [_sign(one, listing["followed"]) for one in listing["signs"]]
    return "; ".join(told) or "none: the response does not say whether there are more"


def _sign(sign: Document, followed: str | None) -> str:
    value = sign["value"] if isinstance(sign["value"], str) else json.dumps(sign["value"])
    value = value if len(value) <= VALUE_CHARACTERS else f"{value[:VALUE_CHARACTERS]}..."
    if sign["gone"]:
        value = "gone" if sign["value"] is None else f"{value}, on an earlier page"
    setting = f"{sign['setting']} " if sign["setting"] else ""
    what = f"{setting}{sign['name']} ({value}) says {sign['says']}"
    return f"{what}, and is followed" if sign["name"] == followed else what


def _unread(kinds: Sequence[Document]) -> Iterator[str]:
    """What was not read, or not for certain."""
    listings = [one for kind in kinds for one in kind["listings"]]
    cut = [one for one in listings if one["cut"]]
    by_pages = [one for one in cut if one["next"]]
    if by_pages:
        most = max(one["pages"] for one in by_pages)
        yield f"{_part(by_pages, listings)} cut after {_count(most, 'page')} (--pages)"
    if within := [one for one in cut if not one["next"]]:
        yield f"{_part(within, listings)} cut within a large response"
    if warned := [one for one in listings if one["warning"]]:
        yield f"{_part(warned, listings)} read to an end that is not certain (see the warning)"
    if partly := [kind for kind in kinds if kind["more_listings"]]:
        yield f"of {_count(len(partly), 'kind')} not all path parameters were read"
    if unmapped := [kind for kind in kinds if kind["unmapped"]]:
        yield f"of {_count(len(unmapped), 'kind')} not all items were mapped"


def _part(some: Sequence[Document], every: Sequence[Document]) -> str:
    verb = "was" if len(some) == 1 else "were"
    return f"{len(some):,} of {_count(len(every), 'listing')} {verb}"


def _relation(one: Document) -> tuple[str, str]:
    to = f"{one['relation']} to {one['target'] or '?'}: {one['count']:,}"
    if not one["missing"]:
        return f"{to}, all among the entities shown here", "dim"
    sample = ", ".join(str(name) for name in one["sample"])
    missing = f"{to}, {one['missing']:,} not among the previewed entities"
    if one["unchecked"]:
        return f"{missing}; not checked: {one['unchecked']}", "dim"
    what = "Port would create them empty" if one["created"] else "Port would refuse these entities"
    return f"{missing}, so that they point to nothing ({sample}): {what}", "yellow"


def _count(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def _size(count: int) -> str:
    return f"{count:,} B" if count < 10_000 else f"{count / 1000:,.0f} kB"
