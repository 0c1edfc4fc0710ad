"""The values of one path parameter: a fixed list, or found in the records of a listing."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from errors import ResponseError
from resync.extraction import shape_of
from resync.fan_out import Failures
from resync.jq import JqError
from resync.listing import Listing, ListingReader
from resync.placeholders import as_text
from resync.plan import Parameter
from resync.tally import Tally


@dataclass(frozen=True, slots=True)
class Binding:
    """Values, by the placeholders that they fill, and what items get for them."""

    values: dict[str, Any] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)

    def joined(self, found: Binding) -> Binding:
        """This one with the values of another parameter."""
        return Binding({**self.values, **found.values}, {**self.extras, **found.extras})


class Discoveries:
    """Reads the values of the parameters of ``kind``, and counts what it has found of each."""

    def __init__(self, kind: str, reader: ListingReader) -> None:
        self._kind = kind
        self._reader = reader
        self._tallies: dict[str, Tally] = {}

    async def values(self, parameter: Parameter, given: Binding) -> AsyncGenerator[Binding]:
        """Yields each value of ``parameter`` once, with what items get for it. Two records with the
        same value are two where placeholders need another of their fields that differs."""
        tally = self._tallies.setdefault(parameter.name, Tally(parameter))
        # Hashes (64 bits), not values: there may be very many.
        seen: set[int] = set()
        async with aclosing(self._found(parameter, given, tally)) as all_found:
            async for found in all_found:
                key = hash(tuple(map(as_text, found.values.values())))
                if key not in seen:
                    seen.add(key)
                    yield found

    def judge(self, failures: Failures) -> None:
        """To be called once all is discovered: adds to ``failures`` what must have been misread,
        and warns of values that could not be used."""
        for tally in self._tallies.values():
            if tally.misread:
                misread = self._reader.masked(tally.misread)
                failures.add(ResponseError(f"kind {self._kind}: {misread}"))
                continue
            for placeholder, count in tally.skipped.items():
                self._warn(
                    f"skipped {placeholder}",
                    f"{count} discovered values of {{{placeholder}}} were null or empty and are "
                    "skipped",
                )
            if tally.warning and not failures:
                self._warn(f"nothing {tally.parameter.name}", tally.warning)

    def _warn(self, subject: str, message: str) -> None:
        self._reader.warn_once(f"{subject} {self._kind}", f"kind {self._kind}: {message}")

    async def _found(
        self, parameter: Parameter, given: Binding, tally: Tally
    ) -> AsyncGenerator[Binding]:
        place = f"kind {self._kind}: path_parameters.{parameter.name}"
        if parameter.endpoint is None:
            for value in parameter.values:
                for found in _bindings(place, parameter, value, {}, tally):
                    yield found
            return
        source = Listing(self._kind, parameter.endpoint, given.values)
        async with aclosing(self._reader.pages(source)) as pages:
            async for page in pages:
                try:
                    bindings = await self._in_records(place, parameter, page.items, tally)
                except ResponseError as error:
                    raise ResponseError(self._reader.masked(error)) from None
                for found in bindings:
                    yield found
                del page  # Not to be held while the next one is fetched.

    async def _in_records(
        self, place: str, parameter: Parameter, records: list[Any], tally: Tally
    ) -> list[Binding]:
        """The values that discovered records hold, each with the parent fields to include."""
        tally.see(records)
        if parameter.filter:
            passing = await self._evaluated(place, [parameter.filter], records)
            told = f"{place}.filter {parameter.filter!r}"
            passed = zip(records, passing, strict=True)
            records = [record for record, (outputs,) in passed if _passes(told, outputs)]
        tally.let_through(records)
        expressions = [parameter.expression, *parameter.include.values()]
        bindings: list[Binding] = []
        for values, *included in await self._evaluated(place, expressions, records):
            firsts = (next(iter(outputs), None) for outputs in included)
            fields = dict(zip(parameter.include, firsts, strict=True))
            for value in values:
                for one in value if isinstance(value, list) else [value]:
                    bindings += _bindings(place, parameter, one, fields, tally)
        return bindings

    async def _evaluated(
        self, place: str, expressions: list[str], records: list[Any]
    ) -> list[list[list[Any]]]:
        try:
            return await self._reader.jq.evaluate(expressions, records)
        except JqError as error:
            shape = shape_of(records[error.place])
            raise ResponseError(f"{place} failed for {shape}: {error}") from None


def _bindings(
    place: str, parameter: Parameter, value: Any, fields: dict[str, Any], tally: Tally
) -> list[Binding]:
    """One binding for ``value``; none, and that counted, where a placeholder would stay empty."""
    name = parameter.name
    filling = {name: _scalar(place, value)}
    filling |= {f"{name}.{key}": _field(place, key, fields[key]) for key in parameter.used}
    for placeholder, found in filling.items():
        if found is None or found == "":
            tally.skipped[placeholder] += 1
            return []
    tally.values += 1
    extras = {f"__{name}_{key}": found for key, found in fields.items()}
    return [Binding(filling, {f"__{name}": as_text(filling[name]), **extras})]


def _scalar(place: str, value: Any) -> Any:
    """A value as requests carry it: a number stays one, 2.0 is 2."""
    if isinstance(value, bool | dict | list):
        raise ResponseError(f"{place} leads to {shape_of(value)}, which is no value")
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _field(place: str, key: str, value: Any) -> Any:
    """The same for an included field, which may be a flag, too."""
    return value if isinstance(value, bool) else _scalar(f"{place}.include.{key}", value)


def _passes(told: str, outputs: list[Any]) -> bool:
    if len(outputs) != 1 or not isinstance(outputs[0], bool):
        raise ResponseError(f"{told} must answer true or false")
    return outputs[0]
