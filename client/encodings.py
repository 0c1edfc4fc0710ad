"""How one text can be written in URLs, forms, JSON, HTML, Python's repr and base64."""

from __future__ import annotations

import base64
import html
import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

MOST_LAYERS = 8
"""Escapes of escapes that are taken away, such as JSON in JSON in a URL. Without a limit, a long
``%252525...`` would be read once for each of its characters."""

_ESCAPE = re.compile(
    r"""
      %[0-7][0-9a-f]
    | %[cd][0-9a-f]%[89ab][0-9a-f]
    | %e[0-9a-f](?:%[89ab][0-9a-f]){2}
    | %f[0-7](?:%[89ab][0-9a-f]){3}
    | &(?:\#[0-9]{1,12}|\#x[0-9a-f]{1,12}|[a-z]{2,8});
    | \\++(?:
          (?-i:u)d[89ab][0-9a-f]{2}\\++(?-i:u)d[c-f][0-9a-f]{2}
        | (?-i:u)[0-9a-f]{4}
        | (?-i:U)[0-9a-f]{8}
        | (?-i:x)[0-9a-f]{2}
        | .?
      )
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""One character in UTF-8 and percent (RFC 3986 section 2.1), as an HTML entity, or behind
backslashes (RFC 8259 section 7, and Python's repr). JSON in JSON doubles the backslashes, so any
number of them counts as one."""

_BEHIND_BACKSLASHES = {"n": "\n", "r": "\r", "t": "\t"}
_URL_SAFE = str.maketrans("+/", "-_")
_PERCENT = re.compile(r"%[0-9A-F]{2}")


def in_base64(text: str) -> frozenset[str]:
    """``text`` in both alphabets of RFC 4648, without padding."""
    encoded = base64.b64encode(_bytes(text)).decode("ascii").rstrip("=")
    return frozenset((encoded, encoded.translate(_URL_SAFE)))


def spellings(text: str) -> frozenset[str]:
    """``text`` as it is, in base64, and as the usual encoders write it as a whole."""
    in_json = (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
    percent = (
        quote(text, safe="", errors="surrogatepass"),
        quote(text, errors="surrogatepass"),
        quote_plus(text, errors="surrogatepass"),
    )
    return frozenset(
        (
            text,
            *in_json,
            *(one.replace("/", r"\/") for one in in_json),
            *(json.dumps(one)[1:-1] for one in in_json),
            *percent,
            *(_PERCENT.sub(lambda code: code[0].lower(), one) for one in percent),
            html.escape(text),
            html.escape(text, quote=False),
            repr(text)[1:-1],
            ascii(text)[1:-1],
            *in_base64(text),
        )
    )


@dataclass(frozen=True, slots=True)
class Layer:
    """A text without some of the escapes of ``above``, in which a form's ``+`` is a blank.

    ``ends`` has for each escape the place behind what it stands for, and ``sources`` the place
    behind it in the text above.
    """

    text: str
    above: Layer | None = None
    ends: list[int] = field(default_factory=list, repr=False)
    sources: list[int] = field(default_factory=list, repr=False)

    def source(self, place: int) -> int:
        """The place in the text as it came for a place between two characters of this one."""
        layer: Layer | None = self
        while layer is not None and layer.above is not None:
            before = bisect_right(layer.ends, place) - 1
            place += layer.sources[before] - layer.ends[before]
            layer = layer.above
        return place


def layers(text: str) -> list[Layer]:
    """``text`` as it is, and then with one layer of its escapes less each time, whichever mixture
    of them it has, until there is none left."""
    found = [Layer(text.replace("+", " "))]
    while len(found) <= MOST_LAYERS:
        less, ends, sources = _without_escapes(text)
        if len(sources) == 1:
            break
        text = less
        found.append(Layer(text.replace("+", " "), found[-1], ends, sources))
    return found


def places(text: str, part: str) -> Iterator[tuple[int, int]]:
    """Where ``part`` begins and ends in ``text``, each time that it is there."""
    at = text.find(part)
    while at >= 0:
        yield at, at + len(part)
        at = text.find(part, at + len(part))


def _without_escapes(text: str) -> tuple[str, list[int], list[int]]:
    """``text`` without one layer of escapes; behind each, where it ends in that text and here."""
    pieces: list[str] = []
    ends, sources = [0], [0]
    length = 0
    for found in _ESCAPE.finditer(text):
        character = _character(found[0])
        if character is None:
            continue
        start, at = found.start(), sources[-1]
        pieces += (text[at:start], character)
        length += start - at + len(character)
        ends.append(length)
        sources.append(found.end())
    pieces.append(text[sources[-1] :])
    return "".join(pieces), ends, sources


def _character(escape: str) -> str | None:
    """What an escape stands for; None where it stands for nothing but itself."""
    if escape[0] == "%":
        code = bytes.fromhex(escape.replace("%", ""))
        try:
            return code.decode("utf-8")
        except UnicodeDecodeError:
            return None
    if escape[0] == "&":
        character = html.unescape(escape)
        return character if len(character) == 1 else None
    name = escape.lstrip("\\")
    if len(name) < 2:
        return _BEHIND_BACKSLASHES.get(name, name)
    if len(name) > 9:
        high, low = int(name[1:5], 16), int(name[-4:], 16)
        return chr(0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF))
    code_point = int(name[1:], 16)
    return chr(code_point) if code_point < 0x110000 else None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
