"""What a benchmark found: a figure, and the bar that it must not pass."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """``value`` is at most ``bar``, or at least where ``at_least``; ``detail`` says what was
    measured, in seconds, items, requests or MB."""

    name: str
    measure: str
    value: float
    bar: float
    detail: str
    at_least: bool = False

    @property
    def passed(self) -> bool:
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    @property
    def of_bar(self) -> float:
        """How much of the bar is used: 1 is all that is allowed."""
        if self.at_least:
            return self.bar / self.value if self.value else float("inf")
        return self.value / self.bar
