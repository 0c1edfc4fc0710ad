"""Secrets out of texts: by value (what the settings hold) and by name (what looks like one)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

import httpx

MASK = "[hidden]"
EXCERPT_CHARACTERS = 200
MIN_SECRET_CHARACTERS = 3
"""A shorter value is found in half of all words; masking it would only say what it is."""

SECRET_NAME = re.compile(
    r"token|secret|passw|api[-_.]?key|apikey|\bkey$|^key$|signature|^sig$|credential|auth|session|jwt"
    r"|cookie|private",
    re.IGNORECASE,
)
NOT_SECRET_NAME = re.compile(
    r"(page|next|prev|previous|continuation|sync)[-_]?token|author(?!i[sz])", re.I
)
"""Cursors are called tokens too, and authors are no authorisation."""

UNQUOTED_IN_PATH = "/:@!$&'()*+,;=~"
"""RFC 3986 section 3.3."""

_NAMED_VALUE = re.compile(
    r"""(["']?)([\w.-]{2,60})\1(\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?"""
    r"""|(?:(?i:basic|bearer|digest|negotiate|token|apikey)[^\S\n]+)?[^\s,;&<>"'}\]]+)"""
)
"""A scheme of HTTP authentication (RFC 9110 section 11.1) stands before its credentials."""


def is_secret_name(name: str) -> bool:
    """Whether a parameter, header or key of that name usually holds a secret."""
    return bool(SECRET_NAME.search(name)) and not NOT_SECRET_NAME.search(name)


class Redactor:
    """Masks secrets in texts and URLs. ``secrets`` are values, ``names`` extra parameter names."""

    def __init__(self, secrets: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        self._longest = 0
        self._values: re.Pattern[str] | None = None
        self._names = frozenset(name.lower() for name in names)
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """From now on these values are masked too, such as a token that was just fetched."""
        self._forms.update(form for secret in secrets for form in _forms(secret))
        ordered = sorted(self._forms, key=len, reverse=True)
        self._longest = len(ordered[0]) if ordered else 0
        self._values = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def __repr__(self) -> str:
        return "Redactor()"

    def text(self, text: str) -> str:
        """``text`` with secrets masked, by value and by name."""
        if self._values is not None:
            text = self._values.sub(MASK, text)
        return _NAMED_VALUE.sub(self._named, text)

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

    def _named(self, match: re.Match[str]) -> str:
        mark, name, between, _ = match.groups()
        return f"{mark}{name}{mark}{between}{MASK}" if self._is_secret(name) else match.group()


def _forms(secret: str) -> set[str]:
    """The shapes in which a secret value can turn up: as it is, in a URL, in JSON, in base64."""
    if len(secret) < MIN_SECRET_CHARACTERS:
        return set()
    raw = secret.encode()
    escaped = secret.encode("unicode_escape").decode()
    encoded = base64.b64encode(raw).decode().rstrip("=")
    in_path = quote(secret, safe=UNQUOTED_IN_PATH)
    return {secret, quote(secret, safe=""), quote_plus(secret), in_path, escaped, encoded}
