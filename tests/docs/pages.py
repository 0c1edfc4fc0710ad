"""What the tests of the documentation read in its pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)

PAGES = sorted(
    [
        *(path for path in Path().glob("*.md")),
        *Path("docs").glob("**/*.md"),
        *Path("examples").glob("**/*.md"),
        *Path("deploy").glob("**/*.md"),
    ]
)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language and its text."""

    language: str
    text: str


@dataclass(slots=True)
class Section:
    """A heading, and the blocks below it up to the next heading of any level."""

    level: int
    title: str
    blocks: list[Block] = field(default_factory=list)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    return [Block(language, body) for language, body in FENCE.findall(text)]


def without_blocks(text: str) -> str:
    return FENCE.sub("", text)


def sections(text: str) -> list[Section]:
    """The sections of a page, in order. A ``#`` inside a block is no heading."""
    found: list[Section] = []
    spans = [match.span() for match in FENCE.finditer(text)]
    headings = [m for m in HEADING.finditer(text) if not any(a < m.start() < b for a, b in spans)]
    for position, match in enumerate(headings):
        end = headings[position + 1].start() if position + 1 < len(headings) else len(text)
        body = text[match.end() : end]
        found.append(Section(len(match[1]), match[2], blocks(body)))
    return found
