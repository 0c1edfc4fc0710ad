"""Secrets out of texts: by value (what the settings hold) and by name (what looks like one)."""

from __future__ import annotations

import base64
import functools
import re
from collections.abc import Iterable
from urllib.parse import quote

import httpx

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

_NAME = re.compile(r"""(\\{0,7}["']?)(?P<name>[\w.-]{2,60})\1\s*[:=]\s*""")
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

_URL_SAFE = str.maketrans("+/", "-_")
_NAMED_SHAPES = {
    " ": r"\+",
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
    "\n": r"\\{1,8}n",
    "\r": r"\\{1,8}r",
    "\t": r"\\{1,8}t",
}
LONGEST_SHAPE = 26
"""Characters, of any one of them."""


def is_secret_name(name: str) -> bool:
    """Whether a parameter, header or key of that name usually holds a secret."""
    return bool(SECRET_NAME.search(name)) and not NOT_SECRET_NAME.search(name)


class Redactor:
    """Masks secrets in texts and URLs. ``secrets`` are values, ``names`` extra parameter names."""

    def __init__(self, secrets: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self._texts: set[str] = set()
        self._longest = 0
        self._values: re.Pattern[str] | None = None
        self._names = frozenset(name.lower() for name in names)
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """From now on these values are masked too, such as a token that was just fetched."""
        self._texts.update(text for secret in secrets for text in _texts(secret))
        ordered = sorted(self._texts, key=len, reverse=True)
        self._longest = max(map(_longest, ordered), default=0)
        self._values = re.compile("|".join(map(_pattern, ordered))) if ordered else None

    def __repr__(self) -> str:
        return "Redactor()"

    def text(self, text: str) -> str:
        """``text`` with secrets masked, by value and by name."""
        if self._values is not None:
            text = self._values.sub(MASK, text)
        return self._without_named(text)

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
        return self._values.sub(MASK, text) if self._values is not None else text

    def excerpt(self, body: bytes, characters: int = EXCERPT_CHARACTERS) -> str:
        """The first ``characters`` of a body on one line; a secret that begins in them is masked
        whole, and nothing is told of one that begins behind them."""
        begin = body[: 4 * (characters + self._longest + 1)].decode("utf-8", "replace")
        end = characters
        for match in self._values.finditer(begin) if self._values is not None else ():
            if match.start() < characters < match.end():
                end = match.end()
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


def _texts(secret: str) -> set[str]:
    """The texts as which a secret value can turn up: as it is, and in base64."""
    if len(secret) < MIN_SECRET_CHARACTERS:
        return set()
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, encoded, encoded.translate(_URL_SAFE)}


def _pattern(text: str) -> str:
    """A pattern for ``text`` in URLs, forms, JSON (RFC 8259 section 7), HTML, and Python's repr:
    each decides for itself which characters it escapes, and how."""
    return "".join(map(_shapes, text))


def _longest(text: str) -> int:
    """Characters that ``text`` has at most, in any shape."""
    return sum(1 if _is_never_escaped(one) else LONGEST_SHAPE for one in text)


def _is_never_escaped(one: str) -> bool:
    return one.isascii() and one.isalnum()


@functools.cache
def _shapes(one: str) -> str:
    """A pattern for one character, as it is and however it is escaped."""
    if _is_never_escaped(one):
        return one
    code, units = ord(one), one.encode("utf-16-be")
    percent = "".join(f"%{byte:02x}" for byte in one.encode())
    pairs = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    shapes = [
        # JSON in JSON doubles what stands before.
        rf"\\{{0,7}}{re.escape(one)}",
        percent,
        "".join(rf"\\{{1,8}}u{pair}" for pair in pairs),
        rf"\\{{1,8}}(?:x{code:02x}|U{code:08x})",
        f"&#(?:0{{0,5}}{code}|x0{{0,5}}{code:x});",
    ]
    if one in _NAMED_SHAPES:
        shapes.append(_NAMED_SHAPES[one])
    return f"(?i:{'|'.join(shapes)})"
