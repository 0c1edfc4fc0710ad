"""Checks of single settings. Each takes the value, returns it cleaned, and raises ``ValueError``
with what is wrong in words that never hold the value of a secret."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import jq

JQ_MARKS = ' |[("'
"""A path that holds one of these is a jq expression."""

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token, RFC 9110 section 5.6.2."""

UNSAFE_HEADERS = frozenset({"host", "content-length", "transfer-encoding", "connection"})
"""Headers that frame the message: giving them another value breaks the request."""


def base_url(value: str) -> str:
    """An absolute http(s) URL with no user-info, query or fragment; trailing slashes go."""
    value = value.strip()
    try:
        url = httpx.URL(value)
    except httpx.InvalidURL as error:
        raise ValueError(f"is not a URL ({error})") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("must begin with http:// or https:// and name a host")
    if url.userinfo:
        raise ValueError("must not hold a user name or password: use authType basic")
    if url.query or "?" in value:
        raise ValueError("must not hold a query string: put it into the kind")
    if url.fragment or "#" in value:
        raise ValueError("must not hold a fragment (#...)")
    return value.rstrip("/")


def token_url(value: str | None) -> str | None:
    """An absolute http(s) URL; a query may be part of it."""
    if value is not None:
        base_url(value.split("?")[0])
    return value


def headers(value: Any) -> Any:
    """Headers as an object, or as the JSON text of one."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError("is not JSON") from None
    if not isinstance(value, dict):
        raise ValueError("is not an object")
    for name, text in value.items():
        header_name(name)
        if not isinstance(text, str) or not fits_header(text):
            raise ValueError(f"holds no text that a header can carry under {name!r}")
    return value


def header_name(value: str) -> str:
    """A legal header name that may carry a key."""
    if not HEADER_NAME.fullmatch(value):
        raise ValueError("is not a legal header name")
    if value.lower() in UNSAFE_HEADERS:
        raise ValueError("is a header that the HTTP client sets itself")
    return value


def fits_header(text: str) -> bool:
    """Whether a header can carry ``text``: printable ASCII, no line breaks."""
    return text.isascii() and text.isprintable()


def header_secret(value: Any) -> Any:
    """A secret that is sent in a header: printable ASCII; blanks around it go."""
    if not isinstance(value, str):
        return value
    value = value.strip()
    if not fits_header(value):
        raise ValueError("holds a character that a header cannot carry, such as a line break")
    return value


def bare_token(value: Any) -> Any:
    """A token without the word Bearer, which the integration adds."""
    if value is not None and value.get_secret_value().lower().startswith("bearer "):
        raise ValueError("begins with the word Bearer, which is added when the token is sent")
    return value


def username(value: str | None) -> str | None:
    """RFC 7617 section 2: a user-id holds no colon."""
    if value is not None and ":" in value:
        raise ValueError("holds a ':', which basic authentication does not allow")
    return value


def path(value: str | None) -> str | None:
    """A key, a dot path, a header's name, or a jq expression. Of a dot path the leading ``.`` or
    ``$.`` of jq and JSONPath is taken off."""
    if value is None:
        return None
    text = value.strip()
    if any(mark in text for mark in JQ_MARKS):
        try:
            jq.compile(text)
        except ValueError as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else "jq refuses it"
            raise ValueError(f"is neither a dot path nor jq ({reason})") from None
        return text
    text = text.removeprefix("$").removeprefix(".")
    if not text or any(not part.strip() for part in text.split(".")):
        raise ValueError("is not a dot path")
    return text


def names(value: Any) -> Any:
    """Names as a list, as the JSON text of one, or separated by commas."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            raise ValueError("is not JSON") from None
    if isinstance(value, str):
        value = [name for part in value.split(",") if (name := part.strip())]
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise ValueError("is not a list of names")
    return tuple(value)


def statuses(value: Any) -> Any:
    """Statuses of failed requests as a list, as the JSON text of one, or separated by commas."""
    if isinstance(value, str):
        try:
            value = json.loads(value if value.lstrip().startswith("[") else f"[{value}]")
        except ValueError:
            raise ValueError("is not a list of statuses") from None
    value = [value] if isinstance(value, int) else value
    if not isinstance(value, list | tuple) or not all(type(one) is int for one in value):
        raise ValueError("is not a list of statuses")
    wrong = [one for one in value if not 400 <= one <= 599 or one == 401]
    if wrong:
        raise ValueError(f"holds {wrong[0]}, which never means later")
    return tuple(value)


def param_name(value: str | None) -> str | None:
    """A query parameter's name, without what belongs around it."""
    if value is not None and re.search(r"[\s&=?#]", value):
        raise ValueError("must be the parameter's name alone")
    return value


def link_rel(value: str) -> str:
    """One relation type, RFC 8288 section 2.1."""
    if not fits_header(value) or re.search(r'[\s,;"<>]', value):
        raise ValueError("must be one relation type")
    return value


def number(value: Any) -> Any:
    """Numbers come as text from the form and the environment; true and false are none."""
    if isinstance(value, bool):
        raise ValueError("is not a number")
    return value.strip() if isinstance(value, str) else value
