"""From a plan to its listings: one, or one for each combination of its parameters' values."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from functools import partial
from itertools import chain
from weakref import WeakSet

from resync.discovery import Binding, Discoveries
from resync.fan_out import Failures, fan_out
from resync.listing import Listing, ListingReader
from resync.placeholders import as_text
from resync.plan import ListingPlan, Parameter
from resync.spool import Spool

Find = Callable[[Binding], AsyncGenerator[Binding]]

SHARED_DISCOVERIES = 256
"""How many discoveries are remembered for other values that need the same."""


async def listings(
    plan: ListingPlan, reader: ListingReader, workers: int, failures: Failures
) -> AsyncGenerator[Listing]:
    """Yields the listings of ``plan`` as they are discovered.

    A parameter that needs another is discovered for each of its values, up to ``workers`` of them
    side by side; independent ones are combined. A value that comes twice is read once; one that
    is null or empty is skipped and counted in a warning. A discovery that fails, or that must have
    been misread, is kept in ``failures`` while the others go on.
    """
    for messages, level in ((plan.warnings, "WARNING"), (plan.hints, "INFO")):
        for message in messages:
            reader.warn_once(f"{plan.kind} {message}", f"kind {plan.kind}: {message}", level)
    discoveries = Discoveries(plan.kind, reader)
    combinations = _Combinations(discoveries, workers, failures)
    seen: set[int] = set()
    wanted = sorted(plan.endpoint.wanted)
    # A discovery yields no value twice, so combinations recur only where one is left out.
    recurring = not _filled_by(plan.parameters) <= plan.endpoint.wanted
    try:
        async with aclosing(combinations.of(plan.parameters)) as bindings:
            async for binding in bindings:
                if recurring:
                    key = hash(tuple(as_text(binding.values.get(name)) for name in wanted))
                    if key in seen:
                        continue
                    seen.add(key)
                yield Listing(plan.kind, plan.endpoint, binding.values, binding.extras)
    finally:
        await combinations.aclose()
    discoveries.judge(failures)


class _Combinations:
    """Combines the values of parameters as they are discovered."""

    def __init__(self, discoveries: Discoveries, workers: int, failures: Failures) -> None:
        self._discoveries = discoveries
        self._workers = workers
        self._failures = failures
        self._spools: WeakSet[Spool] = WeakSet()
        self._shared: OrderedDict[tuple[str, ...], Spool] = OrderedDict()

    def of(self, parameters: Sequence[Parameter]) -> AsyncGenerator[Binding]:
        """Yields all combinations: of each group of parameters that need each other, the first
        streams, and every other is found once, to be combined with each binding before it."""
        first, *others = independent_groups(parameters) or [[]]
        bindings = self._of_group(first)
        for group in others:
            bindings = self._expanded(bindings, self._combining(group))
        return bindings

    async def aclose(self) -> None:
        """Ends the discoveries that nobody waits for any more."""
        await asyncio.gather(*(spool.aclose() for spool in self._spools))

    def _of_group(self, group: Sequence[Parameter]) -> AsyncGenerator[Binding]:
        """Yields the combinations of parameters that need each other."""
        bindings = _one_empty()
        for position, parameter in enumerate(group):
            before = _filled_by(group[:position])
            wanted = parameter.endpoint.wanted if parameter.endpoint else frozenset()
            find: Find = partial(self._discoveries.values, parameter)
            if not before <= wanted:
                # Several bindings ask for the same values, as these need but a part of each.
                find = partial(self._remembered, parameter, sorted(before & wanted))
            bindings = self._expanded(bindings, partial(_with_values, find))
        return bindings

    def _combining(self, group: Sequence[Parameter]) -> Find:
        """Joins a binding with each one of ``group``, which are found when the first is needed."""
        found: list[Spool] = []

        async def combine(binding: Binding) -> AsyncGenerator[Binding]:
            if not found:
                found.append(self._spool(self._of_group(group)))
            async with aclosing(found[0].read()) as others:
                async for other in others:
                    yield binding.joined(other)

        return combine

    def _spool(self, source: AsyncGenerator[Binding]) -> Spool:
        spool = Spool(source)
        # One that is still being filled stays in the set, whoever else has forgotten it.
        self._spools.add(spool)
        return spool

    def _expanded(self, bindings: AsyncGenerator[Binding], by: Find) -> AsyncGenerator[Binding]:
        return fan_out(bindings, by, self._workers, self._failures)

    async def _remembered(
        self, parameter: Parameter, wanted: Sequence[str], given: Binding
    ) -> AsyncGenerator[Binding]:
        """The values of ``parameter``, found once for all bindings that fill ``wanted`` alike."""
        key = (parameter.name, *(as_text(given.values[name]) for name in wanted))
        if key not in self._shared:
            self._shared[key] = self._spool(self._discoveries.values(parameter, given))
            while len(self._shared) > SHARED_DISCOVERIES:
                self._shared.popitem(last=False)[1].release()
        async with aclosing(self._shared[key].read()) as values:
            async for value in values:
                yield value


def independent_groups(parameters: Iterable[Parameter]) -> list[list[Parameter]]:
    """``parameters`` (each after those it needs) in groups that do not need each other; those that
    are best read as a stream come first, and fixed lists last."""
    groups: list[list[Parameter]] = []
    for parameter in parameters:
        needed = [group for group in groups if any(one.name in parameter.needs for one in group)]
        groups = [group for group in groups if group not in needed]
        groups.append([*chain(*needed), parameter])
    return sorted(groups, key=lambda group: (group[0].endpoint is None, -len(group)))


async def _with_values(find: Find, binding: Binding) -> AsyncGenerator[Binding]:
    """Adds each value of one parameter to a binding."""
    async with aclosing(find(binding)) as values:
        async for found in values:
            yield binding.joined(found)


async def _one_empty() -> AsyncGenerator[Binding]:
    yield Binding()


def _filled_by(parameters: Iterable[Parameter]) -> frozenset[str]:
    """The placeholders that ``parameters`` fill."""
    return frozenset(chain.from_iterable(one.fills for one in parameters))
