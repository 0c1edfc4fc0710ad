"""How much a client has sent, and how long it was held back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traffic:
    """Attempts that were sent, how many of them were sent again, and the seconds for which a rate
    limit of the API held back every request."""

    requests: int = 0
    retries: int = 0
    held_seconds: float = 0.0

    def since(self, before: Traffic) -> Traffic:
        """What was added after ``before``."""
        return Traffic(
            self.requests - before.requests,
            self.retries - before.retries,
            self.held_seconds - before.held_seconds,
        )
