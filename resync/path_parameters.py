"""From a plan to its listings: one, or one for each combination of its parameters' values."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from errors import ResponseError
from resync.extraction import shape_of
from resync.fan_out import Failures, fan_out
from resync.jq import JqError
from resync.listing import Listing, ListingReader
from resync.plan import ListingPlan, Parameter

SHARED_DISCOVERIES = 256
"""How many discoveries are remembered for other combinations that need the same."""


@dataclass(frozen=True, slots=True)
class Binding:
    """The values found so far, and what items get for them."""

    values: dict[str, str] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)


async def listings(
    plan: ListingPlan, reader: ListingReader, workers: int, failures: Failures
) -> AsyncGenerator[Listing]:
    """Yields the listings of ``plan`` as they are discovered.

    A parameter that needs another is discovered for each of its values, up to ``workers`` of them
    side by side; independent ones are combined. A value that comes twice is read once; one that
    is null or empty is skipped and counted in a warning. A discovery that fails is kept in
    ``failures`` while the others go on.
    """
    resolver = _Resolver(plan, reader)
    bindings = _one_empty()
    for position, parameter in enumerate(plan.parameters):
        shared = bool(plan.parameters[:position]) and _is_shared(plan, position)
        step = _Step(resolver, parameter, shared)
        bindings = fan_out(bindings, step, workers, failures)
    seen: set[int] = set()
    wanted = sorted(plan.endpoint.wanted)
    # A step yields no value twice, so combinations recur only where a parameter is left out.
    recurring = any(one.name not in wanted for one in plan.parameters)
    try:
        async with aclosing(bindings):
            async for binding in bindings:
                if recurring:
                    key = hash(tuple(binding.values.get(name) for name in wanted))
                    if key in seen:
                        continue
                    seen.add(key)
                yield Listing(plan.kind, plan.endpoint, binding.values, binding.extras)
    finally:
        await resolver.close()
    resolver.warn_of_skipped()


async def _one_empty() -> AsyncGenerator[Binding]:
    yield Binding()


def _is_shared(plan: ListingPlan, position: int) -> bool:
    """Whether several bindings ask for the same values of the parameter at ``position``."""
    before = {parameter.name for parameter in plan.parameters[:position]}
    return not before <= plan.parameters[position].needs


@dataclass(frozen=True, slots=True)
class _Step:
    """Adds the values of one parameter to a binding."""

    resolver: _Resolver
    parameter: Parameter
    shared: bool

    async def __call__(self, binding: Binding) -> AsyncGenerator[Binding]:
        parameter = self.parameter
        if self.shared:
            for found in await self.resolver.remembered(parameter, binding):
                yield _joined(binding, found)
            return
        async with aclosing(self.resolver.discovered(parameter, binding)) as all_found:
            async for found in all_found:
                yield _joined(binding, found)


class _Resolver:
    """Reads the values of parameters."""

    def __init__(self, plan: ListingPlan, reader: ListingReader) -> None:
        self._kind = plan.kind
        self._reader = reader
        self._shared: OrderedDict[tuple[str, ...], asyncio.Task[list[Binding]]] = OrderedDict()
        self._running: set[asyncio.Task[list[Binding]]] = set()
        self._skipped: dict[str, int] = {}

    async def discovered(self, parameter: Parameter, given: Binding) -> AsyncGenerator[Binding]:
        """Yields each value of ``parameter`` once, with what items get for it."""
        # Hashes (64 bits), not values: there may be very many.
        seen: set[int] = set()
        async with aclosing(self._values(parameter, given)) as values:
            async for value, extras in values:
                if value is None or value == "":
                    self._skipped[parameter.name] = self._skipped.get(parameter.name, 0) + 1
                elif (key := hash(value)) not in seen:
                    seen.add(key)
                    yield Binding({parameter.name: value}, {f"__{parameter.name}": value, **extras})

    async def remembered(self, parameter: Parameter, given: Binding) -> list[Binding]:
        """The values of ``parameter``, read once for all bindings that need the same."""
        needs = (given.values[name] for name in sorted(parameter.needs))
        key = (parameter.name, *needs)
        if key not in self._shared:
            task = asyncio.create_task(self._all(parameter, given))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            self._shared[key] = task
            while len(self._shared) > SHARED_DISCOVERIES:
                self._shared.popitem(last=False)
        return await asyncio.shield(self._shared[key])

    async def close(self) -> None:
        """Ends the discoveries that nobody waits for any more."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def warn_of_skipped(self) -> None:
        """One warning for each parameter that had values which cannot be used."""
        for name, count in self._skipped.items():
            self._reader.warn_once(
                f"skipped {self._kind} {name}",
                f"kind {self._kind}: {count} discovered values of {{{name}}} were null or empty "
                "and are skipped",
            )

    async def _all(self, parameter: Parameter, given: Binding) -> list[Binding]:
        return [found async for found in self.discovered(parameter, given)]

    async def _values(
        self, parameter: Parameter, given: Binding
    ) -> AsyncGenerator[tuple[str | None, dict[str, Any]]]:
        place = f"kind {self._kind}: path_parameters.{parameter.name}"
        if parameter.endpoint is None:
            for value in parameter.values:
                yield _as_text(place, value), {}
            return
        source = Listing(self._kind, parameter.endpoint, given.values)
        async with aclosing(self._reader.pages(source)) as pages:
            async for page in pages:
                for found in await self._found(place, parameter, page.items):
                    yield found

    async def _found(
        self, place: str, parameter: Parameter, records: list[Any]
    ) -> list[tuple[str | None, dict[str, Any]]]:
        """The values that discovered records hold, each with the parent fields to include."""
        if parameter.filter:
            passing = await self._evaluated(place, [parameter.filter], records)
            told = f"{place}.filter {parameter.filter!r}"
            passed = zip(records, passing, strict=True)
            records = [record for record, (outputs,) in passed if _passes(told, outputs)]
        expressions = [parameter.expression, *parameter.include.values()]
        names = [f"__{parameter.name}_{key}" for key in parameter.include]
        values: list[tuple[str | None, dict[str, Any]]] = []
        for found, *included in await self._evaluated(place, expressions, records):
            firsts = (next(iter(outputs), None) for outputs in included)
            extras = dict(zip(names, firsts, strict=True))
            for value in found:
                several = value if isinstance(value, list) else [value]
                values += [(_as_text(place, one), extras) for one in several]
        return values

    async def _evaluated(
        self, place: str, expressions: list[str], records: list[Any]
    ) -> list[list[list[Any]]]:
        try:
            return await self._reader.jq.evaluate(expressions, records)
        except JqError as error:
            shape = shape_of(records[error.place])
            raise ResponseError(f"{place} failed for {shape}: {error}") from None


def _joined(binding: Binding, found: Binding) -> Binding:
    return Binding({**binding.values, **found.values}, {**binding.extras, **found.extras})


def _passes(told: str, outputs: list[Any]) -> bool:
    if len(outputs) != 1 or not isinstance(outputs[0], bool):
        raise ResponseError(f"{told} must answer true or false")
    return outputs[0]


def _as_text(place: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | dict | list):
        raise ResponseError(f"{place} leads to {shape_of(value)}, which is no value")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
