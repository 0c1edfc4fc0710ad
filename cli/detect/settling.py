"""Which settings stand: those by which a rehearsal reads all that is known to be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.detect.files import kind_of, selector_of
from cli.detect.findings import Detection
from cli.detect.positions import Position
from cli.detect.probe import Probe
from cli.detect.rehearsal import Rehearsal, rehearse
from cli.detect.signals import Signals
from pagination.sign import Says, Sign, SignKind
from settings import PaginationType

LEADS_NOWHERE = "leads nowhere: there is no"
"""What a resync says of a data_path whose key is not there."""


@dataclass(slots=True)
class Settled:
    """How the settings did: ``lost`` counts known items that were not read, ``ignored`` names signs
    of the end that are wrong, ``named`` are paths that were borne out to the end, by setting."""

    pagination: dict[str, Any]
    rehearsal: Rehearsal
    lost: int = 0
    ignored: list[Sign] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether the settings read the listing, as far as it was read."""
        return self.rehearsal.good and not self.lost

    @property
    def whole(self) -> bool:
        """Whether they read all of it, for certain."""
        end = self.rehearsal.end
        return self.good and end is not None and end.warning is None


class Settling:
    """Rehearses one endpoint by several settings; what was asked for once is not asked again."""

    def __init__(self, detection: Detection, probe: Probe, most_pages: int) -> None:
        self._detection = detection
        self._probe = probe
        self._most_pages = most_pages

    async def with_pages(self, position: Position) -> Settled:
        """What comes of ``detection.pagination``, with the signs that bear it out named."""
        known = {*self._probe.reference, *position.page.keys}
        follows = position.type not in (PaginationType.OFFSET, PaginationType.PAGE)
        base, flags = dict(self._detection.pagination), flags_in(self._probe.signals)
        wrong = [one for one in self._probe.signals.signs if _ends_too_early(one, follows)]
        if wrong:
            base["ignored_signs"] = [one.name for one in wrong]
        # A flag outweighs a link or cursor that is there at the end, too, only where it is named.
        tries = [{**base, **flags}, base] if flags and follows else [base]
        found = await self.tried(tries[0], known)
        for pagination in tries[1:]:
            if not found.good:
                found = await self.tried(pagination, known)
        found.ignored = wrong
        if found.lost:
            found = await self._ignoring(found, known)
        if found.whole:
            await self._name(found, known, follows)
        return found

    async def tried(
        self, pagination: Mapping[str, Any], known: set[str] | frozenset[str] = frozenset()
    ) -> Settled:
        """A rehearsal by ``pagination``."""
        detection, probe = self._detection, self._probe

        async def run() -> Rehearsal:
            resource = {
                "kind": kind_of(detection),
                "selector": selector_of(detection),
                "port": {"entity": {"mappings": {"identifier": ".id", "blueprint": '"item"'}}},
            }
            return await rehearse(
                probe.prober, probe.identity, resource, pagination, self._most_pages
            )

        rehearsal = await run()
        if LEADS_NOWHERE in rehearsal.error and rehearsal.asked and "//" not in detection.data_path:
            detection.data_path += " // []"
            rehearsal = await run()
        lost = len(known - rehearsal.items.keys()) if rehearsal.end else 0
        return Settled(dict(pagination), rehearsal, lost)

    async def _ignoring(self, found: Settled, known: set[str]) -> Settled:
        """The same without the signs that say, although there is more, that there is none."""
        last = found.rehearsal.signs[-1]
        wrong = [one for one in last if one.says is Says.END and not one.named]
        wrong = [*found.ignored, *wrong]
        base = {**self._detection.pagination, "ignored_signs": [one.name for one in wrong]}
        other = await self.tried(base, known) if wrong else found
        if not other.good:
            return found
        other.ignored = wrong
        return other

    async def _name(self, found: Settled, known: set[str], follows: bool) -> None:
        """Names those signs by which the listing ends where it ended without them."""
        signals, read = self._probe.signals, found.rehearsal
        candidates = list(flags_in(signals).items())
        candidates += [
            ("total_path", path) for path, total in signals.totals if total == read.records
        ]
        if not follows:
            candidates += [("total_pages_path", path) for path, pages in signals.pages if pages > 1]
        for name, path in candidates:
            if name in found.named:
                continue
            other = await self.tried({**found.pagination, name: path}, known)
            same = other.rehearsal.items.keys() == read.items.keys()
            if other.whole and same and _ends(other.rehearsal, path):
                found.pagination, found.rehearsal = other.pagination, other.rehearsal
                found.named[name] = path


def flags_in(signals: Signals) -> dict[str, str]:
    """The settings for a flag that says, on a page that is not the last, that there is more."""
    for flag in signals.flags:
        if flag.more:
            return {"last_page_path" if flag.turned else "has_more_path": flag.path}
    return {}


def _ends_too_early(sign: Sign, follows: bool) -> bool:
    """Whether a resync would believe ``sign``, which says end on a page that is not the last."""
    kinds = {SignKind.FLAG}
    if not follows:
        kinds |= {SignKind.LINK, SignKind.NEXT_PAGE, SignKind.PAGES, SignKind.TOTAL}
    return sign.says is Says.END and sign.kind in kinds


def _ends(rehearsal: Rehearsal, path: str) -> bool:
    """Whether what is named by ``path`` said more before the last page, and end there."""
    told = [
        [one.says for one in signs if one.named and one.name == path and _decides(one.kind)]
        for signs in rehearsal.signs
    ]
    return all(says == [Says.MORE] for says in told[:-1]) and told[-1] == [Says.END]


def _decides(kind: SignKind) -> bool:
    return kind in (SignKind.FLAG, SignKind.TOTAL, SignKind.PAGES)
