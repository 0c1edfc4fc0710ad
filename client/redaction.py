"""Secrets out of texts: by value (what the settings hold) and by name (what looks like one)."""

from __future__ import annotations

import re
import string
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from urllib.parse import quote

import httpx

from client.encodings import Layer, in_base64, layers, places, spellings

MASK = "[hidden]"
EXCERPT_CHARACTERS = 200
MIN_SECRET_CHARACTERS = 3
"""A shorter value is found in half of all words; masking it would only say what it is."""

SECRET_NAME = re.compile(
    r"token|secret|passw|api[-_.]?key|apikey|\bkey$|^key$|signature|^sig$|credential"
    r"|auth(?!or(?!i[sz]))|session|jwt|cookie|private",
    re.IGNORECASE,
)
"""Authors and authorities are no authorisation."""

NOT_SECRET_NAME = re.compile(
    r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
    r"(?i:(?:(?:next|prev|previous)?[-_]?page|next|prev|previous|continuation|sync)[-_]?token)"
)
"""Cursors are called tokens too."""

_NAME = re.compile(r"""(\\{0,7}["']?)(?<![\w.-])(?P<name>[\w.-]{2,}+)\1\s*[:=]\s*""")
"""A whole word: one that is read from each of its characters on takes the square of its length."""

_TEXT = r"""[^\s,;&<>"'}\]]+"""
_QUOTED = r"""\[hidden\]|\[[^\[\]{}]*\]?|\\+"[^"]*"?|"(?:[^"\\]|\\.)*"?|'[^']*'?"""
"""Also a flat array, and a text in JSON that stands in a text of JSON."""

_VALUE = re.compile(
    rf"{_QUOTED}|(?:(?i:basic|bearer|digest|negotiate|token|apikey)[^\S\n]+)?{_TEXT}"
)
"""A scheme of HTTP authentication (RFC 9110 section 11.1) stands before its credentials."""

_PARAMETER = rf"""[\w-]+=(?:"[^"\n]*"|{_TEXT})"""
_CREDENTIALS = re.compile(
    rf"""{_QUOTED}|{_TEXT}"""
    rf"""(?:[^\S\n]+(?:{_PARAMETER}(?:,[^\S\n]*{_PARAMETER})*|"[^"\n]*"|{_TEXT}))?"""
)
"""What an ``Authorization`` header holds: a scheme, whatever its name, and what goes with it."""

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

LONGEST_ESCAPE = 26
"""Characters that stand for one: a surrogate pair in JSON in JSON in JSON."""

RENEWALS_KEPT = 2
"""Of one source: the present token, and the one before it, which requests may still carry."""


def is_secret_name(name: str) -> bool:
    """Whether a parameter, header or key of that name usually holds a secret."""
    return bool(SECRET_NAME.search(name)) and not NOT_SECRET_NAME.search(name)


