"""Every text in the source that a user may be told is found in ``docs/troubleshooting.md``.

A text is any literal of two words or more; what is none of a message has its reason below.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCES = ("settings", "auth", "client", "pagination", "entities", "resync")
FILES = ("mapping.py", "integration.py", "errors.py", "main.py")

OF_PREVIEW = "what preview says of pages that were not read"
NO_ERRORS = {
    "settings/model.py": "what each setting allows: <values>",
    "resync/probe.py": "verdicts of ocean probe",
    "resync/probed_mapping.py": "verdicts of ocean probe",
    "resync/progress.py": "how far a resync is",
    "resync/summary.py": "how far a resync is",
    "resync/secret_texts.py": "words that are no secret",
    "resync/first_pages.py": OF_PREVIEW,
    "pagination/forecast.py": OF_PREVIEW,
}
"""Modules whose texts tell of no error, or of those of others."""

NO_MESSAGE = {
    "application/json, */*;q=0.5": "a header",
    "PRAGMA journal_mode = OFF": "SQL",
    "CREATE TABLE answers (key BLOB PRIMARY KEY, about TEXT, content BLOB)": "SQL",
    "SELECT about, content FROM answers WHERE key = ?": "SQL",
    "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)": "SQL",
    "DELETE FROM answers WHERE key = ?": "SQL",
    ") | tojson), null": "jq",
    "extra fields": "how pydantic begins",
    "number of the next page": "what a sign is, never told",
    "number of pages": "what a sign is, never told",
    "Link rel=": "how the name of a sign begins",
    "it halts": "for a jq that gives no reason of its own",
    "jq refuses it": "for a jq that gives no reason of its own",
    "unreachable: the last attempt returns or raises": "never told: it is unreachable",
    "not a URL": "never told: httpx has read the URL by then",
    "it is no CSV": "never told: a body that begins with < is told to be HTML",
    "it cannot be evaluated": "for a jq that gives no reason of its own",
    "cannot be compiled": "for a jq that gives no reason of its own",
    "is given what is nested too deeply": "never told: such an answer is refused before",
    "{}: the listing ended: {}": "told at DEBUG only",
    "the resync was ended before all of it was read": "never told: its reader was stopped, too",
    "entities that stay relate to them": "told at INFO only",
    "enableDelete is false for a resource with their blueprint": "told at INFO only",
    "entityDeletionThreshold is 0": "told at INFO only",
    "Port's response does not mention it": "a reason of Port's, where it gives none",
    "no reason is given": "a reason of Port's, where it gives none",
    "the answer holds what cannot be kept": "never told: it has written what it reads",
}
"""Literals that are no message, or none that a user can cause, each with its reason."""

QUIET = frozenset({"debug", "info"})
NAMES = frozenset({"description", "title"})
WORDS = re.compile(r"[A-Za-z]\w*[^A-Za-z]* [^A-Za-z]*[A-Za-z]")
CODE = re.compile(r"`([^`]+)`")


class Texts(ast.NodeVisitor):
    """Collects literals, without docstrings, titles, descriptions and what is logged quietly."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in NAMES:
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if not (isinstance(node.func, ast.Attribute) and node.func.attr in QUIET):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found.append((node.lineno, node.value))


def texts() -> Iterator[tuple[str, str]]:
    """Each text of two words or more, with its place in the source."""
    files = [file for folder in SOURCES for file in sorted(Path(folder).glob("*.py"))]
    for file in (*files, *map(Path, FILES)):
        if str(file) not in NO_ERRORS:
            yield from texts_in(file)


def texts_in(file: Path) -> Iterator[tuple[str, str]]:
    """The same for one file."""
    visitor = Texts()
    visitor.visit(ast.parse(file.read_text(encoding="utf-8")))
    for line, text in visitor.found:
        for part in text.splitlines():
            if WORDS.search(part):
                yield f"{file}:{line}", part.strip(" :;,")


def test_every_text_is_documented_or_has_its_reason() -> None:
    document = "\n".join(CODE.findall(Path("docs/troubleshooting.md").read_text(encoding="utf-8")))
    missing = [
        f"{place}: {text}"
        for place, text in texts()
        if text not in document and text not in NO_MESSAGE
    ]
    assert missing == []


def test_no_reason_has_outlived_its_text() -> None:
    there = {text for _, text in texts()}
    assert [text for text in NO_MESSAGE if text not in there] == []
    assert [file for file in NO_ERRORS if not Path(file).exists()] == []


def test_what_preview_says_of_the_end_is_on_its_page() -> None:
    page = Path("docs/detect-and-preview.md").read_text(encoding="utf-8")
    told = [text for _, text in texts_in(Path("pagination/forecast.py"))]
    assert len(told) > 5
    assert [text for text in told if text not in page] == []


def test_the_texts_of_messages_are_seen() -> None:
    there = "\n".join(text for _, text in texts())
    for words in ("leads nowhere", "was redirected more than", "the listing would never end"):
        assert words in there
    assert "Yields" not in there
