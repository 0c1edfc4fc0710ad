"""Names and texts that came from an API, made fit for a terminal, a title or an identifier."""

from __future__ import annotations

import json
import re

PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
ABBREVIATIONS = frozenset({"id", "url", "api", "uuid", "ip", "sla", "cpu", "os", "ssh", "html"})
LONGEST_NAME = 60


def shown(text: str, longest: int = 400) -> str:
    """``text`` on one line for a terminal: what does not print is escaped (no control sequence,
    no direction mark gets through), and what is over ``longest`` characters is cut."""
    cut = text if len(text) <= longest else text[: longest - 3] + "..."
    return "".join(one if one.isprintable() else _escaped(one) for one in cut)


def jq_path(*keys: str) -> str:
    """The jq path to ``keys``, those quoted that jq would not read as they are."""
    if not keys:
        return "."
    return "".join(f".{key if PLAIN_KEY.fullmatch(key) else json.dumps(key)}" for key in keys)


def legal(name: str, others: str = "@_=-") -> str:
    """``name`` as an identifier in Port: ASCII letters, digits and ``others``; never empty."""
    kept = re.sub(rf"[^A-Za-z0-9{re.escape(others)}]+", "_", name).strip("_")
    return kept[:LONGEST_NAME] or "field"


def title_of(name: str) -> str:
    """A name as people write it: ``created_at`` and ``createdAt`` are ``Created at``."""
    words = [word.lower() for word in WORDS.findall(name)]
    if not words:
        return shown(name, LONGEST_NAME).strip() or "Field"
    text = " ".join(word.upper() if word in ABBREVIATIONS else word for word in words)
    return (text[0].upper() + text[1:])[:LONGEST_NAME]


def singular(word: str) -> str:
    """One of what ``word`` names: ``services`` is ``service``, ``entries`` is ``entry``."""
    if re.search(r"[^aeiou]ies$", word, re.IGNORECASE):
        return word[:-3] + "y"
    if re.search(r"(ss|x|ch|sh|us)es$", word, re.IGNORECASE):
        return word[:-2]
    if re.search(r"[^su]s$", word, re.IGNORECASE):
        return word[:-1]
    return word


def without_extension(segment: str) -> str:
    """The last segment of a path without the format that it may name: ``tickets.json``."""
    return re.sub(r"\.(json|jsonl|ndjson|csv)$", "", segment, flags=re.IGNORECASE)


def plain(name: str) -> str:
    """``name`` without what its spelling adds: ``next_page``, ``nextPage``: ``nextpage``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def listed(names: list[str], most: int = 6) -> str:
    """Names in one text, those behind the first ``most`` counted."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def counted(number: int, noun: str) -> str:
    """``1 item``, ``2 items``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
