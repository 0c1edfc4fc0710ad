"""What goes wrong in one resync of the soak."""

from __future__ import annotations

import random
from dataclasses import dataclass

RATES = (0.0, 0.0, 0.01, 0.05, 0.2)
TRIGGERS, LOGIN, THROTTLED = "triggers", "login", "throttled"
DISCOVERY, PORT = "discovery", "port"
TROUBLES = {
    TRIGGERS: 0.25,
    LOGIN: 0.07,
    THROTTLED: 0.1,
    DISCOVERY: 0.07,
    PORT: 0.07,
}
"""By trouble, how likely it is: several triggers at once, a token endpoint that fails, a rate limit
that answers 403, parents whose ids are called otherwise, and a Port that refuses upserts."""


@dataclass(frozen=True, slots=True)
class Weather:
    """Each request meets a fault with the probability ``rate``; ``troubles`` are the resync's."""

    rate: float = 0.0
    troubles: frozenset[str] = frozenset()

    @classmethod
    def of(cls, chance: random.Random) -> Weather:
        """Today's."""
        rate = chance.choice(RATES)
        return cls(rate, frozenset(one for one, p in TROUBLES.items() if chance.random() < p))

    def __str__(self) -> str:
        troubles = ", ".join(sorted(self.troubles)) or "no trouble"
        return f"faults with the probability {self.rate}, {troubles}"
