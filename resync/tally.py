"""What the discoveries of one parameter have found, and whether that can be believed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from resync.extraction import shape_of
from resync.plan import Parameter

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_VARIABLE = re.compile(r"(?:\$\w+|\benv)(?:\.\w+)*")
_KEY = re.compile(r"\.([A-Za-z_]\w*)")
_ALLOWS_ABSENCE = re.compile(r"//|\?|\bhas\s*\(")


@dataclass(slots=True)
class Tally:
    """Over all discoveries of ``parameter`` in a resync: the records, how many of them passed the
    filter, the values that could be used, and by placeholder those that were null or empty.

    ``absent`` holds the keys that the expressions name and that no record has had, as long as
    nothing was found: an expression that misreads compares or iterates over what is not there.
    """

    parameter: Parameter
    records: int = 0
    passed: int = 0
    values: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    example: str = ""
    absent: set[str] = field(init=False)

    def __post_init__(self) -> None:
        named = (self.parameter.filter or "", self.parameter.expression)
        self.absent = {key for expression in named for key in keys_that_must_be(expression)}

    def see(self, records: Sequence[Any]) -> None:
        """Takes note of discovered records, before the filter."""
        self.records += len(records)
        for record in records:
            if not self.absent or self.values:
                break
            self.absent.difference_update(_keys_in(record))
        if records and not self.example:
            self.example = shape_of(records[0])

    def let_through(self, records: Sequence[Any]) -> None:
        """Takes note of those that passed the filter."""
        if records and not self.passed:
            self.example = shape_of(records[0])
        self.passed += len(records)

    @property
    def misread(self) -> str:
        """Why these discoveries cannot be believed, or nothing."""
        if not self.records or self.values:
            return ""
        if self.skipped:
            (placeholder, _), *_ = self.skipped.most_common(1)
            return (
                f"{self._place}.{self._expression_of(placeholder)} is null or empty in all of "
                f"{self.passed:,} records, such as {self.example}: nothing can be read for them. "
                "Correct the expression"
            )
        idle = (self.parameter.expression if self.passed else self.parameter.filter) or ""
        missing = sorted(self.absent.intersection(keys_that_must_be(idle)))
        if missing:
            return (
                f"{self._place}.{self._idle} finds nothing in {self.records:,} records, such as "
                f"{self.example}: none has the key {' or '.join(missing)}. Correct the expression; "
                "where the API leaves the key out, say what stands for it, such as "
                f"(.{missing[0]} // false)"
            )
        return ""

    @property
    def warning(self) -> str:
        """What to say where no parent was found, although there are records."""
        if not self.records or self.values or self.skipped:
            return ""
        return (
            f"{self._place}.{self._idle} finds nothing in {self.records:,} records, so there "
            "are no parents"
        )

    @property
    def _place(self) -> str:
        return f"path_parameters.{self.parameter.name}"

    def _expression_of(self, placeholder: str) -> str:
        """The expression that fills ``placeholder``."""
        key = placeholder[len(self.parameter.name) + 1 :]
        if key:
            return f"include.{key} {self.parameter.include[key]!r}"
        return f"field {self.parameter.expression!r}"

    @property
    def _idle(self) -> str:
        """The expression that has let nothing through."""
        if self.passed:
            return f"field {self.parameter.expression!r}"
        return f"filter {self.parameter.filter!r}"


def keys_that_must_be(expression: str) -> Iterator[str]:
    """The keys that a jq expression names, unless it allows for their absence."""
    text = _VARIABLE.sub("", _STRING.sub("", expression))
    if not _ALLOWS_ABSENCE.search(text):
        yield from _KEY.findall(text)


def _keys_in(record: Any) -> Iterator[str]:
    """The keys of all objects in a record."""
    waiting = [record]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
