"""The state of one endpoint's detection, and the questions that are asked alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cli.detect.answers import Answer, Identity, ItemsPath, place_of
from cli.detect.findings import Attempt
from cli.detect.prober import Prober
from cli.detect.signals import Signals, read_signals
from cli.detect.texts import counted, listed

GROUP = 6
"""Parameters that are tried in one request: those that an API does not know do no harm."""

MOST_SINGLY = 9
"""Parameters of one sort that are tried one by one, on an API that refuses unknown ones."""

MOST_BESIDE_FILTERS = 3
"""The same, on an API that takes unknown ones for filters: there are other names to try then."""

UNKNOWN = "no_such_parameter"

SAME_ITEMS = "the same items"
NO_ITEMS = "no items"

Values = Mapping[str, str]


@dataclass(slots=True)
class Probe:
    """``first`` is the answer to the URL as it is; ``small`` a page with as few items as the API
    lets one ask for, got by ``sizing``; ``longest`` the longest page so far from the beginning of
    the listing; ``moved`` are parameters that led to where there are no items. An API that is
    ``strict`` refuses unknown parameters; ``filters`` tells whether they filter the items instead,
    None if nobody asked."""

    prober: Prober
    path: ItemsPath
    identity: Identity
    first: Answer
    small: Answer
    longest: Answer
    sizing: dict[str, str] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    strict: bool = False
    filters: bool | None = None

    @property
    def signals(self) -> Signals:
        """The signs on the small page, which are more than those on a page with everything."""
        return read_signals(self.small, self.path)

    @property
    def reference(self) -> tuple[str, ...]:
        """The keys of the items whose order is known, from the first."""
        return self.longest.keys

    @property
    def step(self) -> int:
        """The items on the small page."""
        return len(self.small.items)

    async def ask(self, changes: Values) -> Answer:
        """The page for ``changes``, beside the page size; notes what came of it."""
        answer = self._take(await self.prober.ask({**self.sizing, **changes}))
        asked = listed([f"{name}={_brief(value)}" for name, value in changes.items()], most=3)
        self.attempts.append(Attempt(asked, self.outcome(answer)))
        if len(changes) == 1 and self.outcome(answer) == NO_ITEMS:
            self.moved.extend(changes)
        return answer

    async def follow(self, link: str, what: str) -> Answer:
        """The page behind a ``link`` of the small page; notes what came of it."""
        answer = self._take(await self.prober.follow(link, self.small))
        self.attempts.append(Attempt(what, self.outcome(answer)))
        return answer

    def place(self, answer: Answer) -> int | None:
        """Where in the listing a page begins, as far as that is known."""
        return place_of(answer.keys, self.reference)

    def is_same(self, answer: Answer) -> bool:
        """Whether a page begins as the small one does: nothing has moved."""
        both = min(len(answer.keys), self.step)
        return both > 0 and answer.keys[:both] == self.small.keys[:both]

    def is_beginning(self, answer: Answer) -> bool:
        """Whether a page is the beginning of the first answer."""
        return answer.keys == self.first.keys[: len(answer.keys)]

    def is_beyond(self, answer: Answer) -> bool:
        """Whether a page holds items, and none of the small page's."""
        return bool(answer.keys) and not set(answer.keys) & set(self.small.keys)

    def continues(self, answer: Answer) -> bool:
        """Whether a page is the one after the small page, as far as can be told."""
        if not self.is_beyond(answer):
            return False
        return len(self.reference) <= self.step or self.place(answer) in (self.step, None)

    def loses_signs(self, answer: Answer) -> bool:
        """Whether the first answer leads on and a shorter one does not: what made it shorter
        then limits the whole listing (as ``$top`` does), and must not be sent."""
        before, now = read_signals(self.first, self.path), read_signals(answer, self.path)
        return before.leads_on and not now.leads_on

    def outcome(self, answer: Answer) -> str:
        """What came of a request, in words."""
        if answer.refused:
            return answer.refused
        if not answer.items:
            return NO_ITEMS
        if self.is_same(answer):
            short = len(answer.keys) != self.step
            return f"{counted(len(answer.keys), 'item')}, the same" if short else SAME_ITEMS
        place = self.place(answer)
        if place is not None:
            return f"items from number {place + 1} on"
        return "other items" if self.is_beyond(answer) else "some of the same items"

    async def pick(
        self,
        names: Sequence[str],
        values: Callable[[str], Values],
        good: Callable[[Answer], bool],
    ) -> tuple[str, Answer] | None:
        """The first of ``names`` whose request, by ``values``, gets a ``good`` answer.

        Several are asked for at once and the group that has an effect is halved, until the API
        refuses a group; then they are asked for one by one.
        """
        if self.strict or len(names) == 1:
            for name in names[: MOST_BESIDE_FILTERS if self.filters else MOST_SINGLY]:
                answer = await self.ask(values(name))
                if good(answer):
                    return name, answer
            return None
        changes: dict[str, str] = {}
        for name in names:
            changes |= values(name)
        answer = await self.ask(changes)
        if answer.refused or (not answer.items and await self._filter()):
            self.strict = True
            return await self.pick(names, values, good)
        if self.is_same(answer) and not good(answer):
            return None
        half = (len(names) + 1) // 2
        for part in (names[:half], names[half:]):
            if found := await self.pick(part, values, good):
                return found
        return None

    async def _filter(self) -> bool:
        """Whether parameters that the API does not know filter its items; asks once."""
        if self.filters is None:
            answer = self._take(await self.prober.ask({UNKNOWN: "3"}))
            self.filters = not answer.items
            if self.filters:
                self.notes.append("the API takes parameters that it does not know for filters")
        return self.filters

    def _take(self, answer: Answer) -> Answer:
        if isinstance(self.first.body, list) and isinstance(answer.body, dict):
            # Not one item: the items are elsewhere in it, where the data_path does not lead.
            return replace(answer, refused="answered with an object in place of an array")
        answer = answer.read(self.path, self.identity)
        if self.first.keys and answer.keys[:1] == self.first.keys[:1]:
            longer = len(answer.keys) > len(self.reference)
            if longer and place_of(self.reference, answer.keys) == 0:
                self.longest = answer
        return answer


def groups(names: Sequence[str], size: int = GROUP) -> list[Sequence[str]]:
    """``names`` in groups."""
    return [names[start : start + size] for start in range(0, len(names), size)]


def _brief(value: str) -> str:
    """A position as it is told; a cursor is nobody's business."""
    return value if value.isdecimal() else "(from the answer)"