class Redactor:
    """Masks secrets in texts and URLs. ``secrets`` are values that stay for good, ``names`` extra
    parameter names; ``learn`` adds the values that come and go."""

    def __init__(self, secrets: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self._own = _Known.of(secrets)
        self._renewed: dict[str, deque[_Known]] = {}
        self._known = self._own
        self._names = frozenset(name.lower() for name in names)

    def learn(self, *secrets: str, source: str = "") -> None:
        """From now on these values are masked too: all that one renewal of the credentials of
        ``source`` has brought. What it brought the time before last is forgotten."""
        renewed = self._renewed.setdefault(source, deque(maxlen=RENEWALS_KEPT))
        fresh = _Known.of(secrets)
        if fresh not in renewed:
            renewed.append(fresh)
        learned = (known for kept in self._renewed.values() for known in kept)
        self._known = reduce(_Known.joined, learned, self._own)

    def __repr__(self) -> str:
        return "Redactor()"

    def text(self, text: str) -> str:
        """``text`` with secrets masked, by value and by name."""
        return self._without_named(self.values(text))

    def url(self, url: str | httpx.URL) -> str:
        """``url`` without user-info, with the values of secret parameters masked."""
        text = str(url)
        try:
            parsed = httpx.URL(text)
            params = [
                (self.values(name), MASK if self._is_secret(name) else self.values(value))
                for name, value in parsed.params.multi_items()
            ]
            head = str(parsed.copy_with(query=None, fragment=None, userinfo=b""))
        except httpx.InvalidURL:
            return self.text(text)
        query = "&".join(f"{quote(n, '[]')}={quote(v, '[]/:,')}" for n, v in params)
        return self.values(f"{head}?{query}" if query else head)

    def values(self, text: str) -> str:
        """``text`` with secrets masked by value alone."""
        shown: list[str] = []
        at = 0
        for start, end in self._known.spans(text):
            shown += (text[at:start], MASK)
            at = end
        return "".join((*shown, text[at:]))

    def excerpt(self, body: bytes, characters: int = EXCERPT_CHARACTERS) -> str:
        """The first ``characters`` of a body on one line; a secret that begins in them is masked
        whole, and nothing is told of one that begins behind them."""
        begin = body[: 4 * (characters + self._known.longest + 1)].decode("utf-8", "replace")
        end = characters
        for start, stop in self._known.spans(begin):
            if start < characters < stop:
                end = stop
        shown = " ".join(self.text(begin[:end]).split())
        more = len(begin) > end or len(shown) > characters
        return shown[:characters] + ("..." if more else "")

    def _is_secret(self, name: str) -> bool:
        return name.lower() in self._names or is_secret_name(name)

    def _without_named(self, text: str) -> str:
        """``text`` without the values of names that tell of a secret."""
        shown: list[str] = []
        at = 0
        for found in _NAME.finditer(text):
            name, end = found["name"], found.end()
            if found.start() < at or not self._is_secret(name):
                continue
            value = (_CREDENTIALS if "authori" in name.lower() else _VALUE).match(text, end)
            if value is not None:
                shown += (text[at:end], MASK)
                at = value.end()
        return "".join((*shown, text[at:]))


@dataclass(frozen=True, slots=True)
class _Known:
    """Secret values, as they can be written as a whole and without any escape, in small letters."""

    spellings: frozenset[str] = frozenset()
    unescaped: frozenset[str] = frozenset()
    longest: int = 0
    """Characters that one of them can have, however it is escaped."""

    def __repr__(self) -> str:
        return "_Known()"

    @classmethod
    def of(cls, secrets: Iterable[str]) -> _Known:
        texts = [secret for secret in secrets if len(secret) >= MIN_SECRET_CHARACTERS]
        bare = {one for text in texts for one in (text, *in_base64(text))}
        unescaped = (end.text for one in bare for end in _first_and_last(layers(one)))
        return cls(
            frozenset(_folded(one) for text in texts for one in spellings(text)),
            # What was mostly escapes may be too short to be looked for.
            frozenset(_folded(one) for one in unescaped if len(one) >= MIN_SECRET_CHARACTERS),
            max(map(_longest, bare), default=0),
        )

    def joined(self, other: _Known) -> _Known:
        """What both know."""
        return _Known(
            self.spellings | other.spellings,
            self.unescaped | other.unescaped,
            max(self.longest, other.longest),
        )

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where ``text`` holds secrets, in order, one span for those that overlap.

        The usual encodings are looked for as a whole, so that what stands before a secret cannot be
        read as part of its first escape; any mixture of them by taking the escapes off the text.
        All in any case of letters: the name of a host, such as a redirect's, loses its own.
        """
        if not self.spellings:
            return []
        whole = _folded(text)
        found = [span for part in self.spellings for span in places(whole, part)]
        for layer in layers(text):
            inner = _folded(layer.text)
            found += (
                (layer.source(start), layer.source(end))
                for part in self.unescaped
                for start, end in places(inner, part)
            )
        return _without_overlaps(found)


def _folded(text: str) -> str:
    """``text`` without capitals of ASCII; others may change its length."""
    return text.translate(_LOWER)


def _first_and_last(found: list[Layer]) -> tuple[Layer, Layer]:
    """What a secret is without a text's escapes: it may itself hold what looks like some."""
    return found[0], found[-1]


def _without_overlaps(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _longest(text: str) -> int:
    """Characters that ``text`` has at most, however it is escaped."""
    return sum(1 if one.isascii() and one.isalnum() else LONGEST_ESCAPE for one in text)
