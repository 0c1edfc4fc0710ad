"""The messages of ``docs/troubleshooting.md``."""

from __future__ import annotations

import re
from pathlib import Path

ROW = re.compile(r"^\| `(?P<message>[^`]+)` \| (?P<cause>[^|]+) \| (?P<cure>[^|]+) \|$")
PLACEHOLDER = re.compile(r"<[^<>]+>")


def rows() -> list[str]:
    """The rows of the document's tables, without their heads."""
    lines = Path("docs/troubleshooting.md").read_text(encoding="utf-8").splitlines()
    heads = ("| you see |", "|---|")
    return [line for line in lines if line.startswith("|") and not line.startswith(heads)]


def documented() -> list[str]:
    """The messages of the document."""
    return [found["message"] for row in rows() if (found := ROW.match(row))]


def pattern(message: str) -> re.Pattern[str]:
    """A message as an expression: what stands in ``<...>`` may be anything."""
    fixed = map(re.escape, PLACEHOLDER.split(message))
    return re.compile(".*?".join(fixed))


def messages_with(words: str) -> list[str]:
    """The documented messages that hold these words; a backtick stands for their end."""
    return [one for one in documented() if words in f"{one}`"]
