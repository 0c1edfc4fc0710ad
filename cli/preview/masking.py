"""What may be shown: secrets masked, and nothing that could steer a terminal."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from client import Redactor
from client.redaction import MASK, is_secret_name

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of control and format characters, half surrogates, line separators."""

NO_SECRET = frozenset({"key"})
"""Names that the redactor would mask in a log line, and that are identifiers in many an API."""

DEEPEST = 100
"""Levels of a value that are shown."""


def visible(text: str) -> str:
    """``text`` with each character that a terminal would obey written as an escape."""
    return "".join(
        f"\\u{ord(one):04x}" if unicodedata.category(one) in UNSEEN else one for one in text
    )


class Mask:
    """Masks what an API or a message holds, by the redactor of the run."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def told(self, text: str) -> str:
        """A message of this project: what is secret by its name is masked in it already."""
        return self._redactor.values(text)

    def value(self, value: Any, name: str = "", depth: int = 0) -> Any:
        """A value of the API: the same shape, with secrets masked by value and by name."""
        if depth > DEEPEST:
            return "..."
        if isinstance(value, dict):
            return {
                self._redactor.values(str(key)): self.value(v, str(key)) for key, v in value.items()
            }
        if isinstance(value, list):
            return [self.value(one, name, depth + 1) for one in value]
        if value is None or isinstance(value, bool):
            return value
        if is_secret_name(name) and name.lower() not in NO_SECRET:
            return MASK
        if isinstance(value, str):
            return self._redactor.text(value)
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)  # JSON has no such number
        return value if self._redactor.values(str(value)) == str(value) else MASK

    def url(self, url: str) -> str:
        """A URL that the API gave."""
        return self._redactor.url(url)
